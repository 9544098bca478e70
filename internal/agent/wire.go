package agent

// What both halves agree on besides the messages.
const (
	// tokenKey and incarnationKey are the metadata of a call. See agent.proto.
	tokenKey       = "clockwork-agent-token"
	incarnationKey = "clockwork-agent-incarnation"

	// maxMessage bounds what either side accepts, in bytes.
	maxMessage = 2 << 20
	// maxPieces bounds the data of one message of files.
	maxPieces = 1 << 20
	// maxOutput bounds the data of one message of output.
	maxOutput = 256 << 10

	// Windows of HTTP/2 flow control, per call and per connection. They bound what is under way to somebody who does not read, and
	// are fixed, which spares the pings by which they would be tuned.
	callWindow = 1 << 20
	connWindow = 4 << 20
	// socketBuffer is how much is written and read at once; a connection that is idle does not keep it for writing.
	socketBuffer = 128 << 10
)
