package ssh

import (
	"path"
	"strings"
)

// The loaders copy a program into memory that is a file (memfd_create(2)) and execute that: the way where every file system that the user
// may write to is mounted noexec. Arguments: the program's path, then its own.
var (
	pythonLoader = strings.Join([]string{
		`import os,sys`,
		`m=os.memfd_create("clockwork-agent",0)`,
		`os.write(m,open(sys.argv[1],"rb").read())`,
		`os.execv("/proc/self/fd/%d"%m,["clockwork-agent"]+sys.argv[2:])`,
	}, "; ")

	// The number of the call is 319 on amd64 and 279 on arm64. Perl closes descriptors above $^F when it executes.
	perlLoader = strings.Join([]string{
		`use POSIX`,
		`$^F=255`,
		`my $e="clockwork-agent"`,
		`my $m=syscall((uname())[4] eq "x86_64"?319:279,$e,0)`,
		`die "memfd_create: $!" if $m<0`,
		`open(my $i,"<",shift) or die $!`,
		`my $b`,
		`while(sysread($i,$b,1048576)){POSIX::write($m,$b,length $b) or die $!}`,
		`exec {"/proc/self/fd/$m"} $e,@ARGV or die $!`,
	}, "; ")
)

// memoryLoader returns the words that run a program from memory, by an interpreter; empty if it cannot.
func memoryLoader(interpreter string) string {
	switch path.Base(interpreter) {
	case "python3":
		return quote(interpreter) + " -c " + quote(pythonLoader)
	case "perl":
		return quote(interpreter) + " -e " + quote(perlLoader)
	default:
		return ""
	}
}
