package serve

import (
	"os"
	"os/signal"
	"syscall"
	"time"
)

// shutdownGrace is the time between SIGTERM and SIGKILL for the processes of a sandbox whose agent is sent SIGTERM. It leaves a
// container engine, which waits for 10 s, time to see the end.
const shutdownGrace = 5 * time.Second

// catchSignals returns what receives when the agent shall end. The signals of terminals and sessions it takes and drops. To take a signal is not the
// same as to ignore it: what is ignored is inherited by every process that is started, what is taken is not.
func catchSignals() <-chan os.Signal {
	dropped := make(chan os.Signal, 1) // nobody receives
	signal.Notify(dropped, syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGPIPE, syscall.SIGCONT,
		syscall.SIGTSTP, syscall.SIGTTIN, syscall.SIGTTOU, syscall.SIGWINCH, syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGALRM)
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	return stop
}
