package trust

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync"

	"github.com/skeema/knownhosts"
	"go.uber.org/zap"
	"golang.org/x/crypto/ssh"
	xknownhosts "golang.org/x/crypto/ssh/knownhosts"
)

// Keys judges the keys of hosts.
type Keys struct {
	// Files are those that exist of the known_hosts to look into. The first one gets what AcceptNew remembers, and is named in remedies.
	Files []string
	Mode  Mode
	Log   *zap.Logger
}

// Judge is what a connection to one host needs.
type Judge struct {
	// Callback judges a key.
	Callback ssh.HostKeyCallback
	// Algorithms are those of the keys that are known, so that the host shows one of them; nil: any.
	Algorithms []string
}

// writing keeps two of us from remembering at once.
var writing sync.Mutex

// For returns the judge of a host: address is host:port, alias what to look for instead of it, if it is not empty.
func (k Keys) For(address, alias string) (Judge, error) {
	name := address
	if alias != "" {
		name = net.JoinHostPort(alias, "22") // an alias is looked for as it is: see ssh_config(5), HostKeyAlias
	}
	var files []string
	for _, file := range k.Files {
		if _, err := os.Stat(file); err == nil {
			files = append(files, file)
		}
	}
	db, err := knownhosts.NewDB(files...)
	if err != nil {
		return Judge{}, fmt.Errorf("cannot read the known hosts: %w", err)
	}
	j := judgement{Keys: k, name: name, db: db.HostKeyCallback()}
	return Judge{Callback: j.judge, Algorithms: db.HostKeyAlgorithms(name)}, nil
}

// judgement judges the key of one host.
type judgement struct {
	Keys

	name string
	db   ssh.HostKeyCallback
}

func (j judgement) judge(_ string, remote net.Addr, key ssh.PublicKey) error {
	if j.Mode == Off {
		j.Log.Warn("the key of a host is not verified, by configuration (host_key_verification: off): whoever answers there is believed",
			zap.String("host", j.name), zap.String("fingerprint", Fingerprint(key)))
		return nil
	}
	err := j.db(j.name, remote, key)
	switch {
	case err == nil:
		return nil
	case knownhosts.IsHostUnknown(err) && j.Mode == AcceptNew:
		return j.remember(key)
	case knownhosts.IsHostUnknown(err):
		return j.unknown(key)
	default:
		return j.wrong(key, err)
	}
}

// remember adds a key to the first file.
func (j judgement) remember(key ssh.PublicKey) error {
	writing.Lock()
	defer writing.Unlock()
	if cert, ok := key.(*ssh.Certificate); ok {
		key = cert.Key
	}
	file := j.Files[0]
	err := os.MkdirAll(filepath.Dir(file), 0o700)
	if err == nil {
		err = appendLine(file, knownhosts.Line([]string{j.name}, key))
	}
	if err != nil {
		return fmt.Errorf("its key was not known, and cannot be remembered: %w", err)
	}
	j.Log.Warn("the key of a host was not known and is believed from now on, by configuration (host_key_verification: accept-new)",
		zap.String("host", j.name), zap.String("fingerprint", Fingerprint(key)), zap.String("known_hosts", file))
	return nil
}

func appendLine(path, line string) error {
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.WriteString(line + "\n")
	return errors.Join(err, file.Close())
}

// unknown is the refusal of a key that no file has.
func (j judgement) unknown(key ssh.PublicKey) error {
	return fmt.Errorf("its key is not known: it shows %s; if that is what ssh-keygen -l says there of its /etc/ssh/ssh_host_*_key.pub, make it known: %s",
		Fingerprint(key), j.add(key))
}

// add is the command that makes a key known.
func (j judgement) add(key ssh.PublicKey) string {
	if cert, ok := key.(*ssh.Certificate); ok {
		return fmt.Sprintf("echo '@cert-authority %s %s' >> %s", knownhosts.Normalize(j.name), authorized(cert.SignatureKey), j.Files[0])
	}
	return fmt.Sprintf("echo '%s' >> %s", knownhosts.Line([]string{j.name}, key), j.Files[0])
}

// wrong is the refusal of a key that contradicts what is known.
func (j judgement) wrong(key ssh.PublicKey, cause error) error {
	if revoked, ok := errors.AsType[*xknownhosts.RevokedError](cause); ok {
		return fmt.Errorf("its key %s is revoked in %s:%d; give the host a new one", Fingerprint(key), revoked.Revoked.Filename, revoked.Revoked.Line)
	}
	known, ok := errors.AsType[*xknownhosts.KeyError](cause)
	if !ok || len(known.Want) == 0 {
		return fmt.Errorf("its key %s is refused: %w", Fingerprint(key), cause)
	}
	want := known.Want[0]
	return fmt.Errorf("its key has changed, or somebody else answers in its place: it shows %s, and %s:%d knows %s; "+
		"if the host has a new key, forget the old one: ssh-keygen -R '%s' -f %s, and make the new one known: %s",
		Fingerprint(key), want.Filename, want.Line, Fingerprint(want.Key), knownhosts.Normalize(j.name), want.Filename, j.add(key))
}

// Fingerprint is a key's type and digest, as ssh-keygen -l shows it.
func Fingerprint(key ssh.PublicKey) string {
	if cert, ok := key.(*ssh.Certificate); ok {
		return fmt.Sprintf("%s %s, certified by %s", cert.Key.Type(), ssh.FingerprintSHA256(cert.Key), ssh.FingerprintSHA256(cert.SignatureKey))
	}
	return key.Type() + " " + ssh.FingerprintSHA256(key)
}

func authorized(key ssh.PublicKey) string {
	line := ssh.MarshalAuthorizedKey(key)
	return string(line[:len(line)-1])
}
