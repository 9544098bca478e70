package confine

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The rights that Landlock knows, see landlock(7), by the version of its ABI that brought them.
const (
	readFile = unix.LANDLOCK_ACCESS_FS_READ_FILE
	readDir  = unix.LANDLOCK_ACCESS_FS_READ_DIR
	execute  = unix.LANDLOCK_ACCESS_FS_EXECUTE
	reading  = readFile | readDir | execute

	makeDevices = unix.LANDLOCK_ACCESS_FS_MAKE_CHAR | unix.LANDLOCK_ACCESS_FS_MAKE_BLOCK
	writing     = makeDevices | unix.LANDLOCK_ACCESS_FS_WRITE_FILE | unix.LANDLOCK_ACCESS_FS_REMOVE_DIR | unix.LANDLOCK_ACCESS_FS_REMOVE_FILE |
		unix.LANDLOCK_ACCESS_FS_MAKE_DIR | unix.LANDLOCK_ACCESS_FS_MAKE_REG | unix.LANDLOCK_ACCESS_FS_MAKE_SOCK |
		unix.LANDLOCK_ACCESS_FS_MAKE_FIFO | unix.LANDLOCK_ACCESS_FS_MAKE_SYM
	moving     = unix.LANDLOCK_ACCESS_FS_REFER     // version 2; before, nothing moves from one directory to another
	truncating = unix.LANDLOCK_ACCESS_FS_TRUNCATE  // version 3; before, it cannot be denied
	commanding = unix.LANDLOCK_ACCESS_FS_IOCTL_DEV // version 5; before, it cannot be denied

	// ofFiles are the rights that a file can have; the others are those of directories.
	ofFiles = execute | readFile | unix.LANDLOCK_ACCESS_FS_WRITE_FILE | truncating | commanding
)

// landlockVersion returns the version of the kernel's ABI.
func landlockVersion() (int, error) {
	version, _, failed := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION)
	switch failed {
	case 0:
		return int(version), nil
	case unix.ENOSYS:
		return 0, errors.New("the kernel does not have Landlock (Linux 5.13), or a sandbox around this one forbids it")
	case unix.EOPNOTSUPP:
		return 0, errors.New("Landlock is switched off at the kernel's start: its command line has lsm= without landlock") //nolint:staticcheck // a name
	default:
		return 0, failed
	}
}

// ruleset is what a Landlock domain is made from.
type ruleset struct {
	version int
	attr    unix.LandlockRulesetAttr
	fd      int
}

// known is the part of rights that a version of the ABI knows.
func known(version int, rights uint64) uint64 {
	for since, right := range map[int]uint64{2: moving, 3: truncating, 5: commanding} {
		if version < since {
			rights &^= right
		}
	}
	return rights
}

func newRuleset(version int, handled, scopes uint64) (*ruleset, error) {
	r := &ruleset{version: version}
	r.attr.Handled_access_fs = known(version, handled)
	if version >= scopesVersion {
		r.attr.Scoped = scopes
	}
	if r.attr.Handled_access_fs == 0 && r.attr.Scoped == 0 {
		return nil, nil
	}
	fd, _, failed := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, uintptr(unsafe.Pointer(&r.attr)), unsafe.Sizeof(r.attr), 0)
	if failed != 0 {
		return nil, fmt.Errorf("cannot create a Landlock ruleset: %w", failed)
	}
	r.fd = int(fd)
	return r, nil
}

