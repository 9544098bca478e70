// Package sshconfig tells what a user's configuration of ssh(1) says of a host.
//
// It asks ssh itself (ssh -G), which is the only reader of that format that understands all of it: Match with everything that may follow it,
// Include, canonical names, tokens. A reader that understands most of it would now and then lead to another host, or to the right one as somebody
// else. Where there is no ssh, there is hardly a configuration for it.
package sshconfig
