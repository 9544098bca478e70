package e2e

import "strings"

// beyondLimits is one document for each limit of a bundle that is cheap to exceed.
func beyondLimits() []refusal {
	const mebi = 1 << 20
	return []refusal{
		{
			name:     "artifact of more than 16 MiB",
			document: bundleWith(`"artifacts": [{"path": "large", "content": "` + strings.Repeat("x", 16*mebi+1) + `"}]`),
			faults:   []string{"artifacts[0].content"},
		},
		{
			name:     "more than 10,000 steps",
			document: `{"version": "1", "steps": [` + strings.Repeat(`{"purpose": "a", "run": {"cmd": ["true"]}},`, 10_000) + `{"purpose": "a", "run": {"cmd": ["true"]}}]}`,
			faults:   []string{"steps"},
		},
		{
			name:     "var that no process can be given",
			document: bundleWith(`"vars": {"LARGE": "` + strings.Repeat("x", 128<<10) + `"}`),
			faults:   []string{"vars.LARGE"},
		},
		{
			name:     "argument that no process can be given",
			document: runWith(`"cmd": ["echo", "` + strings.Repeat("x", 128<<10) + `"]`),
			faults:   []string{"steps[0].run.cmd[1]"},
		},
		{
			name:     "path of more than 1,024 bytes",
			document: artifactsAt(strings.Repeat("1234567/", 128) + "x"),
			faults:   []string{"artifacts[0].path"},
		},
	}
}
