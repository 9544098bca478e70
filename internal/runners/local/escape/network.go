//go:build linux

package main

import (
	"net"
	"time"

	"golang.org/x/sys/unix"
)

// network are tries to reach services.
func network() map[string]try {
	return map[string]try{
		"connect over TCP":              func(t targets) error { return dial("tcp", t.TCP) },
		"connect over UDP":              func(targets) error { return dial("udp", "192.0.2.1:9") },
		"connect to a socket":           func(t targets) error { return dial("unix", t.Socket) },
		"connect to an abstract socket": func(t targets) error { return dial("unix", "@"+t.Abstract) },
		"connect to the agent":          func(t targets) error { return dial("unix", t.Agent) },
		"reach the hypervisor":          func(targets) error { return socket(unix.AF_VSOCK, unix.SOCK_STREAM) },
		"use the kernel's cryptography": func(targets) error { return socket(unix.AF_ALG, unix.SOCK_SEQPACKET) },
		"listen to the wire":            func(targets) error { return socket(unix.AF_PACKET, unix.SOCK_RAW) },
	}
}

func dial(network, address string) error {
	conn, err := net.DialTimeout(network, address, 10*time.Second)
	if err != nil {
		return err
	}
	return conn.Close()
}

func socket(family, kind int) error {
	fd, err := unix.Socket(family, kind, 0)
	if err != nil {
		return err
	}
	return unix.Close(fd)
}
