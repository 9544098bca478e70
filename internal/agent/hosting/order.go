package hosting

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"time"

	"github.com/clockworkd/clockwork/internal/agent"
)

// Order is what `clockwork-agent host` reads from its standard input, as one JSON object. It travels that way because neither arguments
// nor the environment of a process are private.
type Order struct {
	Do Verb `json:"do"`
	// WorkDir is the absolute path of a directory of the user's own, which nobody else may write to.
	WorkDir string `json:"work_dir"`
	// Owner tells the sandboxes of one runner of one daemon from those of others: 16 hexadecimal digits.
	Owner string `json:"owner"`
	// Label says in words whose a sandbox is, for people who find it.
	Label string `json:"label,omitempty"`
	// ID of the sandbox: 1 to 36 of a-z, 0-9 and "-". List has none.
	ID string `json:"id,omitempty"`
	// Token that the agent asks of its callers.
	Token string `json:"token,omitempty"`
	// Keep leaves the workspace of a sandbox that is destroyed, for a week.
	Keep bool `json:"keep,omitempty"`
}

// Verb says what an Order is for.
type Verb string

// What can be ordered.
const (
	// Start makes a sandbox and starts its agent. The first answer is Ready. Then a Word has to come, within wordTimeout: without it the
	// sandbox is destroyed again. The second answer says that it will stay.
	Start Verb = "start"
	// Find tells whether there is a sandbox, and where its agent listens if it does.
	Find Verb = "find"
	// List tells the ids of all sandboxes of the owner, whatever state they are in.
	List Verb = "list"
	// Destroy ends everything that runs in a sandbox and removes it. It is idempotent.
	Destroy Verb = "destroy"
)

// Word is what makes a sandbox stay that was started.
type Word struct {
	Stay bool `json:"stay"`
}

// wordTimeout is how long a sandbox waits for the Word. The line may have been cut just now; whoever would give it may be gone.
const wordTimeout = 30 * time.Second

// Answer is what `clockwork-agent host` prints, as one line of JSON.
type Answer struct {
	// Error says why the order could not be followed; all else is empty then.
	Error string `json:"error,omitempty"`
	// Ready is what the agent said that was started.
	Ready *agent.Ready `json:"ready,omitempty"`
	// Exists and Socket are what was found: whether there is a sandbox, and where its agent would listen.
	Exists bool   `json:"exists,omitempty"`
	Socket string `json:"socket,omitempty"`
	// IDs are what is listed.
	IDs []string `json:"ids,omitempty"`
}

var (
	validOwner = regexp.MustCompile(`^[0-9a-f]{16}$`)
	validID    = regexp.MustCompile(`^[a-z0-9-]{1,36}$`)
)

// check keeps owners and ids from being paths.
func (o Order) check() error {
	switch {
	case !filepath.IsAbs(o.WorkDir):
		return fmt.Errorf("cannot work in %q: it is not an absolute path", o.WorkDir)
	case !validOwner.MatchString(o.Owner):
		return errors.New("cannot follow an order whose owner is not 16 hexadecimal digits")
	case o.Do != List && !validID.MatchString(o.ID):
		return fmt.Errorf("cannot use %q as a sandbox id: it needs 1 to 36 of a-z, 0-9 and '-'", o.ID)
	}
	return nil
}
