package local

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"strconv"
	"strings"

	"github.com/clockworkd/clockwork/internal/agent/confine"
)

// User is the user of the machine that steps run as.
type User struct {
	confine.User

	// Name is empty where the machine has no name for it.
	Name string
	// Home is its home directory, which need not exist; empty: it has none.
	Home string
}

// ParseUser reads NAME, or UID, either with :GID. A user with a name has all its groups. Users are those of /etc/passwd.
func ParseUser(text string) (*User, error) {
	name, group, hasGroup := strings.Cut(text, ":")
	u, err := lookUp(name)
	if err != nil {
		return nil, fmt.Errorf("cannot run steps as %q: %w", text, err)
	}
	if !hasGroup {
		return u, nil
	}
	if u.GID, err = parseID(group); err != nil {
		return nil, fmt.Errorf("cannot run steps as %q: its group is not a number: %w", text, err)
	}
	return u, nil
}

func lookUp(name string) (*User, error) {
	found, err := user.Lookup(name)
	uid, notNumber := parseID(name)
	if err != nil && notNumber == nil {
		found, err = user.LookupId(name)
	}
	if _, unknown := errors.AsType[user.UnknownUserIdError](err); unknown {
		return &User{User: confine.User{UID: uid, GID: uid}}, nil
	}
	if err != nil {
		return nil, err
	}
	u := &User{Name: found.Username, Home: found.HomeDir}
	u.UID, err = parseID(found.Uid)
	if err == nil {
		u.GID, err = parseID(found.Gid)
	}
	if err != nil {
		return nil, err
	}
	groups, err := found.GroupIds()
	if err != nil {
		return nil, fmt.Errorf("cannot find its groups: %w", err)
	}
	for _, group := range groups {
		id, err := parseID(group)
		if err != nil {
			return nil, err
		}
		u.Groups = append(u.Groups, id)
	}
	return u, nil
}

// parseID reads the number of a user or a group. The highest one stands for none, see chown(2).
func parseID(text string) (int, error) {
	id, err := strconv.ParseUint(text, 10, 32)
	if err == nil && id == 1<<32-1 {
		err = errors.New("it stands for no user")
	}
	return int(id), err
}

// String names the user for a person.
func (u *User) String() string {
	if u.Name == "" {
		return fmt.Sprintf("user %d", u.UID)
	}
	return fmt.Sprintf("user %s (%d)", u.Name, u.UID)
}

// checkRight tells why the daemon cannot run anything as this user.
func (u *User) checkRight() error {
	if u == nil || isRoot() {
		return nil
	}
	return fmt.Errorf("cannot run steps as %v: the daemon is user %d, and only root may become another user; start clockworkd as root, or remove the option user",
		u, os.Geteuid())
}

// own makes a directory for the steps' user.
func (d *Driver) own(dir string) error {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	if u := d.options.User; u != nil {
		return os.Chown(dir, u.UID, u.GID)
	}
	return nil
}

// share lets the steps' user through to what is its own.
func (d *Driver) share() error {
	u := d.options.User
	if u == nil {
		return nil
	}
	info, err := os.Stat(d.layout.runtimeDir)
	if err == nil {
		err = os.Chmod(d.layout.runtimeDir, info.Mode().Perm()|0o011)
	}
	if err := errors.Join(err, os.Chown(d.options.CacheDir, u.UID, u.GID)); err != nil {
		return fmt.Errorf("cannot prepare sandboxes for %v: %w", u, err)
	}
	return nil
}