// allow gives rights below a path, or to a file. What does not exist needs none.
func (r *ruleset) allow(path string, rights uint64) error {
	fd, err := unix.Open(path, unix.O_PATH|unix.O_CLOEXEC, 0)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) || errors.Is(err, unix.ENOTDIR) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("cannot open %s: %w", path, err)
	}
	defer unix.Close(fd)
	var stat unix.Stat_t
	if err := unix.Fstat(fd, &stat); err != nil {
		return fmt.Errorf("cannot look at %s: %w", path, err)
	}
	rights &= r.attr.Handled_access_fs
	if stat.Mode&unix.S_IFMT != unix.S_IFDIR {
		rights &= ofFiles
	}
	if rights == 0 {
		return nil
	}
	beneath := unix.LandlockPathBeneathAttr{Allowed_access: rights, Parent_fd: int32(fd)}
	if _, _, failed := unix.Syscall6(unix.SYS_LANDLOCK_ADD_RULE, uintptr(r.fd), unix.LANDLOCK_RULE_PATH_BENEATH,
		uintptr(unsafe.Pointer(&beneath)), 0, 0, 0); failed != 0 {
		return fmt.Errorf("cannot allow steps to use %s: %w", path, failed)
	}
	return nil
}

// enforce makes the domain the calling thread's.
func (r *ruleset) enforce() error {
	if _, _, failed := unix.Syscall(unix.SYS_LANDLOCK_RESTRICT_SELF, uintptr(r.fd), 0, 0); failed != 0 {
		return fmt.Errorf("cannot enter a Landlock domain: %w", failed)
	}
	return nil
}

func (r *ruleset) close() { _ = os.NewFile(uintptr(r.fd), "ruleset").Close() }

// programs are where a system has what programs consist of. Everybody may read it.
var programs = []string{
	"/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/usr", "/opt", "/etc", "/proc", "/sys", "/dev", "/nix", "/gnu", "/snap",
	"/run/current-system", "/run/systemd/resolve", "/var/lib/dpkg", "/var/lib/rpm", "/var/cache/fontconfig",
}

// landlock has the calling thread enter the domain of a Plan.
func landlock(p Plan, r *report) error {
	version, err := landlockVersion()
	if err != nil {
		r.noLandlock = err.Error()
		return nil
	}
	var handled uint64
	// Before version 2 nothing can be moved to another directory, the workspace's included. That is too much where mounts do the work.
	if p.DenyWrites && (version > 1 || !r.readOnly) {
		handled |= writing | moving | truncating | commanding
	}
	if len(p.ReadPaths) > 0 {
		handled |= reading
	}
	scopes := uint64(unix.LANDLOCK_SCOPE_SIGNAL)
	if p.DenyNetwork {
		scopes |= unix.LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET
	}
	rules, err := newRuleset(version, handled, scopes)
	if err != nil || rules == nil {
		return err
	}
	defer rules.close()
	if err := rules.allowAll(p, r); err != nil {
		return err
	}
	if err := rules.enforce(); err != nil {
		return err
	}
	r.landlock, r.landlockFiles = version, handled != 0
	return nil
}

// allowAll gives the rights of a Plan.
func (r *ruleset) allowAll(p Plan, report *report) error {
	const everything = reading | writing&^makeDevices | moving | truncating
	allowed := map[string]uint64{}
	for _, path := range p.Writable {
		allowed[path] |= everything
	}
	for _, path := range append(p.Visible, p.ReadPaths...) {
		allowed[path] |= reading
	}
	for _, path := range programs {
		allowed[path] |= reading
	}
	const use = readFile | unix.LANDLOCK_ACCESS_FS_WRITE_FILE | truncating | commanding
	for _, name := range devices {
		allowed["/dev/"+name] |= use
	}
	for _, path := range []string{"/dev/pts", "/dev/ptmx", "/dev/tty"} {
		allowed[path] |= use | readDir
	}
	if report.mounts { // these are the sandbox's own
		allowed["/dev/shm"] |= everything
		allowed["/dev/mqueue"] |= everything
	}
	if report.privateTmp {
		allowed["/tmp"] |= everything
		allowed["/var/tmp"] |= everything
	}
	if report.processes { // and so are the processes in it
		allowed["/proc"] |= unix.LANDLOCK_ACCESS_FS_WRITE_FILE | truncating
	}
	for path, rights := range allowed {
		if err := r.allow(path, rights); err != nil {
			return err
		}
	}
	return nil
}
