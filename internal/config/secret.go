package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Secret says where a value lies that no configuration is to hold. Exactly one of its fields is set, or none where there is no secret.
type Secret struct {
	// File is the path of a file.
	File string `yaml:"file"`
	// Env is the name of a variable in the daemon's environment.
	Env string `yaml:"env"`
	// Credential is the name of one that systemd hands over (systemd.exec(5), LoadCredential=).
	Credential string `yaml:"credential"`
}

// IsZero tells whether there is no secret.
func (s Secret) IsZero() bool { return s == Secret{} }

// Check refuses one that is said to lie in two places, or where it cannot.
func (s Secret) Check() error {
	given := 0
	for _, place := range []string{s.File, s.Env, s.Credential} {
		if place != "" {
			given++
		}
	}
	switch {
	case given > 1:
		return errors.New("give one of file, env and credential, not more")
	case s.File != "" && !filepath.IsAbs(s.File):
		return fmt.Errorf("%q is not an absolute path", s.File)
	case s.Credential != filepath.Base(s.Credential) && s.Credential != "":
		return fmt.Errorf("%q is not the name of a credential", s.Credential)
	}
	return nil
}

// Read returns the value, without the newline at its end. It is read anew each time, so that a secret can be changed.
func (s Secret) Read() (string, error) {
	switch {
	case s.File != "":
		return readSecret(s.File)
	case s.Env != "":
		value, found := os.LookupEnv(s.Env)
		if !found {
			return "", fmt.Errorf("cannot read a secret: the daemon's environment has no %s", s.Env)
		}
		return value, nil
	case s.Credential != "":
		dir := os.Getenv("CREDENTIALS_DIRECTORY")
		if dir == "" {
			return "", fmt.Errorf("cannot read the credential %s: systemd has handed none over; add LoadCredential= to the daemon's unit", s.Credential)
		}
		return readSecret(filepath.Join(dir, s.Credential))
	default:
		return "", errors.New("cannot read a secret that is nowhere")
	}
}

func readSecret(path string) (string, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("cannot read a secret: %w", err)
	}
	return strings.TrimSuffix(strings.TrimSuffix(string(content), "\n"), "\r"), nil
}
