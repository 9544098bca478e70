// Package diagnosis owns what a process can find out about its host: directories, disks, open files, the service manager. Each
// look gives one finding with a state, a detail and a remedy; none changes anything, and none says anything secret.
//
// It refuses to know what a daemon is: which directories matter and how much room they need is told by who asks.
package diagnosis
