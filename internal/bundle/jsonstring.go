package bundle

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// text reads the string that begins at the reader's place.
func (r *jsonReader) text(text *string) error {
	start := r.pos + 1
	length, escaped, err := r.measure(start)
	if err != nil {
		return err
	}
	raw := r.data[start : start+length]
	if !escaped {
		*text = string(raw)
		r.pos = start + length + 1
		return nil
	}
	var out strings.Builder
	out.Grow(length)
	for len(raw) > 0 {
		i := bytes.IndexByte(raw, '\\')
		if i < 0 {
			i = len(raw)
		}
		out.Write(raw[:i])
		if raw = raw[i:]; len(raw) == 0 {
			break
		}
		size, err := unescape(&out, raw)
		if err != nil {
			r.pos = start + length - len(raw)
			return err
		}
		raw = raw[size:]
	}
	*text = out.String()
	r.pos = start + length + 1
	return nil
}

// measure finds the end of the string whose content begins at start.
func (r *jsonReader) measure(start int) (length int, escaped bool, err error) {
	for i := start; i < len(r.data); i++ {
		switch c := r.data[i]; {
		case c == '"':
			return i - start, escaped, nil
		case c == '\\':
			escaped = true
			i++
		case c < ' ':
			r.pos = i
			return 0, false, invalid("a control character (%U) in a string must be written as an escape", c)
		}
	}
	return 0, false, invalid("the string that begins here has no end")
}

// escapes are the short ones, by the byte that follows the backslash.
var escapes = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// unescape writes what the escape at the start of raw stands for and returns how long the escape is.
func unescape(out *strings.Builder, raw []byte) (size int, err error) {
	if c := escapes[raw[1]]; c != 0 {
		out.WriteByte(c)
		return 2, nil
	}
	first, ok := codeUnit(raw)
	if !ok {
		return 0, invalid(`a string has an escape that JSON does not know; a backslash itself is written as \\`)
	}
	if !utf16.IsSurrogate(first) {
		out.WriteRune(first)
		return 6, nil
	}
	second, _ := codeUnit(raw[6:])
	both := utf16.DecodeRune(first, second)
	if both == utf8.RuneError {
		return 0, invalid("a string has one half of a surrogate pair (%s), which is no character", raw[:6])
	}
	out.WriteRune(both)
	return 12, nil
}

// codeUnit reads an escape of the form \uXXXX.
func codeUnit(raw []byte) (rune, bool) {
	if len(raw) < 6 || raw[0] != '\\' || raw[1] != 'u' {
		return 0, false
	}
	unit, err := strconv.ParseUint(string(raw[2:6]), 16, 16)
	return rune(unit), err == nil
}
