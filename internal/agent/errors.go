package agent

import "errors"

var (
	// ErrGone says that the agent does not exist any more: the Dialer said so, or another incarnation answers. What ran under
	// it and has no exit record yet is lost.
	ErrGone = errors.New("the agent is gone")
	// ErrVersion says that the agent speaks another major version of the protocol.
	ErrVersion = errors.New("the agent speaks another protocol")
	// ErrProtocol says that the agent broke the protocol, by a fault or by malice of what runs beside it. It is not tried again.
	ErrProtocol = errors.New("the agent broke the protocol")
)
