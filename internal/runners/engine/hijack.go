package engine

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"
)

// stream is a connection that an engine has handed over to a process's streams.
type stream struct {
	net.Conn
	in *bufio.Reader
}

// Read reads what the process prints, in frames.
func (s stream) Read(p []byte) (int, error) { return s.in.Read(p) }

// closeWrite tells the process that its standard input has ended, where the connection can.
func (s stream) closeWrite() error {
	if half, ok := s.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// hijack makes a call that takes over its connection (Engine API, ContainerAttach, "Hijacking"). The library's own does not look at
// ctx while it waits for the engine's answer, and drops the reason of a refusal.
func (d *Driver) hijack(ctx context.Context, path string, query url.Values, body any) (stream, error) {
	var sent []byte // what is sent to no purpose Podman takes for the beginning of the standard input
	if body != nil {
		var err error
		if sent, err = json.Marshal(body); err != nil {
			return stream{}, err
		}
	}
	u := url.URL{Scheme: "http", Host: "engine", Path: "/v" + d.flavour.Client.ClientVersion() + path, RawQuery: query.Encode()}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), bytes.NewReader(sent))
	if err != nil {
		return stream{}, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Connection", "Upgrade")
	request.Header.Set("Upgrade", "tcp")
	conn, err := d.flavour.Client.Dialer()(ctx)
	if err != nil {
		return stream{}, unreachableError{err}
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() }) // reads and writes that are under way return
	s := stream{Conn: conn, in: bufio.NewReader(conn)}
	err = s.upgrade(request)
	if !stop() {
		err = context.Cause(ctx)
	}
	if err != nil {
		_ = conn.Close() // it is of no use
		return stream{}, err
	}
	return s, nil
}

// upgrade sends the request and reads the answer to it, behind which the process's streams begin.
func (s stream) upgrade(request *http.Request) error {
	if err := request.Write(s.Conn); err != nil {
		return err
	}
	response, err := http.ReadResponse(s.in, request)
	if err != nil {
		return err
	}
	if response.StatusCode == http.StatusSwitchingProtocols {
		return keepAlive(s.Conn)
	}
	defer response.Body.Close()
	var refusal struct {
		Message string `json:"message"`
	}
	text, err := io.ReadAll(io.LimitReader(response.Body, 64<<10))
	if err != nil || json.Unmarshal(text, &refusal) != nil || refusal.Message == "" {
		return fmt.Errorf("the engine refuses with %s", response.Status)
	}
	return errors.New(refusal.Message)
}

// keepAlive has the system notice when another machine is gone, also while nothing is sent.
func keepAlive(conn net.Conn) error {
	if tcp, ok := conn.(*net.TCPConn); ok {
		return tcp.SetKeepAliveConfig(net.KeepAliveConfig{Enable: true, Idle: 30 * time.Second, Interval: 10 * time.Second, Count: 3})
	}
	return nil
}

// unreachableError says that there is no connection to the engine.
type unreachableError struct{ error }

func (e unreachableError) Unwrap() error { return e.error }
