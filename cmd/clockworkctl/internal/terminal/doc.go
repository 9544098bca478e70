// Package terminal owns the terminal that a person looks at: its size and modes, and a block of lines at the end of what
// was written, which is drawn anew again and again while the rest scrolls by above it.
//
// It refuses to know what the lines say. Who gives it text has taken out what a terminal obeys.
//
// It reads nothing: the keyboard's signals stay signals, standard input stays the bundle's, and the terminal is never asked
// questions whose answers would end up in the shell. That is also why there is no framework for interactive programs in
// here. What such a framework draws in place is left behind in pieces where the window gets narrower and the terminal wraps
// what it had drawn, where the user types Enter, and where the terminal thinks otherwise of a character's width; a Screen
// counts the wrapped rows, turns the echo off, and turns off wrapping while it draws. It also costs a third of a millisecond
// of start and 2 MB of program less.
package terminal
