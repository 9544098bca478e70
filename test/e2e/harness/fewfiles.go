package harness

import (
	"os/exec"
	"slices"
	"strconv"
)

// withFewFiles has a command, and what it starts, open no more than so many files each. It cannot raise the limit.
func withFewFiles(cmd *exec.Cmd, files int) *exec.Cmd {
	limited := exec.Command("sh", slices.Concat([]string{"-c", `ulimit -n "$1" && shift && exec "$@"`, "sh", strconv.Itoa(files)}, cmd.Args)...)
	limited.Env, limited.Dir = cmd.Env, cmd.Dir
	return limited
}
