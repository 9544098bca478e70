package login

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"golang.org/x/crypto/ssh"
)

// signers reads the keys in files. A key that has a certificate shows that first.
func (c Credentials) signers() ([]ssh.Signer, error) {
	var all []ssh.Signer
	for _, key := range c.Keys {
		signer, err := c.open(key)
		if key.Optional && err != nil { // it is one of those that are tried on the off-chance
			continue
		}
		if err != nil {
			return nil, err
		}
		certified, err := key.certify(signer)
		if err != nil {
			return nil, err
		}
		if certified != nil {
			all = append(all, certified)
		}
		all = append(all, signer)
	}
	return all, nil
}

// open reads a private key.
func (c Credentials) open(key Key) (ssh.Signer, error) {
	content, err := os.ReadFile(key.Path)
	if err != nil {
		return nil, fmt.Errorf("cannot read the private key: %w", err)
	}
	signer, err := ssh.ParsePrivateKey(content)
	if _, encrypted := errors.AsType[*ssh.PassphraseMissingError](err); encrypted {
		return c.decrypt(key, content)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot use the private key %s: %w", key.Path, err)
	}
	return signer, nil
}

func (c Credentials) decrypt(key Key, content []byte) (ssh.Signer, error) {
	if c.Passphrase == nil {
		return nil, fmt.Errorf("cannot use the private key %s: it is encrypted; give key_passphrase, or leave the key to an ssh-agent", key.Path)
	}
	passphrase, err := c.Passphrase()
	if err != nil {
		return nil, err
	}
	signer, err := ssh.ParsePrivateKeyWithPassphrase(content, []byte(passphrase))
	if err != nil {
		return nil, fmt.Errorf("cannot use the private key %s: the passphrase does not open it: %w", key.Path, err)
	}
	return signer, nil
}

// certify returns a signer that shows the key's certificate, or nil if it has none.
func (k Key) certify(signer ssh.Signer) (ssh.Signer, error) {
	path, optional := k.Certificate, false
	if path == "" {
		path, optional = k.Path+"-cert.pub", true
	}
	content, err := os.ReadFile(path)
	if optional && errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read the certificate: %w", err)
	}
	key, _, _, _, err := ssh.ParseAuthorizedKey(content) //nolint:dogsled // comment, options and rest mean nothing here
	cert, ok := key.(*ssh.Certificate)
	if err != nil || !ok {
		return nil, fmt.Errorf("cannot use the certificate %s: it is not one in OpenSSH's format", path)
	}
	certified, err := ssh.NewCertSigner(cert, signer)
	if err != nil {
		return nil, fmt.Errorf("cannot use the certificate %s for the private key %s: %w", path, k.Path, err)
	}
	return certified, nil
}
