// Package userdirs owns the one rule by which a daemon without a configuration and its clients agree, without a word,
// on where the user's own socket and state lie. It imports nothing of ours, and the client and the configuration both
// import it.
//
// It refuses to know what is put there, and whether a daemon runs.
package userdirs
