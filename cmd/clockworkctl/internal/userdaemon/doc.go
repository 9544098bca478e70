// Package userdaemon owns the life of the user's own daemon as clockworkctl sees it: finding, starting, replacing and
// stopping clockworkd at the per-user socket, and finding out which process it is.
//
// It refuses to know what the daemon does, and touches no daemon that somebody else set up.
package userdaemon
