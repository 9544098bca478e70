// Package rlimit owns the limits that each process has by itself, see getrlimit(2). It refuses to know what they are for.
//
// Go has no means to set limits between fork and exec, and the agent, which writes files of any size and has many open, cannot wear them itself for its
// children to inherit. So they are set from outside, right after the process has begun; what it may have forked before that is
// looked for and gets them, too.
package rlimit
