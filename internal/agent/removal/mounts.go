package removal

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// mountPoint is the position of the mount point in a line of /proc/self/mountinfo, see proc_pid_mountinfo(5).
const mountPoint = 4

// mountBelow returns a mount point at or below a directory; empty if there is none.
func mountBelow(dir string) (string, error) {
	dir, err := filepath.EvalSymlinks(dir)
	if err != nil { // there is nothing to look below
		return "", nil
	}
	mounts, err := os.Open("/proc/self/mountinfo")
	if errors.Is(err, fs.ErrNotExist) { // this is not Linux
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("cannot find out what is mounted: %v", err)
	}
	defer mounts.Close()
	lines := bufio.NewScanner(mounts)
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) <= mountPoint {
			continue
		}
		if at := unescape(fields[mountPoint]); at == dir || strings.HasPrefix(at, dir+"/") {
			return at, nil
		}
	}
	return "", lines.Err()
}

// unescape undoes the octal escapes of blanks in a mount point.
func unescape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+3 < len(s) {
			if code, err := strconv.ParseUint(s[i+1:i+4], 8, 8); err == nil {
				b.WriteByte(byte(code))
				i += 3
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
