package hosting

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// command is one Order being followed.
type command struct {
	Order
	layout
	in  *json.Decoder
	out *json.Encoder
}

// Run reads an Order from in and answers on out. It goes on when nobody listens any more: what was begun is finished, or undone.
func Run(in io.Reader, out io.Writer) error {
	ignored := make(chan os.Signal, 1) // nobody receives: the end of the session shall not end us
	signal.Notify(ignored, syscall.SIGHUP, syscall.SIGPIPE)
	syscall.Umask(0o077)
	c := command{in: json.NewDecoder(in), out: json.NewEncoder(out)}
	if err := c.in.Decode(&c.Order); err != nil {
		if errors.Is(err, io.EOF) {
			return nil // whoever called has thought better of it
		}
		return fmt.Errorf("cannot read the order from standard input: %w", err)
	}
	if err := c.follow(); err != nil {
		return c.out.Encode(Answer{Error: err.Error()})
	}
	return nil
}

func (c command) follow() error {
	if err := c.check(); err != nil {
		return err
	}
	if err := own(c.WorkDir); err != nil {
		return err
	}
	c.layout = newLayout(c.Order)
	switch c.Do {
	case Start:
		return c.start()
	case Find:
		return c.find()
	case List:
		return c.list()
	case Destroy:
		return c.destroy()
	default:
		return fmt.Errorf("cannot follow the order %q: it is not known", c.Do)
	}
}
