package main

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/gofrs/uuid/v5"
)

const (
	idName  = "daemon.id"
	keyName = "daemon.key"
	// keyBytes is the size of the secret, that of the hash which it is used with.
	keyBytes = 32
)

// identity is who a daemon is to the sandboxes that it left behind. It is drawn once and kept in the state directory.
type identity struct {
	// id labels what belongs to this daemon.
	id string
	// key is what the tokens of its sandboxes are derived from.
	key []byte
}

// loadIdentity reads the identity, or draws one at the first start.
func loadIdentity(stateDir string) (identity, error) {
	id, err := loadOrDraw(filepath.Join(stateDir, idName), func() (string, error) {
		drawn, err := uuid.NewV4()
		return drawn.String(), err
	})
	if err != nil {
		return identity{}, err
	}
	if _, err := uuid.FromString(id); err != nil {
		return identity{}, damaged(stateDir, idName, err)
	}
	text, err := loadOrDraw(filepath.Join(stateDir, keyName), func() (string, error) {
		key := make([]byte, keyBytes)
		_, err := rand.Read(key)
		return hex.EncodeToString(key), err
	})
	if err != nil {
		return identity{}, err
	}
	key, err := hex.DecodeString(text)
	if err == nil && len(key) != keyBytes {
		err = fmt.Errorf("%d bytes instead of %d", len(key), keyBytes)
	}
	if err != nil {
		return identity{}, damaged(stateDir, keyName, err)
	}
	return identity{id: id, key: key}, nil
}

func damaged(stateDir, name string, cause error) error {
	return fmt.Errorf("cannot use %s: %w; restore it, or remove it: the sandboxes of earlier daemons are lost then", filepath.Join(stateDir, name), cause)
}

// loadOrDraw returns the line that a file holds. A missing file is written in one piece: a crash leaves no half of it.
func loadOrDraw(path string, draw func() (string, error)) (string, error) {
	line, err := os.ReadFile(path)
	if err == nil {
		return strings.TrimSpace(string(line)), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("cannot read who this daemon is: %w", err)
	}
	drawn, err := draw()
	if err != nil {
		return "", fmt.Errorf("cannot draw %s: %w", filepath.Base(path), err)
	}
	if err := writeDurably(path, drawn+"\n"); err != nil {
		return "", fmt.Errorf("cannot remember who this daemon is: %w", err)
	}
	return drawn, nil
}

func writeDurably(path, content string) error {
	file, err := os.OpenFile(path+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = file.WriteString(content)
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	if err := os.Rename(path+".new", path); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
