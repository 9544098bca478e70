package config

import (
	"errors"
	"strings"
	"testing"
)

// TestProblems compares what is said of bad input word for word: for who made a mistake, the message is the interface.
func TestProblems(t *testing.T) {
	t.Parallel()
	long := "unix:///" + strings.Repeat("x", 99)
	for name, c := range map[string]struct {
		text        string
		environment map[string]string
		flags       Sources
		want        []string
	}{
		"unknown keys": {
			text: "lisen: []\nlimits:\n  stepps: 3\nfoo: {a: 1}\n",
			want: []string{
				`c.yaml:1: unknown key "lisen"; did you mean "listen"?`,
				`c.yaml:3: limits: unknown key "stepps"; did you mean "steps"?`,
				`c.yaml:4: unknown key "foo"`,
			},
		},
		"wrong types": {
			text: "limits:\n  steps: many\n  path_length: 1.5\n  bundle_size: [1]\nlog: loud\nruntime_dir: 7\nstate_dir: {}\nrunners: {}\ntcp: {insecure_loopback: yes}\n",
			want: []string{
				`c.yaml:2: limits.steps: must be an integer`,
				`c.yaml:3: limits.path_length: must be an integer`,
				`c.yaml:4: limits.bundle_size: must be a single value`,
				`c.yaml:5: log: must be a mapping`,
				`c.yaml:6: runtime_dir: must be a string: write "7", with the quotes`,
				`c.yaml:7: state_dir: must be a string`,
				`c.yaml:8: runners: must be a list`,
				`c.yaml:9: tcp.insecure_loopback: must be true or false`,
			},
		},
		"durations and sizes": {
			text: "drain_timeout: 5 minutes\nretention:\n  max_age: -1s\n  max_bytes: 5 gigs\nlimits:\n  artifact_size: 99999999TiB\n",
			want: []string{
				`c.yaml:1: drain_timeout: "5 minutes" is not a duration such as 300s, 10m, 1.5s or 30d`,
				`c.yaml:3: retention.max_age: "-1s" must not be negative`,
				`c.yaml:4: retention.max_bytes: "5 gigs" is not a size such as 64MiB, 10GB or 4096`,
				`c.yaml:6: limits.artifact_size: 99999999TiB is more than fits into 63 bits`,
			},
		},
		"ranges": {
			text: "limits:\n  steps: 0\n  bundle_size: 1GiB\nretention:\n  max_count: -1\nstate_dir: here\n",
			want: []string{
				`c.yaml:2: limits.steps: must be at least 1`,
				`c.yaml:3: limits.bundle_size: must be at most 64MiB`,
				`c.yaml:5: retention.max_count: must not be negative`,
				`c.yaml:6: state_dir: "here" is not an absolute path`,
			},
		},
		"addresses": {
			text: "listen:\n  - /run/x.sock\n  - unix://x.sock\n  - " + long + "\n  - tcp://:80\n  - tcp://localhost\n  - tcp://localhost:http\n  -\n",
			want: []string{
				`c.yaml:2: listen[0]: "/run/x.sock" is not an address such as unix:///run/clockwork/clockworkd.sock or tcp://127.0.0.1:7000: it begins with neither unix:// nor tcp://`,
				`c.yaml:3: listen[1]: "unix://x.sock" is not an address such as unix:///run/clockwork/clockworkd.sock or tcp://127.0.0.1:7000: the path of a socket is absolute, so there are three slashes after the colon`,
				`c.yaml:4: listen[2]: "` + long + `" is not an address such as unix:///run/clockwork/clockworkd.sock or tcp://127.0.0.1:7000: the path of a socket has at most 99 bytes, this one has 100`,
				`c.yaml:5: listen[3]: "tcp://:80" is not an address such as unix:///run/clockwork/clockworkd.sock or tcp://127.0.0.1:7000: tcp needs a host; 0.0.0.0 stands for all of this machine's addresses`,
				`c.yaml:6: listen[4]: "tcp://localhost" is not an address such as unix:///run/clockwork/clockworkd.sock or tcp://127.0.0.1:7000: tcp needs a host and a port`,
				`c.yaml:7: listen[5]: "tcp://localhost:http" is not an address such as unix:///run/clockwork/clockworkd.sock or tcp://127.0.0.1:7000: a port is a number from 0 to 65535`,
				`c.yaml:8: listen[6]: must not be empty`,
			},
		},
		"open TCP": {
			text: "listen:\n  - tcp://0.0.0.0:7000\n  - tcp://[::1]:7000\nmetrics: {listen: tcp://10.0.0.1:9}\n",
			want: []string{
				`c.yaml:2: listen[0]: tcp://0.0.0.0:7000 would be open to everybody who can reach it: give tcp.certificate, tcp.key and tcp.client_ca`,
				`c.yaml:3: listen[1]: tcp://[::1]:7000 would be open to everybody who can reach it: give tcp.certificate, tcp.key and tcp.client_ca, or allow it with tcp.insecure_loopback: true`,
				`c.yaml:4: metrics.listen: tcp://10.0.0.1:9 is not on loopback: metrics are served without authentication`,
			},
		},
		"insecure_loopback is for loopback": {
			text: "tcp: {insecure_loopback: true}\nlisten: [tcp://0.0.0.0:7000]\n",
			want: []string{`c.yaml:2: listen[0]: tcp://0.0.0.0:7000 would be open to everybody who can reach it: give tcp.certificate, tcp.key and tcp.client_ca`},
		},
		"half of TLS": {
			text: "tcp:\n  certificate: /c.pem\n  key: k.pem\n",
			want: []string{
				`c.yaml:2: tcp: certificate, key and client_ca are given together or not at all`,
				`c.yaml:3: tcp.key: "k.pem" is not an absolute path`,
			},
		},
		"runners": {
			text: "default_runner: nope\nrunners:\n  - {name: a, type: local}\n  - {name: a, type: local}\n  - {name: B, type: lokal}\n  - {}\n  - x\n  - {name: c, type: zz}\n",
			want: []string{
				`c.yaml:1: default_runner: no runner has the name "nope"`,
				`c.yaml:4: runners[1].name: "a" is taken by the runner in line 3`,
				`c.yaml:5: runners[2].name: "B" does not match [a-z0-9][a-z0-9-]* with at most 63 bytes`,
				`c.yaml:5: runners[2].type: unknown type "lokal"; did you mean "local"?`,
				`c.yaml:6: runners[3].name: is missing`,
				`c.yaml:6: runners[3].type: is missing; it is one of docker, local, picky`,
				`c.yaml:7: runners[4]: must be a mapping with a name and a type`,
				`c.yaml:7: runners[4].name: is missing`,
				`c.yaml:7: runners[4].type: is missing; it is one of docker, local, picky`,
				`c.yaml:8: runners[5].type: unknown type "zz"; it is one of docker, local, picky`,
			},
		},
		"common options": {
			text: `
runners:
  - name: a
    type: local
    timeout: 300
    retries: 100
    working_directory: ../x
    environment_vars: {A-B: x, PORT: 8080, N: "\0"}
    resource_limits: {cpus: -1, processes: -2}
    pool: {warm: 17}
  - name: b
    type: local
    pool: {warm: -1, max: 0}
    queue_timeout: 0s
`,
			want: []string{
				`c.yaml:5: runners[0].timeout: "300" is not a duration such as 300s, 10m, 1.5s or 30d`,
				`c.yaml:6: runners[0].retries: must be at most 99`,
				`c.yaml:7: runners[0].working_directory: "../x" does not lie inside the workspace: give a relative path without ..`,
				`c.yaml:8: runners[0].environment_vars.PORT: must be a string: write "8080", with the quotes`,
				`c.yaml:8: runners[0].environment_vars: "A-B" is not a name of a variable: it does not match [A-Za-z_][A-Za-z0-9_]*`,
				`c.yaml:8: runners[0].environment_vars.N: must not hold a NUL`,
				`c.yaml:9: runners[0].resource_limits.processes: must be at least 0`,
				`c.yaml:9: runners[0].resource_limits.cpus: must not be negative`,
				`c.yaml:10: runners[0].pool.warm: 17 is more than max, which is 16`,
				`c.yaml:13: runners[1].pool.warm: must be at least 0`,
				`c.yaml:13: runners[1].pool.max: must be at least 1`,
				`c.yaml:14: runners[1].queue_timeout: must be positive`,
			},
		},
		"a driver's own keys": {
			text: "runners:\n  - name: a\n    type: docker\n    imge: x\n    volumes: x\n    tls:\n      cert: x\n    tiemout: 3s\n  - {name: b, type: picky}\n  - {name: c, type: local, image: x}\n",
			want: []string{
				`c.yaml:4: runners[0]: unknown key "imge"; did you mean "image"?`,
				`c.yaml:5: runners[0].volumes: must be a list`,
				`c.yaml:7: runners[0].tls: unknown key "cert"`,
				`c.yaml:8: runners[0]: unknown key "tiemout"; did you mean "timeout"?`,
				`c.yaml:9: runners[1]: nothing pleases it`,
				`c.yaml:10: runners[2]: unknown key "image"`,
			},
		},
		"policy": {
			text: "policy:\n  rule: deny\n  other: 3\n",
			want: []string{`c.yaml:2: policy: no such rule`, `c.yaml:3: policy.other: must be a string: write "3", with the quotes`},
		},
		"environment and flags": {
			environment: map[string]string{"CLOCKWORK_LOG_LEVEL": "loud", "CLOCKWORK_RUNTIME_DIR": "run"},
			flags:       Sources{Listen: []string{"unix:///a", "udp://x"}},
			want: []string{
				`--listen: listen[1]: "udp://x" is not an address such as unix:///run/clockwork/clockworkd.sock or tcp://127.0.0.1:7000: it begins with neither unix:// nor tcp://`,
				`CLOCKWORK_LOG_LEVEL: log.level: "loud" is none of debug, info, warn, error`,
				`CLOCKWORK_RUNTIME_DIR: runtime_dir: "run" is not an absolute path`,
			},
		},
		"keys given twice": {
			text: "state_dir: /a\nlog:\n  level: info\n  level: warn\nstate_dir: /b\n",
			want: []string{
				`c.yaml:4: log: key "level" is given in line 3 already`,
				`c.yaml:5: key "state_dir" is given in line 1 already`,
			},
		},
		"not YAML":       {text: "a: [1\nb: 2\n", want: []string{`c.yaml:1: did not find expected ',' or ']'`}},
		"not a mapping":  {text: "- a\n", want: []string{`c.yaml:1: must be a mapping`}},
		"two documents":  {text: "log: {}\n---\nlog: {}\n", want: []string{`c.yaml:2: a second document begins here; only one is possible`}},
		"an endless one": {text: "runners: &a [*a]\n", want: []string{`c.yaml:1: runners[0]: must be a mapping with a name and a type`, `c.yaml:1: runners[0].name: is missing`, `c.yaml:1: runners[0].type: is missing; it is one of docker, local, picky`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := read(t, c.text, c.environment, c.flags)
			if _, ok := errors.AsType[Problems](err); !ok {
				t.Fatalf("got %v; want Problems", err)
			}
			if want := strings.Join(c.want, "\n"); err.Error() != want {
				t.Errorf("got\n%v\nwant\n%s", err, want)
			}
		})
	}
}
