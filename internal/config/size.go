package config

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Size is a number of bytes. It is written with a binary or decimal unit, as 64MiB or 10GB; a bare number is bytes.
type Size int64

var units = []struct {
	name  string
	bytes int64
}{
	{"KiB", 1 << 10},
	{"MiB", 1 << 20},
	{"GiB", 1 << 30},
	{"TiB", 1 << 40},
	{"kB", 1e3},
	{"KB", 1e3},
	{"MB", 1e6},
	{"GB", 1e9},
	{"TB", 1e12},
	{"B", 1},
	{"", 1},
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *Size) UnmarshalText(text []byte) error {
	for _, unit := range units {
		digits, found := strings.CutSuffix(string(text), unit.name)
		if !found {
			continue
		}
		number, err := strconv.ParseUint(strings.TrimSpace(digits), 10, 63)
		if err != nil {
			break
		}
		if number > uint64(math.MaxInt64/unit.bytes) {
			return fmt.Errorf("%s is more than fits into 63 bits", text)
		}
		*s = Size(int64(number) * unit.bytes)
		return nil
	}
	return fmt.Errorf("%q is not a size such as 64MiB, 10GB or 4096", text)
}

// String gives the largest binary unit that the size is a multiple of.
func (s Size) String() string {
	best := units[len(units)-2]
	for _, unit := range units[:4] {
		if s != 0 && int64(s)%unit.bytes == 0 {
			best = unit
		}
	}
	return strconv.FormatInt(int64(s)/best.bytes, 10) + best.name
}
