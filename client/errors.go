package client

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

var (
	// ErrUnreachable says that no daemon answers at the address, or that it no longer does. Where the caller may not open the
	// socket the error is fs.ErrPermission, too.
	ErrUnreachable = errors.New("no daemon answers")
	// ErrAddress says that an address is not one.
	ErrAddress = errors.New("not a usable address")
	// ErrNotFound says that the daemon knows nothing of that name or id.
	ErrNotFound = errors.New("not found")
	// ErrDataLoss says that the caller has seen more than the daemon's journal holds.
	ErrDataLoss = errors.New("the daemon's journal has lost events")
)

// Fault is one thing wrong with a request.
type Fault struct {
	// Path is the JSON path of what is at fault, "artifacts[2].path" for instance.
	Path string
	// Message says what is wrong, and what would be right.
	Message string
}

// String is the fault on one line.
func (f Fault) String() string {
	if f.Path == "" {
		return f.Message
	}
	return f.Path + ": " + f.Message
}

// InvalidBundleError says that a bundle, or an option of the request that carried it, breaks the rules. Nothing was done.
type InvalidBundleError struct {
	// Faults is everything that is wrong. Never empty.
	Faults []Fault
}

// Error names every fault.
func (e *InvalidBundleError) Error() string {
	lines := make([]string, len(e.Faults))
	for i, fault := range e.Faults {
		lines[i] = fault.String()
	}
	return "the bundle is not valid: " + strings.Join(lines, "; ")
}

// RefusedError says that the daemon understood the request and will not do it: the policy denies it, no runner fits, the
// idempotency key stands for another bundle, the caller lacks the right.
type RefusedError struct {
	// Reason is the daemon's word for it, in UPPER_SNAKE_CASE; empty if it gave none.
	Reason string
	// Message is for a person to read.
	Message string
	// Findings names what exactly was refused, where the daemon says it.
	Findings []Fault
}

// Error is the message, and the findings.
func (e *RefusedError) Error() string {
	lines := make([]string, 0, len(e.Findings)+1)
	lines = append(lines, e.Message)
	for _, finding := range e.Findings {
		lines = append(lines, finding.String())
	}
	return "refused: " + strings.Join(lines, "; ")
}

// BusyError says that the daemon cannot take the request now: its queue or its disk is full, too many watch, or it is draining.
type BusyError struct {
	// Reason is the daemon's word for it, in UPPER_SNAKE_CASE; empty if it gave none.
	Reason string
	// Message is for a person to read.
	Message string
	// RetryAfter is how long to wait before trying again; 0 if the daemon did not say.
	RetryAfter time.Duration
}

// Error is the message, and when to try again.
func (e *BusyError) Error() string {
	if e.RetryAfter > 0 {
		return fmt.Sprintf("%s; try again in %s", e.Message, e.RetryAfter)
	}
	return e.Message
}

// NotFoundError says that the daemon knows nothing of that name or id. It wraps ErrNotFound.
type NotFoundError struct {
	// Reason is the daemon's word for it, in UPPER_SNAKE_CASE; empty if it gave none.
	Reason string
	// Message is for a person to read, and names what was not found.
	Message string
}

// Error is the message.
func (e *NotFoundError) Error() string {
	return e.Message
}

// Unwrap is what errors.Is asks for.
func (e *NotFoundError) Unwrap() error {
	return ErrNotFound
}

// SequenceError says that the daemon sent another event than the one that had to come: one is missing, or came twice.
type SequenceError struct {
	ExecutionID string
	// Want is the sequence number that had to come, Got the one that came.
	Want, Got uint64
}

// Error names both numbers.
func (e *SequenceError) Error() string {
	return fmt.Sprintf("the events of execution %s are broken: number %d was due, the daemon sent number %d", e.ExecutionID, e.Want, e.Got)
}

// unreachableError is ErrUnreachable with the address and the cause.
type unreachableError struct {
	address string
	cause   error
}

func (e *unreachableError) Error() string {
	return fmt.Sprintf("%v at %s: %v", ErrUnreachable, e.address, e.cause)
}

func (e *unreachableError) Unwrap() []error {
	return []error{ErrUnreachable, e.cause}
}
