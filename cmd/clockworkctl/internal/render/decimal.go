package render

import (
	"bytes"
	"strconv"
)

// decimal is a float that documents write as one, with a point and without an exponent, so that readers which tell
// floats from integers see the same type each time.
type decimal float64

// MarshalJSON writes 75 as 75.0.
func (d decimal) MarshalJSON() ([]byte, error) {
	text := strconv.AppendFloat(nil, float64(d), 'f', -1, 64)
	if !bytes.ContainsRune(text, '.') {
		text = append(text, ".0"...)
	}
	return text, nil
}
