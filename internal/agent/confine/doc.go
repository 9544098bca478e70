// Package confine owns what keeps the steps of a sandbox from the rest of its machine: namespaces, mounts, Landlock, a filter of system
// calls, capabilities. It refuses to know what a step is, and who decided what to keep it from.
//
// Linux confines threads, not processes: namespaces(7), landlock(7), seccomp(2), capabilities(7) and no_new_privs (prctl(2)) all belong to a
// thread, and are inherited by what the thread starts. So the agent confines one thread, once, and starts all steps from it. That costs a step
// nothing, and leaves the agent itself outside: steps cannot signal or trace it, as they are in a Landlock domain and it is not; its
// socket and its spool lie in directories that their mount namespace does not have.
//
// What only a whole process can have, a user and a PID namespace, the agent is born into: its driver starts it so, and says so in the Plan.
//
// Two libraries were tried. go-landlock restricts all threads of a process, the agent's too. go-seccomp-bpf lets every call pass that is made by
// another architecture's numbers, so that `int 0x80` would get around a list of what is refused.
package confine
