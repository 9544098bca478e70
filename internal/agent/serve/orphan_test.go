package serve

import (
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"
)

// A custody says that the agent is an orphan when it is one, and not before.
func TestCustody(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		absence time.Duration
		used    bool
		change  func(t *testing.T, runDir, tied string)
		orphan  bool
	}{
		"all is well":                          {absence: time.Minute, used: true},
		"unused for a while":                   {absence: unusedLimit - time.Second},
		"unused for too long":                  {absence: unusedLimit, orphan: true},
		"used, and alone for long":             {absence: usedLimit - time.Second, used: true},
		"used, and alone for too long":         {absence: usedLimit, used: true, orphan: true},
		"the run directory is gone":            {absence: time.Minute, used: true, change: removeRunDir, orphan: true},
		"the socket is gone":                   {absence: time.Minute, used: true, change: removeSocket, orphan: true},
		"the socket is another one":            {absence: time.Minute, used: true, change: replaceSocket, orphan: true},
		"what it is tied to is gone":           {absence: time.Minute, used: true, change: removeTied, orphan: true},
		"all is gone, but somebody connected":  {change: removeRunDir},
		"all is gone, the connection just now": {absence: lookInterval - time.Second, change: removeRunDir},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			runDir, tied := t.TempDir(), t.TempDir()
			c := &custody{
				absence: func() time.Duration { return test.absence }, used: func() bool { return test.used },
				runDir: mustOwn(t, runDir), socket: mustOwn(t, touch(t, runDir)), tiedTo: []string{tied},
			}
			if test.change != nil {
				test.change(t, runDir, tied)
			}
			if reason := c.orphaned(); (reason != "") != test.orphan {
				t.Errorf("the reason is %q; orphaned: want %v", reason, test.orphan)
			}
		})
	}
}

// The wait ends with the first look that finds an orphan, or with the service.
func TestCustodyWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		runDir := t.TempDir()
		began := time.Now()
		c := &custody{
			absence: func() time.Duration { return time.Since(began) }, used: func() bool { return false },
			runDir: mustOwn(t, runDir), socket: mustOwn(t, touch(t, runDir)),
		}
		if reason := c.wait(t.Context().Done()); reason == "" || time.Since(began) != unusedLimit {
			t.Errorf("the wait ended after %v with %q, want it after %v", time.Since(began), reason, unusedLimit)
		}
		served := make(chan struct{})
		close(served)
		began = time.Now()
		if reason := c.wait(served); reason != "" {
			t.Errorf("after the end of the service the wait ended with %q", reason)
		}
	})
}

// An orphan removes its run directory, and none that has taken its place.
func TestCustodyCleansUp(t *testing.T) {
	t.Parallel()
	for name, replaced := range map[string]bool{"its own": false, "another one": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			runDir := filepath.Join(t.TempDir(), "run")
			mkdir(t, runDir)
			c := &custody{runDir: mustOwn(t, runDir)}
			if replaced {
				if err := os.Rename(runDir, runDir+".old"); err != nil {
					t.Fatal(err)
				}
				mkdir(t, runDir)
			}
			if err := c.cleanUp(); err != nil {
				t.Fatal(err)
			}
			if _, err := os.Lstat(runDir); (err == nil) != replaced {
				t.Errorf("after the end the directory is there: %v, want %v", err == nil, replaced)
			}
		})
	}
}

func removeRunDir(t *testing.T, runDir, _ string) { t.Helper(); remove(t, runDir) }
func removeSocket(t *testing.T, runDir, _ string) {
	t.Helper()
	remove(t, filepath.Join(runDir, socketName))
}
func removeTied(t *testing.T, _, tied string) { t.Helper(); remove(t, tied) }

// replaceSocket keeps the old one, so that the new one is not given its number.
func replaceSocket(t *testing.T, runDir, _ string) {
	t.Helper()
	socket := filepath.Join(runDir, socketName)
	if err := os.Rename(socket, socket+".old"); err != nil {
		t.Fatal(err)
	}
	touch(t, runDir)
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
}

func mkdir(t *testing.T, path string) {
	t.Helper()
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
}

// touch makes what stands for the socket.
func touch(t *testing.T, runDir string) string {
	t.Helper()
	path := filepath.Join(runDir, socketName)
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func mustOwn(t *testing.T, path string) ownFile {
	t.Helper()
	file, err := own(path)
	if err != nil {
		t.Fatal(err)
	}
	return file
}
