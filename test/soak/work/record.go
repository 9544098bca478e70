package work

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"
)

// Run is what one run has reported of itself.
type Run struct {
	Start time.Time
	// Ended is whether it came to its end; ExitCode is what it was then about to exit with.
	Ended    bool
	ExitCode int
}

// Report is what a run says on a connection of its own, as one line of JSON. The answer is the number of the run, on a line.
type Report struct {
	// Key is the work's.
	Key string
	// Run is 0 for a run that begins, else the number of the run that ends.
	Run int
	// Time is when it is said, by the clock of the sandbox.
	Time time.Time
	// ExitCode is what a run that ends is about to exit with.
	ExitCode int
}

// Begin reports that a run begins, and returns the run's number, from 1.
func (w Work) Begin() (int, error) { return w.report(Report{Key: w.Key, Time: time.Now()}) }

// End reports that a run has done its work and is about to exit.
func (w Work) End(run, code int) error {
	_, err := w.report(Report{Key: w.Key, Run: run, Time: time.Now(), ExitCode: code})
	return err
}

// report returns when the report has been heard.
func (w Work) report(report Report) (run int, err error) {
	network, address, err := Endpoint(w.Records)
	if err != nil {
		return 0, err
	}
	conn, err := net.Dial(network, address)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	if err := json.NewEncoder(conn).Encode(report); err != nil {
		return 0, fmt.Errorf("cannot report: %w", err)
	}
	if _, err := fmt.Fscanln(bufio.NewReader(conn), &run); err != nil {
		return 0, fmt.Errorf("cannot hear the answer to a report: %w", err)
	}
	return run, nil
}

// Endpoint takes an address, unix:///path or tcp://host:port, apart for package net.
func Endpoint(address string) (network, rest string, err error) {
	network, rest, found := strings.Cut(address, "://")
	if !found || (network != "unix" && network != "tcp") {
		return "", "", errors.New("not an address, unix:///path or tcp://host:port: " + address)
	}
	return network, rest, nil
}
