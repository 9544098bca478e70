package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/clockworkd/clockwork/cmd/clockworkctl/internal/render"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// statusesFlag is any of an execution's statuses, given one by one or separated by commas.
type statusesFlag struct {
	values []clockworkv1.ExecutionStatus
}

// String is the value as it was meant; empty if there is none.
func (f *statusesFlag) String() string {
	words := make([]string, len(f.values))
	for i, status := range f.values {
		words[i] = render.ExecutionStatus(status)
	}
	return strings.Join(words, ",")
}

// Set adds statuses.
func (f *statusesFlag) Set(s string) error {
	for word := range strings.SplitSeq(s, ",") {
		i := slices.Index(statusWords(), strings.TrimSpace(word))
		if i < 0 {
			return fmt.Errorf("there is no status %q; take of %s", word, strings.Join(statusWords(), ", "))
		}
		f.values = append(f.values, clockworkv1.ExecutionStatus(i+1))
	}
	return nil
}

// Type is what help calls the value.
func (f *statusesFlag) Type() string {
	return "status"
}

// statusWords are the statuses from the first to the last; what is not set has none.
func statusWords() []string {
	var words []string
	for i := range len(clockworkv1.ExecutionStatus_name) - 1 {
		words = append(words, render.ExecutionStatus(clockworkv1.ExecutionStatus(i+1)))
	}
	return words
}

// sinceFlag is a point in time, also given as how long ago it was. Nil until it is given.
type sinceFlag struct {
	value *timestamppb.Timestamp
}

// String is the value as it was meant; empty if there is none.
func (f *sinceFlag) String() string {
	if f.value == nil {
		return ""
	}
	return f.value.AsTime().Format(time.RFC3339)
}

// Set takes the value.
func (f *sinceFlag) Set(s string) error {
	if ago, ok := parseAgo(s); ok {
		f.value = timestamppb.New(time.Now().Add(-ago))
		return nil
	}
	for layout, zone := range map[string]*time.Location{time.RFC3339: time.UTC, time.DateOnly: time.Local, time.DateTime: time.Local} {
		if at, err := time.ParseInLocation(layout, s, zone); err == nil {
			f.value = timestamppb.New(at)
			return nil
		}
	}
	return fmt.Errorf("%q is neither a positive duration such as 1h, 90s or 7d nor a time such as 2006-01-02 or 2006-01-02T15:04:05Z", s)
}

// parseAgo takes a positive duration; days are understood, too.
func parseAgo(s string) (time.Duration, bool) {
	if number, ok := strings.CutSuffix(s, "d"); ok {
		days, err := strconv.ParseUint(number, 10, 16)
		return time.Duration(days) * 24 * time.Hour, err == nil && days > 0
	}
	ago, err := time.ParseDuration(s)
	return ago, err == nil && ago > 0
}

// Type is what help calls the value.
func (f *sinceFlag) Type() string {
	return "time"
}
