// Package guest lets tests use the machine that `test/env up guest` boots: a Debian with systemd and cgroup v2, emulated by QEMU. It is
// root's alone, thrown away with everything in it, and shared by all tests of a run; it reaches no network.
//
// The ordinary user there is Tester, who has a service manager of its own. [Guest.Run] runs commands, [Guest.Put] brings files, and
// [Guest.Test] runs the tests of a package there that run on the host too. Everything takes some five to ten times as long as on the host.
//
// It refuses to know what is tested.
package guest
