// Package native owns the processes of the operating system: it starts, reaps and ends them for package process. It refuses to know what
// they are for and who reads what they print.
//
// There is one Spawner in a process: it reaps all children, so nothing else in that process may start or wait for any.
package native
