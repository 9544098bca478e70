package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSecretIsReadWhereItLies(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "secret")
	if err := os.WriteFile(path, []byte("of a file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("CREDENTIALS_DIRECTORY", dir)
	t.Setenv("SECRET_OF_TEST", "of a variable")
	for secret, want := range map[Secret]string{
		{File: path}:            "of a file",
		{Env: "SECRET_OF_TEST"}: "of a variable",
		{Credential: "secret"}:  "of a file",
	} {
		if got, err := secret.Read(); got != want || err != nil || secret.Check() != nil || secret.IsZero() {
			t.Errorf("%+v: Read = %q, %v, Check = %v; want %q", secret, got, err, secret.Check(), want)
		}
	}
}

func TestSecretSaysWhatIsMissing(t *testing.T) {
	t.Setenv("CREDENTIALS_DIRECTORY", "")
	for secret, want := range map[Secret]string{
		{File: filepath.Join(t.TempDir(), "nothing")}: "no such file",
		{Env: "NO_SUCH_VARIABLE"}:                     "has no NO_SUCH_VARIABLE",
		{Credential: "secret"}:                        "add LoadCredential=",
		{}:                                            "nowhere",
	} {
		if _, err := secret.Read(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: Read: %v, want %q", secret, err, want)
		}
	}
	for secret, want := range map[Secret]string{
		{File: "/a", Env: "B"}:  "not more",
		{File: "relative/path"}: "not an absolute path",
		{Credential: "../key"}:  "not the name",
	} {
		if err := secret.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: Check: %v, want %q", secret, err, want)
		}
	}
}
