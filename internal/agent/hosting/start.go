package hosting

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"
)

// start makes a sandbox, which stays if the Word comes.
func (c command) start() error {
	release, err := c.prepare()
	if err != nil {
		return fmt.Errorf("cannot make sandbox %s: %w", c.ID, err)
	}
	defer release()
	ready, err := c.launch()
	if err != nil {
		return errors.Join(err, c.clear())
	}
	if err := c.out.Encode(Answer{Ready: &ready}); err != nil || !c.awaitWord() {
		return errors.Join(errors.New("cannot keep the sandbox: nobody said that it shall stay"), c.clear())
	}
	_ = c.out.Encode(Answer{Exists: true}) // it stays, whether or not that is heard
	release()
	c.sweep(time.Now())
	return nil
}

// prepare makes the directories, that of the sandbox first, so that it is listed from the moment something of it exists.
func (c command) prepare() (release func(), err error) {
	if err := os.MkdirAll(c.owned(), 0o700); err != nil {
		return nil, err
	}
	if err := os.Mkdir(c.sandbox(c.ID), 0o700); err != nil {
		return nil, err
	}
	release, err = c.acquire(c.ID, os.O_CREATE)
	if err != nil {
		return nil, err
	}
	if err := c.furnish(); err != nil {
		err = errors.Join(err, c.clear())
		release()
		return nil, err
	}
	return release, nil
}

// furnish makes what the agent needs.
func (c command) furnish() error {
	if err := own(c.runBase()); err != nil {
		return err
	}
	for _, dir := range []string{c.runDir(c.ID), c.workspace(c.ID), c.tmp(c.ID)} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			return err
		}
	}
	return record{ID: c.ID, Label: c.Label}.write(c.record(c.ID))
}

// awaitWord tells whether the sandbox shall stay. An end of the input means that whoever ordered it is gone.
func (c command) awaitWord() bool {
	words := make(chan Word, 1)
	go func() { // it ends with the process: nothing can end a read of the standard input
		var word Word
		if err := c.in.Decode(&word); err != nil {
			word.Stay = false
		}
		words <- word
	}()
	select {
	case word := <-words:
		return word.Stay
	case <-time.After(wordTimeout):
		return false
	}
}

// clear removes what was made of a sandbox. The lock is held.
func (c command) clear() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	return c.remove(ctx, c.ID)
}
