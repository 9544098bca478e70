// Package tree owns finding and killing processes with everything they left behind. It refuses to know why.
//
// On Linux, without cgroups, a process is recognised by a tag that neither fork, exec, setsid, a double fork nor an empty
// environment takes from it: the soft value of RLIMIT_RTTIME. getrlimit(2): limits are inherited by fork and kept by exec, and this one
// bounds the CPU time, in microseconds, that a process under a real-time scheduling policy may use without a blocking system
// call; for all other processes it means nothing. A tag is a value beyond 146,000 years, so it bounds those neither. It is
// readable by prlimit(2) and, for processes of other users, in /proc/PID/limits (proc(5), "Max realtime timeout").
//
// A process that takes the trouble to change its own tag escapes the tree of its step. It stays a descendant of the agent, which is the
// subreaper of its sandbox, so it does not escape the end of the sandbox.
package tree
