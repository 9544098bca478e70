package bundle

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"io"
	"maps"
	"math"
	"slices"
)

// digestFormat changes whenever the encoding below does, so that no two encodings can give the same digest.
const digestFormat = "clockwork bundle 1"

// digest hashes a bundle's canonical encoding: all fields in a fixed order, every text and every list led by
// its length, maps sorted by key.
func digest(b *Bundle) string {
	d := digester{sha256.New()}
	d.text(digestFormat)
	d.count(len(b.Artifacts))
	for _, a := range b.Artifacts {
		d.artifact(a)
	}
	d.count(len(b.Steps))
	for _, s := range b.Steps {
		d.step(s)
	}
	d.entries(b.Vars)
	d.flag(b.Graph)
	return "sha256:" + hex.EncodeToString(d.Sum(nil))
}

// digester writes values into a hash. A hash never fails to take them.
type digester struct{ hash.Hash }

func (d digester) artifact(a Artifact) {
	d.text(a.Path)
	d.number(uint64(a.Mode))
	d.text(a.Purpose)
	d.text(a.Lang)
	d.count(len(a.Content))
	_, _ = d.Write(a.Content)
}

func (d digester) step(s Step) {
	d.text(s.Name)
	d.text(s.Purpose)
	d.texts(s.Cmd)
	d.text(s.Cwd)
	d.entries(s.Env)
	d.numbers(s.Needs)
	d.number(uint64(s.Timeout))
	d.flag(s.Retry != nil)
	if s.Retry != nil {
		d.retry(*s.Retry)
	}
	d.flag(s.ContinueOnError)
	d.texts(s.Outputs)
}

func (d digester) retry(r Retry) {
	d.count(r.MaxAttempts)
	d.number(uint64(r.InitialDelay))
	d.number(uint64(r.MaxDelay))
	d.number(math.Float64bits(r.Multiplier))
	d.number(math.Float64bits(r.Jitter))
	d.flag(r.On.AnyExitCode)
	d.numbers(r.On.ExitCodes)
	d.flag(r.On.Timeout)
	d.flag(r.On.Lost)
}

func (d digester) number(n uint64) {
	_, _ = d.Write(binary.BigEndian.AppendUint64(nil, n))
}

func (d digester) count(n int) { d.number(uint64(n)) }

func (d digester) flag(set bool) {
	if set {
		d.number(1)
	} else {
		d.number(0)
	}
}

func (d digester) text(s string) {
	d.count(len(s))
	_, _ = io.WriteString(d, s)
}

func (d digester) texts(list []string) {
	d.count(len(list))
	for _, s := range list {
		d.text(s)
	}
}

func (d digester) numbers(list []int) {
	d.count(len(list))
	for _, n := range list {
		d.count(n)
	}
}

func (d digester) entries(m map[string]string) {
	d.count(len(m))
	for _, key := range slices.Sorted(maps.Keys(m)) {
		d.text(key)
		d.text(m[key])
	}
}
