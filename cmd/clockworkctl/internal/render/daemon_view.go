package render

import (
	"strconv"
	"time"
)

// Daemon is what is known of a daemon. What is zero is not known.
type Daemon struct {
	Running bool
	Address string
	Pid     int
	Version string
	Uptime  time.Duration
	// Log is the path of the log that clockworkctl keeps for the daemon it starts.
	Log string
}

type daemonDocument struct {
	Running bool    `json:"running"`
	Address string  `json:"address"`
	Pid     int     `json:"pid"`
	Version string  `json:"version"`
	Uptime  decimal `json:"uptime"`
	Log     string  `json:"log"`
}

// View shows the daemon.
func (d Daemon) View() View {
	return View{
		Document: daemonDocument{d.Running, d.Address, d.Pid, d.Version, decimal(d.Uptime.Seconds()), d.Log},
		Text: func(page *Page) {
			state := page.palette.paint(green, "running")
			if !d.Running {
				state = page.palette.paint(yellow, "not running")
			}
			pid, uptime := "", ""
			if d.Pid > 0 {
				pid = strconv.Itoa(d.Pid)
			}
			if d.Uptime > 0 {
				uptime = d.Uptime.Round(time.Second).String()
			}
			page.Facts("daemon", state, "address", d.Address, "pid", pid, "version", d.Version, "uptime", uptime, "log", d.Log)
		},
	}
}
