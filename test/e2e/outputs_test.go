package e2e

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/clockworkd/clockwork/test/e2e/harness"
)

// What a step names as its outputs is kept when it ends, and can be downloaded as long as the execution is remembered.
func TestOutputs(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	blob := randomBytes(1_000_000)
	bundle := harness.NewBundle(
		harness.Shell("make", `mkdir -p dist/deep logs; cp blob dist/blob; chmod 755 dist/blob; echo a >dist/a.txt; echo b >dist/deep/b.txt
echo no >dist/deep/b.log; echo log >logs/x.log; : >empty`, harness.Object{"outputs": []string{"dist/blob", "dist/**/*.txt", "*", "nothing*"}}),
		harness.Shell("fail", `echo why >reason; exit 1`, harness.Object{"outputs": []string{"reason"}}),
	)
	bundle["artifacts"] = []harness.Object{{"path": "blob", "content_base64": base64.StdEncoding.EncodeToString(blob)}}
	document := d.MustExecute(t, 1, bundle)

	want := map[string]struct {
		content string
		mode    fs.FileMode
	}{
		"blob": {string(blob), 0o644}, "dist/blob": {string(blob), 0o755}, "dist/a.txt": {"a\n", 0o644}, "dist/deep/b.txt": {"b\n", 0o644},
		"empty": {"", 0o644}, "reason": {"why\n", 0o644},
	}
	var kept []string
	for _, step := range document.Steps {
		for _, file := range step.OutputFiles {
			kept = append(kept, file.Path)
			sum := sha256.Sum256([]byte(want[file.Path].content))
			if digest := "sha256:" + hex.EncodeToString(sum[:]); file.Digest != digest || file.Size != int64(len(want[file.Path].content)) {
				t.Errorf("%s is told with %d bytes and %s, want %s", file.Path, file.Size, file.Digest, digest)
			}
		}
	}
	slices.Sort(kept)
	if names := []string{"blob", "dist/a.txt", "dist/blob", "dist/deep/b.txt", "empty", "reason"}; !slices.Equal(kept, names) {
		t.Errorf("kept %q, want %q", kept, names)
	}

	d.Stop(t).Want(t, 0)
	d.Start(t)
	dir := filepath.Join(d.Dir, "download")
	d.Ctl(t, "executions", "outputs", document.ExecutionID, "--dir", dir).Want(t, 0)
	for name, file := range want {
		path := filepath.Join(dir, name)
		data, err := os.ReadFile(path)
		if err != nil {
			t.Error(err)
			continue
		}
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != file.mode || string(data) != file.content {
			t.Errorf("%s was downloaded with %d bytes and mode %v, want %d bytes and %v (%v)", name, len(data), info.Mode(), len(file.content), file.mode, err)
		}
	}
	if got := readOutputByAPI(t, d, document.ExecutionID, "dist/blob"); got != string(blob) {
		t.Errorf("by the API dist/blob has %d bytes, want %d", len(got), len(blob))
	}
}

func readOutputByAPI(t *testing.T, d *harness.Daemon, id, path string) string {
	t.Helper()
	request := harness.JSON(t, harness.Object{"execution_id": id, "step_index": 0, "path": path})
	reply := d.Grpcurl(t, "ExecutionService/ReadOutputFile", request)
	if reply.Status.Code != 0 {
		t.Fatalf("%s: %s", reply.Status.Name(), reply.Status.Message)
	}
	var content []byte
	for _, message := range reply.Messages {
		var piece struct{ Data []byte }
		if err := json.Unmarshal(message, &piece); err != nil {
			t.Fatal(err)
		}
		content = append(content, piece.Data...)
	}
	return string(content)
}

// A link in the workspace leads nothing out of it: neither outputs nor artifacts nor a cwd.
func TestLinksLeadNowhere(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	secret := d.WriteFile(t, "outside/secret", []byte("hunter2"))
	document := d.MustExecute(t, 0, harness.NewBundle(
		harness.Shell("link", `ln -s `+secret+` file; ln -s `+filepath.Dir(secret)+` dir; ln -s ../../../../../../../../../../etc/passwd passwd
mkfifo pipe; mkdir real; echo fine >real/secret; ln `+secret+` hard 2>/dev/null; true`,
			harness.Object{"outputs": []string{"*", "dir/*", "dir/secret", "**/secret", "passwd"}}),
	))
	for _, file := range document.Steps[0].OutputFiles {
		if file.Path != "real/secret" && file.Path != "hard" {
			t.Errorf("%s was kept, which is no file of the workspace", file.Path)
		}
	}
	escape := harness.NewBundle(
		harness.Shell("link", `ln -s `+filepath.Dir(secret)+` dir`),
		harness.Object{"purpose": "inside", "run": harness.Object{"cmd": []string{"cat", "secret"}, "cwd": "dir"}},
	)
	step := d.MustExecute(t, 4, escape).Steps[1]
	if step.Status != "error" || step.Stdout != "" {
		t.Errorf("a step whose cwd is a link out of the workspace ended as %s and printed %q", step.Status, step.Stdout)
	}
}
