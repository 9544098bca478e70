package attempt

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// attempts are what can be tried, each with one argument. They return nil if they succeed.
var attempts = map[string]func(argument string) error{
	"connect": connect,    // NETWORK:ADDRESS
	"write":   write,      // a file that does not exist; it is removed again
	"read":    read,       // a file
	"signal":  signal,     // a process
	"be-user": beUser,     // a user id
	"gain":    gain,       // how privileges are gained: "privileges"
	"call":    systemCall, // a system call that is harmless: "keyctl", "unshare"
}

// Run tries something with each of the arguments. It returns nil if all failed, as they should in a sandbox that holds.
func Run(kind string, arguments []string) error {
	try, known := attempts[kind]
	if !known {
		return fmt.Errorf("cannot attempt %q: it is none of %s", kind, strings.Join(slices.Sorted(maps.Keys(attempts)), ", "))
	}
	var faults []error
	for _, argument := range arguments {
		if try(argument) == nil {
			faults = append(faults, fmt.Errorf("a step can %s %s", kind, argument))
		}
	}
	return errors.Join(faults...)
}

// patience bounds the wait for somebody who does not answer.
const patience = 5 * time.Second

func connect(to string) error {
	network, address, _ := strings.Cut(to, ":")
	conn, err := net.DialTimeout(network, address, patience)
	if err != nil {
		return err
	}
	return conn.Close()
}

func write(path string) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(file.Close(), os.Remove(path))
}

func read(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	return file.Close()
}

func beUser(id string) error {
	if strconv.Itoa(os.Getuid()) != id {
		return fmt.Errorf("it is user %d", os.Getuid())
	}
	return nil
}
