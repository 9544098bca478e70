package ssh

import (
	"context"
	"fmt"
	"strings"

	"github.com/clockworkd/clockwork/internal/runners"
)

// probeScript finds out what the host is like: lines of NAME=VALUE, in one line of POSIX shell, which needs nothing but what every
// system has. w is the work directory, p the programs to look for. It changes nothing but that it makes the work directory.
var probeScript = strings.Join([]string{
	`umask 077`,
	`PATH=$PATH:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin`,
	`u=$(id -u)`,
	`echo "os=$(uname -s)"`, `echo "arch=$(uname -m)"`, `echo "uid=$u"`,
	`case $w in /*) ;; *) case $HOME in /*) w=$HOME/$w ;; *) echo "fault=the user has no home directory"; exit 0 ;; esac ;; esac`,
	`e=$(mkdir -p "$w/agents" 2>&1) || { echo "fault=$e"; exit 0; }`,
	`w=$(cd "$w" && pwd -P)`,
	`echo "work=$w"`, `echo "listing=$(ls -ldn "$w")"`,
	// A directory allows programs if it runs one. Others than the first are nobody's yet, so they have to be this user's own.
	`for d in "$w/agents" "/dev/shm/clockwork-$u" "$XDG_RUNTIME_DIR/clockwork"; do ` +
		`case $d in /clockwork) continue ;; esac; ` +
		`mkdir -p "$d" 2>/dev/null; t=$d/.probe-$$; ` +
		`case $(ls -ldn "$d" 2>/dev/null) in drwx------*" $u "*) ;; *) continue ;; esac; ` +
		`e=$({ echo "#!/bin/sh" | cat > "$t" && chmod 700 "$t"; } 2>&1) || ` +
		`{ rm -f "$t"; case $d in "$w"/*) echo "trouble=$e"; break ;; esac; continue; }; ` +
		`if "$t" 2>/dev/null; then echo "exec=$d"; rm -f "$t"; break; fi; rm -f "$t"; done`,
	`for l in python3 perl; do i=$(command -v $l) && echo "loader=$i" && break; done`,
	`command -v gzip >/dev/null && echo gunzip=yes`,
	`PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; [ -d "$HOME/.local/bin" ] && PATH=$HOME/.local/bin:$PATH`,
	`for l in $p; do echo "program=$l $(command -v $l)"; done`,
}, "; ")

// probe asks the host what it is like.
func (d *Driver) probe(ctx context.Context) (facts, error) {
	var programs []string
	runners.FindLanguages(func(program string) string {
		programs = append(programs, program)
		return ""
	})
	script := fmt.Sprintf("w=%s; p=%s; %s", quote(d.options.WorkDir), quote(strings.Join(programs, " ")), probeScript)
	got, err := d.run(ctx, script, nil)
	if err != nil {
		return facts{}, err
	}
	return readFacts(string(got.stdout), got.stderr)
}

// readFacts reads what the script printed.
func readFacts(printed, complaints string) (facts, error) {
	values := make(map[string]string)
	paths := make(map[string]string)
	for line := range strings.Lines(printed) {
		name, value, _ := strings.Cut(strings.TrimRight(line, "\r\n"), "=")
		if name == "program" {
			program, path, _ := strings.Cut(value, " ")
			paths[program] = path
			continue
		}
		values[name] = value
	}
	f := facts{
		os: word(values["os"]), arch: word(values["arch"]), uid: values["uid"], workDir: values["work"],
		execDir: values["exec"], loader: values["loader"], gunzip: values["gunzip"] != "",
	}
	if fault := values["fault"]; fault != "" {
		return facts{}, &refusal{fmt.Errorf("cannot make a work directory on the host: %s; give remote_work_dir a path that the user may write to", fault)}
	}
	if f.os == "" || f.arch == "" || f.uid == "" || !strings.HasPrefix(f.workDir, "/") {
		return facts{}, &refusal{fmt.Errorf("cannot find out about the host: its shell answers %q, and complains %q", clip(printed), complaints)}
	}
	if err := f.judge(values["listing"]); err != nil {
		return facts{}, err
	}
	if trouble := values["trouble"]; trouble != "" && f.execDir == "" {
		return facts{}, &refusal{fmt.Errorf("cannot write to %s on the host: %s; see whether there is room, or choose another remote_work_dir", f.workDir, trouble)}
	}
	f.languages = runners.FindLanguages(func(program string) string {
		if path := paths[program]; strings.HasPrefix(path, "/") {
			return path
		}
		return ""
	})
	return f, nil
}

// clip shortens what is shown.
func clip(text string) string { return text[:min(len(text), maxComplaint)] }
