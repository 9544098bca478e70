package confine

import (
	"bufio"
	"os"
	"strings"
)

// listeningSockets returns the paths of the Unix sockets that somebody listens on in the network namespace of the calling thread.
func listeningSockets() []string {
	file, err := os.Open("/proc/thread-self/net/unix")
	if err != nil {
		return nil
	}
	defer file.Close()
	var paths []string
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		// Num RefCount Protocol Flags Type St Inode Path, see proc_pid_net(5); the flag is __SO_ACCEPTCON.
		const flags, path, accepts = 3, 7, "00010000"
		fields := strings.SplitN(strings.Join(strings.Fields(lines.Text()), " "), " ", path+1)
		if len(fields) > path && fields[flags] == accepts && strings.HasPrefix(fields[path], "/") {
			paths = append(paths, fields[path])
		}
	}
	return paths
}
