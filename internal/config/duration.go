package config

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

const day = 24 * time.Hour

// parseDuration reads what time.ParseDuration does, with days in front: 30d, 1d12h, 10m, 1.5s. Negative ones are refused.
func parseDuration(text string) (time.Duration, error) {
	malformed := fmt.Errorf("%q is not a duration such as 300s, 10m, 1.5s or 30d", text)
	rest := text
	var days int64
	if before, after, found := strings.Cut(text, "d"); found {
		var err error
		if days, err = strconv.ParseInt(before, 10, 64); err != nil || days < 0 || days > math.MaxInt64/int64(day) {
			return 0, malformed
		}
		if rest = after; rest == "" {
			rest = "0s"
		}
	}
	// "0" alone, which ParseDuration takes, would be the only number without a unit.
	duration, err := time.ParseDuration(rest)
	if err != nil || strings.HasPrefix(rest, "+") || rest == "0" {
		return 0, malformed
	}
	if duration < 0 || strings.HasPrefix(rest, "-") {
		return 0, fmt.Errorf("%q must not be negative", text)
	}
	sum := time.Duration(days)*day + duration
	if sum < 0 {
		return 0, fmt.Errorf("%q is more than 292 years", text)
	}
	return sum, nil
}
