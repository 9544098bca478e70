package policy

import (
	"bytes"
	"fmt"

	"github.com/clockworkd/clockwork/internal/bundle"
)

// The rules of this file look at what the kernel makes of an artifact.

// notExecutable: a command starts an artifact that lacks the x bit.
func notExecutable(b *bundle.Bundle, found report) {
	for _, s := range b.Steps {
		if a, at, ok := started(b, s); ok && a.Mode&0o111 == 0 {
			found(at, `starts %q, whose mode %04o has no x bit, so the kernel will refuse it; give %s the mode "0755"`,
				a.Path, a.Mode, artifactPath(s.Artifact))
		}
	}
}

// missingShebang: a command starts an artifact that is neither a script that names its interpreter nor a binary.
func missingShebang(b *bundle.Bundle, found report) {
	for _, s := range b.Steps {
		a, at, ok := started(b, s)
		if ok && !bytes.HasPrefix(a.Content, []byte("#!")) && !bytes.HasPrefix(a.Content, []byte("\x7fELF")) {
			found(at, `starts %q, which is no binary and whose first line does not name an interpreter, so the kernel cannot run it; `+
				`begin %s with a line such as "#!/bin/sh"`, a.Path, artifactPath(s.Artifact))
		}
	}
}

// crlfShebang: the line that names the interpreter ends as in Windows, so that the kernel looks for "sh\r".
func crlfShebang(b *bundle.Bundle, found report) {
	for i, a := range b.Artifacts {
		line, _, _ := bytes.Cut(a.Content, []byte("\n"))
		if bytes.HasPrefix(line, []byte("#!")) && bytes.HasSuffix(line, []byte("\r")) {
			found(artifactPath(i), "has a first line that ends in CR LF, and the kernel takes the CR for a part of the "+
				"interpreter's name; save the file with LF alone")
		}
	}
}

// worldWritable: everybody in the sandbox may change the file.
func worldWritable(b *bundle.Bundle, found report) {
	for i, a := range b.Artifacts {
		if a.Mode&0o002 != 0 {
			found(artifactPath(i)+".mode", `is "%04o", so any user of the sandbox may change the file before it runs; make it "%04o"`,
				a.Mode, a.Mode&^0o002)
		}
	}
}

func artifactPath(i int) string { return fmt.Sprintf("artifacts[%d]", i) }
