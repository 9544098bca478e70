package hosting

import (
	"errors"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
)

// login is what there is to say of the end of login sessions on this host.
type login struct {
	uid int
	// ask runs a program and returns what it prints.
	ask func(program string, args ...string) (string, error)
}

// errEnded is why no agent is started where it would not outlive the session.
var errEnded = errors.New("the host ends what a login session leaves behind (KillUserProcesses=yes in its logind.conf)")

// wrap returns the words to put before a program so that it outlives the login session. systemd-logind may end what is left of one
// (logind.conf(5), KillUserProcesses=); then the program goes into a scope of the user's own service manager, which lives on if the
// user lingers (loginctl(1), enable-linger). Who has no logind needs no words.
func (l login) wrap() ([]string, error) {
	kills, err := l.ask("loginctl", "show-session", "--property=KillUserProcesses", "--value")
	if err != nil || kills != "yes" || l.uid == 0 { // KillExcludeUsers= is root, unless somebody changed it
		return nil, nil //nolint:nilerr // nobody ends sessions here
	}
	if !l.lingers() {
		if _, err := l.ask("loginctl", "enable-linger"); err != nil || !l.lingers() {
			return nil, fmt.Errorf("%w, and this user may not stay: have an administrator run loginctl enable-linger there for user %d", errEnded, l.uid)
		}
	}
	if _, err := exec.LookPath("systemd-run"); err != nil {
		return nil, fmt.Errorf("%w, and there is no systemd-run to get out of it: set KillUserProcesses=no, or add the user to KillExcludeUsers=", errEnded)
	}
	return []string{"systemd-run", "--user", "--scope", "--quiet", "--collect", "--"}, nil
}

func (l login) lingers() bool {
	said, err := l.ask("loginctl", "show-user", "--property=Linger", "--value", strconv.Itoa(l.uid))
	return err == nil && said == "yes"
}

// ask runs a program.
func ask(program string, args ...string) (string, error) {
	output, err := exec.Command(program, args...).Output()
	return strings.TrimSpace(string(output)), err
}
