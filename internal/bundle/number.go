package bundle

import (
	"math"
	"regexp"
	"strconv"
	"strings"
)

// maxInteger is the largest magnitude up to which a float64 tells all integers apart.
const maxInteger = 1 << 53

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// jsonNumber matches the number that a text begins with (RFC 8259, section 6).
var jsonNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?`)

// isJSONNumber tells whether text as a whole is a JSON number.
func isJSONNumber(text string) bool { return text != "" && jsonNumber.FindString(text) == text }

// parseInteger returns the value of a JSON number if that is an integer of at most 2^53 in magnitude, however it
// is spelled. It compares digits, because 9007199254740993 and 1.00000000000000000001 look like integers once
// they are floats.
func parseInteger(text string) (int64, bool) {
	value, err := strconv.ParseFloat(text, 64)
	if err != nil || !isInteger(value) {
		return 0, false
	}
	integer := int64(value)
	digits, exponent, ok := decimal(text)
	wantDigits, wantExponent, _ := decimal(strconv.FormatInt(integer, 10))
	return integer, ok && digits == wantDigits && exponent == wantExponent
}

// isInteger tells whether a float is an integer of at most 2^53 in magnitude; NaN and infinities are not.
func isInteger(value float64) bool {
	return math.Abs(value) <= maxInteger && value == math.Trunc(value)
}

// decimal takes a JSON number apart: its magnitude is digits × 10^exponent, without zeros at either end of digits.
func decimal(text string) (digits string, exponent int, ok bool) {
	mantissa, power, found := strings.Cut(strings.ToLower(strings.TrimPrefix(text, "-")), "e")
	if found {
		var err error
		if exponent, err = strconv.Atoi(power); err != nil {
			return "", 0, false
		}
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits = strings.TrimRight(whole+fraction, "0")
	exponent += len(whole) - len(digits)
	digits = strings.TrimLeft(digits, "0")
	if digits == "" {
		exponent = 0
	}
	return digits, exponent, true
}
