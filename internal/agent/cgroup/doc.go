// Package cgroup owns what is done with Linux control groups: a daemon makes one for each sandbox and sets its limits there (Realm), the
// agent starts processes in it, counts what they cost and tells which limit they reached (Pool, Stay). It refuses to know what
// a sandbox or a step is.
//
// Both versions are served, cgroups(7). In version 2 a process is born into its cgroup by clone3(2) with CLONE_INTO_CGROUP. Version 1 has no such
// call, but it lets threads of a process lie in different cgroups: a thread of the agent lies in each leaf, and what it forks is born there. Neither
// costs a step anything; to move a process that exists does, for the kernel stops all forks of the machine meanwhile.
//
//	<realm>/clockwork.<owner>.<id>           a sandbox
//	        …/agent                          version 2: the agent, which no limit of its steps may kill
//	        …/steps                          has the limits
//	        …/steps/0, 1, …                  leaves: each for one process with all that it starts, so that what is counted is its own
//	        …/steps/rest                     for those that find no leaf free
//
// All of it is made before the first step, and every file is opened then, so that an agent that has confined itself needs no right to the
// file system for it. Leaves are used again, in turns.
//
// github.com/containerd/cgroups was tried for this. It brings an eBPF loader, D-Bus and logrus along (a program that makes one cgroup with it has
// 6.5 MiB, of the 9 that the whole agent may have); it reads every file of a cgroup at once, and knows neither delegation nor
// CLONE_INTO_CGROUP. What is left are a few files to read and write.
package cgroup
