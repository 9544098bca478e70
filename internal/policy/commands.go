package policy

import (
	"fmt"
	"path"
	"strings"

	"github.com/clockworkd/clockwork/internal/bundle"
)

// started returns the artifact that a step starts directly, without an interpreter, and the JSON path of what
// says so.
func started(b *bundle.Bundle, s bundle.Step) (a bundle.Artifact, at string, ok bool) {
	if s.Artifact < 0 {
		return a, "", false
	}
	a = b.Artifacts[s.Artifact]
	if len(s.Cmd) == 0 {
		return a, fmt.Sprintf("steps[%d]", s.Index), !bundle.Runnable(a.Lang)
	}
	program := s.Cmd[0]
	isPath := strings.Contains(program, "/") && !path.IsAbs(program) // a bare name is looked up in PATH
	return a, fmt.Sprintf("steps[%d].run.cmd[0]", s.Index), isPath && path.Join(s.Cwd, program) == a.Path
}

// interpreters are programs that take a script as their first argument, each with the options of one letter
// that may come before it and take no value. Of other options nothing is known, so nothing is said.
var interpreters = map[string]string{
	"sh": shellOptions, "dash": shellOptions, "bash": shellOptions, "zsh": shellOptions, "ksh": shellOptions,
	"python": pythonOptions, "python3": pythonOptions,
	"node": "", "ruby": "w", "perl": "wtT",
}

const (
	shellOptions  = "abefhkmnuvxC"
	pythonOptions = "BbdEIOPqsSuvx"
)

// missingArtifact: an interpreter is given a script that nothing in the bundle is.
func missingArtifact(b *bundle.Bundle, found report) {
	paths := make(map[string]bool, len(b.Artifacts))
	for _, a := range b.Artifacts {
		paths[a.Path] = true
	}
	for _, s := range b.Steps {
		i, ok := scriptArgument(s.Cmd)
		if !ok {
			continue
		}
		if name := path.Join(s.Cwd, s.Cmd[i]); !paths[name] {
			found(fmt.Sprintf("steps[%d].run.cmd[%d]", s.Index, i), "names the script %q, but no artifact lies there; "+
				"unless an earlier step makes it, %s will not find it: add it to the artifacts or mend the path", name, s.Cmd[0])
		}
	}
}

// scriptArgument finds the element of a command that is a script with a relative path, if that is certain.
func scriptArgument(cmd []string) (int, bool) {
	if len(cmd) == 0 {
		return 0, false
	}
	options, ok := interpreters[path.Base(cmd[0])]
	if !ok {
		return 0, false
	}
	for i, arg := range cmd[1:] {
		letters, isOption := strings.CutPrefix(arg, "-")
		switch {
		case !isOption:
			return i + 1, arg != "" && !path.IsAbs(arg)
		case letters == "" || strings.Trim(letters, options) != "":
			return 0, false
		}
	}
	return 0, false
}
