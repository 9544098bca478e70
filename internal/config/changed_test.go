package config

import (
	"slices"
	"testing"
)

func TestChanged(t *testing.T) {
	t.Parallel()
	const before = `
log: {level: info}
runners:
  - {name: a, type: docker, image: x, volumes: [v], timeout: 3s}
`
	for text, want := range map[string][]string{
		before: nil,
		// Lines are not what counts.
		"\n\nlog:\n  level: info\nrunners: [{name: a, type: docker, timeout: 3s, image: x, volumes: [v]}]\n": nil,

		"log: {level: warn}\nlisten: [unix:///a]\nretention: {max_age: 1d}\nrunners: [{name: a, type: docker, image: x, volumes: [v], timeout: 3s}]\n": {"listen", "retention.max_age", "log.level"},
		"runners: [{name: a, type: docker, image: y, volumes: [v], timeout: 3s}]\n":                                                                    {"runners"},
		"runners: [{name: a, type: docker, image: x, volumes: [v], timeout: 4s}]\n":                                                                    {"runners"},
		"runners: [{name: a, type: docker, image: x, volumes: [v], timeout: 3s}, {name: b, type: local}]\nmetrics: {listen: 'tcp://[::1]:1'}\n":        {"runners", "metrics.listen"},
	} {
		old, err := read(t, before, nil, Sources{})
		if err != nil {
			t.Fatal(err)
		}
		now, err := read(t, text, nil, Sources{})
		if err != nil {
			t.Fatal(err)
		}
		if got := Changed(old, now); !slices.Equal(got, want) {
			t.Errorf("%q: changed %q; want %q", text, got, want)
		}
	}
}
