package bundle

import (
	"slices"
	"strings"
)

// langs are the languages in which a step's artifact runs by itself.
var langs = []string{"python", "bash", "sh", "javascript", "typescript", "go"}

// Runnable tells whether an artifact of this lang runs through an interpreter of that lang.
// An executable artifact of any other lang is started directly.
func Runnable(lang string) bool { return slices.Contains(langs, lang) }

func runnableLangs() string { return strings.Join(langs, ", ") }

// artifactIndex finds artifacts for steps.
type artifactIndex struct {
	byPath map[string]int
	// byLang and executable hold the first artifact of each purpose that runs by its lang, and directly.
	byLang, executable map[string]int
}

func newArtifactIndex(artifacts []Artifact) *artifactIndex {
	index := &artifactIndex{byPath: map[string]int{}, byLang: map[string]int{}, executable: map[string]int{}}
	for i, a := range artifacts {
		if a.Path != "" {
			addFirst(index.byPath, a.Path, i)
		}
		switch {
		case Runnable(a.Lang):
			addFirst(index.byLang, a.Purpose, i)
		case a.Mode&0o111 != 0:
			addFirst(index.executable, a.Purpose, i)
		}
	}
	return index
}

func addFirst(m map[string]int, key string, i int) {
	if _, ok := m[key]; !ok {
		m[key] = i
	}
}

// runnable returns the artifact that a step of this purpose runs: the first one that runs by its lang, else the
// first one that is executable.
func (x *artifactIndex) runnable(purpose string) (int, bool) {
	if i, ok := x.byLang[purpose]; ok {
		return i, true
	}
	i, ok := x.executable[purpose]
	return i, ok
}
