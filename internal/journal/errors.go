package journal

import "errors"

var (
	// ErrNotFound says that no execution has this id.
	ErrNotFound = errors.New("no such execution")
	// ErrKeyConflict says that the idempotency key stands for another request.
	ErrKeyConflict = errors.New("the idempotency key stands for another request")
	// ErrDataLoss says that the caller has seen events that the journal does not hold (any more).
	ErrDataLoss = errors.New("the journal ends before the point asked for")
	// ErrBadToken says that a page token is none that List returned.
	ErrBadToken = errors.New("the page token is not valid")
	// ErrFull says that the disk has no room, or no more than is kept for states.
	ErrFull = errors.New("the disk of the state directory is full")
	// ErrClosed says that the journal was closed.
	ErrClosed = errors.New("the journal is closed")
)
