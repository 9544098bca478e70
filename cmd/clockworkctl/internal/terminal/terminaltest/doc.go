// Package terminaltest is a terminal without a window, for tests: it obeys what terminal.Screen and a log write, and shows
// what would be seen. It wraps and scrolls as real ones do, and wraps anew what is too long after a resize.
//
// It refuses to guess: a control sequence that it does not know is remembered as a fault.
package terminaltest
