package confine

import (
	"encoding/binary"
	"slices"
	"testing"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// judge runs a filter over a call as the kernel would.
func judge(t *testing.T, rules []rule, arch, number uint32, arguments ...uint64) uint32 {
	t.Helper()
	var raw []bpf.RawInstruction
	for _, i := range program(auditArch, rules) {
		raw = append(raw, bpf.RawInstruction{Op: i.Code, Jt: i.Jt, Jf: i.Jf, K: i.K})
	}
	instructions, ok := bpf.Disassemble(raw)
	if !ok {
		t.Fatal("it has instructions that are none")
	}
	machine, err := bpf.NewVM(instructions)
	if err != nil {
		t.Fatal(err)
	}
	// struct seccomp_data; the machine loads words as networks have them, so that is how they are put there.
	data := make([]byte, argumentsOffset+6*8)
	binary.BigEndian.PutUint32(data[numberOffset:], number)
	binary.BigEndian.PutUint32(data[archOffset:], arch)
	for i, argument := range arguments {
		binary.BigEndian.PutUint32(data[argumentsOffset+8*i:], uint32(argument))
		binary.BigEndian.PutUint32(data[argumentsOffset+8*i+4:], uint32(argument>>32))
	}
	verdict, err := machine.Run(data)
	if err != nil {
		t.Fatal(err)
	}
	return uint32(verdict)
}

func TestFilter(t *testing.T) {
	t.Parallel()
	const foreign = 0x40000003 // AUDIT_ARCH_I386
	rules := slices.Concat(neverNeeded, otherFamilies, noClone3, noSignals(7))
	refused := func(errno unix.Errno) uint32 { return unix.SECCOMP_RET_ERRNO | uint32(errno) }
	for name, c := range map[string]struct {
		arch, number uint32
		arguments    []uint64
		want         uint32
	}{
		"a call that everybody makes":          {auditArch, unix.SYS_OPENAT, nil, unix.SECCOMP_RET_ALLOW},
		"one of another architecture":          {foreign, unix.SYS_OPENAT, nil, unix.SECCOMP_RET_KILL_PROCESS},
		"one of another interface":             {auditArch, 0x40000000 | unix.SYS_OPENAT, nil, refused(unix.ENOSYS)},
		"the first that is refused":            {auditArch, uint32(rules[0].call), nil, refused(unix.EPERM)},
		"mount":                                {auditArch, unix.SYS_MOUNT, nil, refused(unix.EPERM)},
		"clone3":                               {auditArch, unix.SYS_CLONE3, nil, refused(unix.ENOSYS)},
		"clone of a thread":                    {auditArch, unix.SYS_CLONE, []uint64{unix.CLONE_VM | unix.CLONE_THREAD}, unix.SECCOMP_RET_ALLOW},
		"clone into a namespace":               {auditArch, unix.SYS_CLONE, []uint64{unix.CLONE_VM | unix.CLONE_NEWUSER}, refused(unix.EPERM)},
		"unshare of files":                     {auditArch, unix.SYS_UNSHARE, []uint64{unix.CLONE_FILES}, unix.SECCOMP_RET_ALLOW},
		"unshare of the time":                  {auditArch, unix.SYS_UNSHARE, []uint64{unix.CLONE_NEWTIME}, refused(unix.EPERM)},
		"an ioctl":                             {auditArch, unix.SYS_IOCTL, []uint64{0, unix.TCGETS}, unix.SECCOMP_RET_ALLOW},
		"an ioctl that types":                  {auditArch, unix.SYS_IOCTL, []uint64{0, unix.TIOCSTI}, refused(unix.EPERM)},
		"an ioctl that types, with upper bits": {auditArch, unix.SYS_IOCTL, []uint64{0, 1<<32 | unix.TIOCSTI}, refused(unix.EPERM)},
		"to read the tag":                      {auditArch, unix.SYS_PRLIMIT64, []uint64{0, unix.RLIMIT_RTTIME, 0, 1 << 40}, unix.SECCOMP_RET_ALLOW},
		"to change the tag":                    {auditArch, unix.SYS_PRLIMIT64, []uint64{0, unix.RLIMIT_RTTIME, 0x1000}, refused(unix.EPERM)},
		"to change the tag from far above":     {auditArch, unix.SYS_PRLIMIT64, []uint64{0, unix.RLIMIT_RTTIME, 1 << 40}, refused(unix.EPERM)},
		"to change an own limit":               {auditArch, unix.SYS_PRLIMIT64, []uint64{0, unix.RLIMIT_NOFILE, 1 << 40}, unix.SECCOMP_RET_ALLOW},
		"to change another's limit":            {auditArch, unix.SYS_PRLIMIT64, []uint64{9, unix.RLIMIT_NOFILE, 1 << 40}, refused(unix.EPERM)},
		"a usual socket":                       {auditArch, unix.SYS_SOCKET, []uint64{unix.AF_INET6}, unix.SECCOMP_RET_ALLOW},
		"an unusual socket":                    {auditArch, unix.SYS_SOCKET, []uint64{unix.AF_VSOCK}, refused(unix.EAFNOSUPPORT)},
		"a signal to a child":                  {auditArch, unix.SYS_KILL, []uint64{70, 9}, unix.SECCOMP_RET_ALLOW},
		"a signal to the agent":                {auditArch, unix.SYS_KILL, []uint64{7, 9}, refused(unix.EPERM)},
		"a signal to the agent's group":        {auditArch, unix.SYS_KILL, []uint64{1<<64 - 7, 9}, refused(unix.EPERM)},
		"a signal to everybody":                {auditArch, unix.SYS_KILL, []uint64{1<<64 - 1, 9}, refused(unix.EPERM)},
		"a signal to the own group":            {auditArch, unix.SYS_KILL, []uint64{0, 9}, unix.SECCOMP_RET_ALLOW},
	} {
		if got := judge(t, rules, c.arch, c.number, c.arguments...); got != c.want {
			t.Errorf("%s: %#x, want %#x", name, got, c.want)
		}
	}
}
