package ssh

import (
	"bufio"
	"compress/gzip"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/clockworkd/clockwork/internal/agent/hosting"
)

// digest prints a SHA-256 of what the standard input brings, by whatever the host has for it; nothing if it has nothing.
const digest = `d() { sha256sum 2>/dev/null || shasum -a 256 2>/dev/null || sha256 2>/dev/null || openssl dgst -sha256 2>/dev/null; }`

// install has the agent's program on the host, and decides how it is run.
func (d *Driver) install(ctx context.Context, h *host, progress func(string)) error {
	dir, loader := h.execDir, ""
	if dir == "" {
		if dir, loader = h.workDir+"/agents", memoryLoader(h.loader); loader == "" || h.os != "linux" {
			return &refusal{fmt.Errorf("cannot run an agent on the host: %s, /dev/shm and XDG_RUNTIME_DIR do not allow to run programs (noexec), "+
				"and there is neither python3 nor perl to run one from memory; give remote_work_dir a path that allows it", h.workDir)}
		}
	}
	h.path = dir + "/clockwork-agent-" + h.agent.Digest[:16]
	h.call = strings.TrimSpace(loader + " " + quote(h.path))
	there, err := d.installed(ctx, h)
	if err != nil || there {
		return err
	}
	progress(fmt.Sprintf("uploading the agent for %s/%s to %s", h.os, h.arch, d.options.Host))
	return d.upload(ctx, h, dir)
}

// installed tells whether the program is there, and whole. Its time is that of its last use.
func (d *Driver) installed(ctx context.Context, h *host) (bool, error) {
	got, err := d.run(ctx, fmt.Sprintf(`%s; f=%s; [ -f "$f" ] && [ -x "$f" ] && touch "$f" && d < "$f"; wc -c < "$f"`, digest, quote(h.path)), nil)
	if err != nil {
		return false, err
	}
	said := string(got.stdout)
	// Where nothing can compute a digest, the size has to do; it was uploaded whole, for all that can be known.
	return strings.Contains(said, h.agent.Digest) || strings.TrimSpace(said) == fmt.Sprint(h.agent.Size), nil
}

// upload brings the program to the host: beside its place first, so that it is there whole or not at all, however many do this at once.
func (d *Driver) upload(ctx context.Context, h *host, dir string) error {
	file, err := os.Open(h.agent.Path)
	if err != nil {
		return fmt.Errorf("cannot read the agent: %w", err)
	}
	defer file.Close()
	unpack, packed := "cat", io.Reader(file)
	if h.gunzip {
		pipe := compressed(file)
		defer pipe.Close()
		unpack, packed = "gzip -dc", pipe
	}
	var random [8]byte
	_, _ = rand.Read(random[:]) // it never fails
	script := fmt.Sprintf(`%s; umask 077; t=%s; f=%s; `+
		`{ %s > "$t" && chmod 700 "$t"; } || { rm -f "$t"; exit 0; }; h=$(d < "$t"); s=$(wc -c < "$t"); `+
		`case ${h:-%s}-$((s)) in *%s*-%d) mv -f "$t" "$f" && echo done ;; *) rm -f "$t"; echo "what arrived is $h, of $s bytes" ;; esac`,
		digest, quote(dir+"/"+hosting.UploadPrefix+hex.EncodeToString(random[:])), quote(h.path),
		unpack, h.agent.Digest, h.agent.Digest, h.agent.Size)
	got, err := d.run(ctx, script, packed)
	if err != nil {
		return err
	}
	if strings.TrimSpace(string(got.stdout)) != "done" {
		return &refusal{fmt.Errorf("cannot upload the agent to %s on the host: %s; see whether there is room, or choose another remote_work_dir",
			dir, strings.Join(strings.Fields(string(got.stdout)+" "+got.stderr), " "))}
	}
	return nil
}

// compressed returns a stream in gzip's format.
func compressed(in io.Reader) io.ReadCloser {
	out, pipe := io.Pipe()
	go func() { // it ends with in, or when out is closed
		packets := bufio.NewWriterSize(pipe, 32<<10)                // a compressor writes some hundred bytes at once, each of which would be a packet
		packer, err := gzip.NewWriterLevel(packets, gzip.BestSpeed) // the best compression is a tenth smaller, and takes three times as long
		if err == nil {
			_, err = io.Copy(packer, in)
			err = errors.Join(err, packer.Close(), packets.Flush())
		}
		pipe.CloseWithError(err)
	}()
	return out
}
