// Package descriptors keeps what a process inherited from going on to what it starts.
//
// Go marks every descriptor that it opens itself close-on-exec; those that a process was started with it passes on, so that a
// lock or a pipe of whoever started a daemon would stay open for as long as anything that the daemon started lives.
package descriptors
