package config

import (
	"errors"
	"testing"
)

// FuzzLoad checks that nothing that a file may hold makes the daemon panic, and that what is accepted keeps the promises that
// constructors rely on.
func FuzzLoad(f *testing.F) {
	for _, seed := range []string{
		"", "null", "# nothing\n", "a: &a [*a]", "<<: {log: {level: info}}", "? [a]\n: b",
		"listen: [unix:///a]\nstate_dir: /s\nlog: {level: debug}\nretention: {max_age: 1d12h, max_bytes: 1kB}\n",
		"runners:\n  - {name: py, type: docker, image: x, pool: {warm: 2, max: 3}, labels: {a: b}, environment_vars: {A: b}}\n",
		"tcp: {insecure_loopback: true, certificate: /a, key: /b, client_ca: /c}\nmetrics: {listen: 'tcp://[::1]:1'}\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := load(Sources{File: "c.yaml", Getenv: func(string) string { return "" }, Drivers: drivers(), CheckPolicy: strictPolicy}, data)
		if err != nil {
			if _, ok := errors.AsType[Problems](err); !ok {
				t.Fatalf("not Problems: %v", err)
			}
			return
		}
		if len(c.Listen) == 0 || len(c.Runners) == 0 || c.DefaultRunner == "" || c.StateDir == "" || c.Limits.ParallelSteps < 1 {
			t.Fatalf("accepted an incomplete configuration: %+v", c)
		}
		for _, r := range c.Runners {
			if !runnerName.MatchString(r.Name) || r.Pool.Max < 1 || r.Pool.Warm > r.Pool.Max || r.Grace < 0 {
				t.Fatalf("accepted a bad runner: %+v", r)
			}
		}
	})
}
