// Package rlimit owns the limits that each process has by itself, see getrlimit(2). It refuses to know what they are for.
//
// Go has no means to set limits between fork and exec, and the agent, which writes files of any size and has many open, cannot wear them itself for its
// children to inherit. So a process with limits is traced for a moment: it stops at its execution, is given them, and goes on. To set
// them without that, right after fork, is too late on a busy machine, by milliseconds. It costs some 30 µs, and one thing that
// ptrace(2) says of execve: a program that is set-user-id does not get the rights of its owner. That concerns the step's own program, not what it starts.
package rlimit
