package diagnosis

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// OpenFiles looks at how many files this process has open, and how many it may have (getrlimit(2), RLIMIT_NOFILE). Cut says
// what was given up because there are too few; empty: nothing.
func OpenFiles(name, cut string) *clockworkv1.DaemonFinding {
	const remedy = "raise the limit: LimitNOFILE= in the daemon's unit, or ulimit -n before it is started"
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return Warning(name, fmt.Sprintf("cannot learn how many files may be open: %v", err), remedy)
	}
	detail := fmt.Sprintf("at most %d", limit.Cur)
	if entries, err := os.ReadDir("/proc/self/fd"); err == nil {
		detail = fmt.Sprintf("%d are open, at most %d may be", len(entries)-1, limit.Cur) // without the one that was just read
		if uint64(len(entries)) > limit.Cur-limit.Cur/10 {
			return Warning(name, detail, remedy)
		}
	}
	if cut != "" {
		return Warning(name, detail+"; "+cut, remedy)
	}
	return OK(name, detail)
}
