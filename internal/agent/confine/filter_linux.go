package confine

import (
	"fmt"
	"math"
	"unsafe"

	"golang.org/x/sys/unix"
)

// rule refuses a system call, if all conditions hold, with an error number.
type rule struct {
	call  uintptr
	errno unix.Errno
	when  []condition
}

// condition compares one half of an argument, after masking it.
type condition struct {
	argument int
	high     bool // the upper 32 bits, else the lower ones
	mask     uint32
	value    uint32
	equal    bool // whether it has to be equal
}

// hasBits holds when an argument has one of these bits.
func hasBits(argument int, bits uint32) condition { return condition{argument: argument, mask: bits} }

// is holds when an argument has this value; isNot, when it has another one.
func is(argument int, value uint32) condition {
	return condition{argument: argument, mask: math.MaxUint32, value: value, equal: true}
}

func isNot(argument int, value uint32) condition {
	return condition{argument: argument, mask: math.MaxUint32, value: value}
}

// hasHigh holds when one of an argument's upper 32 bits is set.
func hasHigh(argument int) condition {
	return condition{argument: argument, high: true, mask: math.MaxUint32}
}

// Offsets into struct seccomp_data, see seccomp(2), on machines that put the lower half first, as all of ours do.
const (
	numberOffset    = 0
	archOffset      = 4
	argumentsOffset = 16
)

func (c condition) offset() uint32 {
	offset := uint32(argumentsOffset + 8*c.argument)
	if c.high {
		offset += 4
	}
	return offset
}

// program translates rules for the kernel, see bpf(4) for the instructions. Whoever calls by another architecture's numbers is killed.
func program(arch uint32, rules []rule) []unix.SockFilter {
	const (
		load    = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS
		ifEqual = unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K
		ifAbove = unix.BPF_JMP | unix.BPF_JGE | unix.BPF_K
		mask    = unix.BPF_ALU | unix.BPF_AND | unix.BPF_K
		give    = unix.BPF_RET | unix.BPF_K
	)
	refuse := func(errno unix.Errno) unix.SockFilter {
		return unix.SockFilter{Code: give, K: unix.SECCOMP_RET_ERRNO | uint32(errno)}
	}
	p := []unix.SockFilter{
		{Code: load, K: archOffset},
		{Code: ifEqual, K: arch, Jt: 1},
		{Code: give, K: unix.SECCOMP_RET_KILL_PROCESS},
		{Code: load, K: numberOffset},
		// x32 has the architecture of x86-64, and numbers of its own from here on. No other architecture has any.
		{Code: ifAbove, K: 0x40000000, Jf: 1},
		refuse(unix.ENOSYS),
	}
	for _, r := range rules {
		// The body: each condition loads, masks and compares, and leaves the rule if it does not hold; then the call is refused.
		var body []unix.SockFilter
		for i, c := range r.when {
			leave := uint8(3*(len(r.when)-i-1) + 1)
			compare := unix.SockFilter{Code: ifEqual, K: c.value}
			if c.equal {
				compare.Jf = leave
			} else {
				compare.Jt = leave
			}
			body = append(body, unix.SockFilter{Code: load, K: c.offset()}, unix.SockFilter{Code: mask, K: c.mask}, compare)
		}
		body = append(body, refuse(r.errno))
		if len(r.when) > 0 { // the number is to be compared again
			body = append(body, unix.SockFilter{Code: load, K: numberOffset})
		}
		p = append(p, unix.SockFilter{Code: ifEqual, K: uint32(r.call), Jf: uint8(len(body))})
		p = append(p, body...)
	}
	return append(p, unix.SockFilter{Code: give, K: unix.SECCOMP_RET_ALLOW})
}

// filter has the calling thread, and what it starts, keep to rules.
func filter(rules []rule) error {
	if auditArch == 0 {
		return fmt.Errorf("the numbers of this architecture's system calls are not known")
	}
	instructions := program(auditArch, rules)
	prog := unix.SockFprog{Len: uint16(len(instructions)), Filter: &instructions[0]}
	if _, _, failed := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, 0, uintptr(unsafe.Pointer(&prog))); failed != 0 {
		return fmt.Errorf("seccomp: %w", failed)
	}
	return nil
}
