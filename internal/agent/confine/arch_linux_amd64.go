package confine

import "golang.org/x/sys/unix"

const auditArch = unix.AUDIT_ARCH_X86_64

// archRules are for what this architecture alone has: ports of devices, and a call that other ones do not have any more.
var archRules = refuseAll(unix.EPERM, unix.SYS_IOPL, unix.SYS_IOPERM, unix.SYS_USELIB, unix.SYS_USTAT, unix.SYS_SYSFS)
