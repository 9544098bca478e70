package bundle

import (
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
)

func listNames(fields protoreflect.FieldDescriptors) string {
	names := make([]string, fields.Len())
	for i := range names {
		names[i] = string(fields.Get(i).Name())
	}
	return strings.Join(names, ", ")
}

// similarName returns the field that a wrong name was probably meant for: the same letters in another notation
// (continueOnError), or two slips of the keyboard; "" if there is none.
func similarName(fields protoreflect.FieldDescriptors, wrong string) string {
	const maxSlips = 2
	best, slips := "", maxSlips+1
	for i := range fields.Len() {
		name := string(fields.Get(i).Name())
		if len(wrong) > 2*len(name)+maxSlips {
			continue
		}
		if d := distance(letters(name), letters(wrong)); d < slips && 2*d <= len(name) {
			best, slips = name, d
		}
	}
	return best
}

// letters brings the usual notations of a name together.
func letters(name string) string {
	return strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(name))
}

// distance is how many bytes must be inserted, deleted or replaced to make one string the other (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
