// Package program owns the test program that the conformance suite runs in sandboxes, where there may be no shell and no
// other program. Its commands do one small thing each, so that a case can tell what happened from the exit code and the output.
//
// It knows nothing of drivers and agents. What differs between a process of the operating system and a function that plays one is
// behind System.
package program
