package confine

import (
	"math"
	"slices"

	"golang.org/x/sys/unix"
)

func refuseAll(errno unix.Errno, calls ...uintptr) []rule {
	rules := make([]rule, len(calls))
	for i, call := range calls {
		rules[i] = rule{call: call, errno: errno}
	}
	return rules
}

// neverNeeded are calls that no build and no deployment into files makes: they are for administrators of a machine and for those who break
// into one. A call that programs try, and do without, is answered as by a kernel that does not have it.
var neverNeeded = slices.Concat(
	// modules, other kernels, programs in the kernel, and what watches it
	refuseAll(unix.EPERM, unix.SYS_INIT_MODULE, unix.SYS_FINIT_MODULE, unix.SYS_DELETE_MODULE, unix.SYS_KEXEC_LOAD, unix.SYS_KEXEC_FILE_LOAD,
		unix.SYS_BPF, unix.SYS_PERF_EVENT_OPEN, unix.SYS_LOOKUP_DCOOKIE),
	// the whole machine: its clock, its swap, its end
	refuseAll(unix.EPERM, unix.SYS_REBOOT, unix.SYS_SWAPON, unix.SYS_SWAPOFF, unix.SYS_SETTIMEOFDAY, unix.SYS_CLOCK_SETTIME,
		unix.SYS_ACCT, unix.SYS_QUOTACTL, unix.SYS_QUOTACTL_FD, unix.SYS_NFSSERVCTL, unix.SYS_VHANGUP, unix.SYS_SYSLOG),
	// mounts, with which everything that is hidden could be found
	refuseAll(unix.EPERM, unix.SYS_MOUNT, unix.SYS_UMOUNT2, unix.SYS_PIVOT_ROOT, unix.SYS_OPEN_TREE, unix.SYS_MOVE_MOUNT, unix.SYS_FSOPEN,
		unix.SYS_FSCONFIG, unix.SYS_FSMOUNT, unix.SYS_FSPICK, unix.SYS_MOUNT_SETATTR, unix.SYS_OPEN_BY_HANDLE_AT),
	// keys are not kept apart by any namespace
	refuseAll(unix.EPERM, unix.SYS_ADD_KEY, unix.SYS_REQUEST_KEY, unix.SYS_KEYCTL),
	// faults that a process handles itself are a tool of break-ins; io_uring does, unseen by this filter, what calls do
	refuseAll(unix.EPERM, unix.SYS_USERFAULTFD),
	refuseAll(unix.ENOSYS, unix.SYS_IO_URING_SETUP, unix.SYS_IO_URING_ENTER, unix.SYS_IO_URING_REGISTER),
	// namespaces: in a user namespace of its own a process has all capabilities
	refuseAll(unix.EPERM, unix.SYS_SETNS),
	[]rule{
		{unix.SYS_CLONE, unix.EPERM, []condition{hasBits(0, newNamespaces)}},
		{unix.SYS_UNSHARE, unix.EPERM, []condition{hasBits(0, newNamespaces|unix.CLONE_NEWTIME)}},
		// what would type into a terminal, see TIOCSTI and TIOCLINUX in ioctl_tty(2)
		{unix.SYS_IOCTL, unix.EPERM, []condition{is(1, unix.TIOCSTI)}},
		{unix.SYS_IOCTL, unix.EPERM, []condition{is(1, unix.TIOCLINUX)}},
		// the limit that is a process's tag, see package tree, and any limit of another process, the agent for one
		{unix.SYS_SETRLIMIT, unix.EPERM, []condition{is(0, unix.RLIMIT_RTTIME)}},
		{unix.SYS_PRLIMIT64, unix.EPERM, []condition{is(1, unix.RLIMIT_RTTIME), isNot(2, 0)}},
		{unix.SYS_PRLIMIT64, unix.EPERM, []condition{is(1, unix.RLIMIT_RTTIME), hasHigh(2)}},
		{unix.SYS_PRLIMIT64, unix.EPERM, []condition{isNot(0, 0), isNot(2, 0)}},
		{unix.SYS_PRLIMIT64, unix.EPERM, []condition{isNot(0, 0), hasHigh(2)}},
	},
	archRules,
)

// newNamespaces are the flags of clone(2) that make them. In clone, the bit of a time namespace is part of a signal's number.
const newNamespaces = unix.CLONE_NEWUSER | unix.CLONE_NEWNS | unix.CLONE_NEWPID | unix.CLONE_NEWNET | unix.CLONE_NEWIPC |
	unix.CLONE_NEWUTS | unix.CLONE_NEWCGROUP

// noClone3 is for steps that could make a user namespace by it: what it is asked for, no filter sees. Libraries use clone instead.
var noClone3 = refuseAll(unix.ENOSYS, unix.SYS_CLONE3)

// otherFamilies refuses sockets of all but the usual families, see address_families(7). Some reach what no namespace holds: AF_VSOCK the host of
// a virtual machine, AF_ALG the kernel's cryptography.
var otherFamilies = []rule{{unix.SYS_SOCKET, unix.EAFNOSUPPORT, []condition{
	isNot(0, unix.AF_UNIX), isNot(0, unix.AF_INET), isNot(0, unix.AF_INET6), isNot(0, unix.AF_NETLINK),
}}}

// noSockets is what is left where there are no namespaces: pairs, which reach nobody, and no other socket.
var noSockets = refuseAll(unix.EACCES, unix.SYS_SOCKET)

// noUnixSockets is for a network namespace without a mount namespace: a Unix socket could reach every service that listens on one.
var noUnixSockets = []rule{{unix.SYS_SOCKET, unix.EACCES, []condition{is(0, unix.AF_UNIX)}}}

// noTracing is for steps that neither Landlock nor a PID namespace keeps from other processes. A process may still ask to be traced.
var noTracing = append(
	refuseAll(unix.EPERM, unix.SYS_PROCESS_VM_READV, unix.SYS_PROCESS_VM_WRITEV, unix.SYS_PIDFD_GETFD, unix.SYS_KCMP),
	rule{unix.SYS_PTRACE, unix.EPERM, []condition{is(0, unix.PTRACE_ATTACH)}},
	rule{unix.SYS_PTRACE, unix.EPERM, []condition{is(0, unix.PTRACE_SEIZE)}},
)

// noSignals keeps signals from a process, the agent, where Landlock does not, and those for everybody, of whom it is one. What is left is tkill, by
// which libraries signal their own threads: it can end a sandbox from within, but nothing else.
func noSignals(pid int) []rule {
	agent, group, everybody := uint32(pid), uint32(-pid), uint32(math.MaxUint32)
	var rules []rule
	for call, targets := range map[uintptr][]uint32{
		unix.SYS_KILL: {agent, group, everybody}, unix.SYS_TGKILL: {agent}, unix.SYS_RT_SIGQUEUEINFO: {agent},
		unix.SYS_RT_TGSIGQUEUEINFO: {agent}, unix.SYS_PIDFD_OPEN: {agent},
	} {
		for _, target := range targets {
			rules = append(rules, rule{call, unix.EPERM, []condition{is(0, target)}})
		}
	}
	return rules
}
