package login

import (
	"errors"
	"fmt"
	"net"
	"strings"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
)

// Secret returns what is not to be seen. It is asked anew for each login.
type Secret func() (string, error)

// Credentials are what a login may use. What is zero is not used.
type Credentials struct {
	// Keys are private keys, the preferred one first.
	Keys []Key
	// Passphrase opens those that are encrypted.
	Passphrase Secret
	// AgentSocket is where an ssh-agent listens.
	AgentSocket string
	// Password is for the methods password and keyboard-interactive.
	Password Secret
}

// Key is a private key in a file.
type Key struct {
	Path string
	// Certificate is the path of its certificate. Empty: Path with -cert.pub behind it, if there is such a file.
	Certificate string
	// Optional says that it is no fault if it cannot be used: that there is no such file, or no passphrase for it.
	Optional bool
}

// Methods returns what to try, in order, and what to call when that is over. An error says which of the credentials cannot be used.
func (c Credentials) Methods() (methods []ssh.AuthMethod, done func(), err error) {
	signers, err := c.signers()
	if err != nil {
		return nil, nil, err
	}
	done = func() {}
	if c.AgentSocket != "" {
		conn, err := net.Dial("unix", c.AgentSocket)
		switch {
		case err == nil:
			held, err := agent.NewClient(conn).Signers()
			if err != nil {
				return nil, nil, errors.Join(fmt.Errorf("cannot use the ssh-agent at %s: %w", c.AgentSocket, err), conn.Close())
			}
			signers = append(signers, held...)
			done = func() { _ = conn.Close() } // it was asked all there was to ask
		case len(signers) == 0 && c.Password == nil:
			return nil, nil, fmt.Errorf("cannot reach the ssh-agent: %w; start one, or give private_key_path or password", err)
		}
	}
	if len(signers) > 0 {
		methods = append(methods, ssh.PublicKeys(signers...))
	}
	if c.Password != nil {
		methods = append(methods, ssh.PasswordCallback(c.Password), ssh.KeyboardInteractive(c.answer()))
	}
	if len(methods) == 0 {
		return nil, nil, errors.New("there is nothing to log in with: give private_key_path or password, or start an ssh-agent")
	}
	return methods, done, nil
}

// answer gives the password to a question whose answer is not shown, once: who asks again did not like it.
func (c Credentials) answer() ssh.KeyboardInteractiveChallenge {
	asked := false
	return func(_, _ string, questions []string, echos []bool) ([]string, error) {
		answers := make([]string, len(questions))
		for i, question := range questions {
			if echos[i] {
				return nil, fmt.Errorf("the host asks %q, which no option answers", strings.TrimSpace(question))
			}
			if asked {
				return nil, fmt.Errorf("the host asks %q once more: the password is wrong, or it wants something else, too", strings.TrimSpace(question))
			}
			password, err := c.Password()
			if err != nil {
				return nil, err
			}
			answers[i], asked = password, true
		}
		return answers, nil
	}
}
