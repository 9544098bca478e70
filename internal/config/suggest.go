package config

// nearest returns the candidate that a mistyped word is likely to stand for: the one with the fewest edits, if those are
// at most a third of the word.
func nearest(word string, candidates []string) (string, bool) {
	best, least := "", len(word)/3+1
	for _, candidate := range candidates {
		if edits := distance(word, candidate); edits < least {
			best, least = candidate, edits
		}
	}
	return best, best != ""
}

// distance counts the bytes to insert, remove or replace to get from one word to the other (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replace := diagonal
			if a[i] != b[j] {
				replace++
			}
			diagonal = row[j+1]
			row[j+1] = min(replace, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
