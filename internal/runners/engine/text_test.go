package engine

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func sprint(values ...any) string { return strings.TrimSuffix(fmt.Sprintln(values...), "\n") }

// checkText checks what comes of reading a text; ! stands for an error.
func checkText(t *testing.T, text, want string, read func([]byte) (string, error)) {
	t.Helper()
	got, err := read([]byte(text))
	if err != nil {
		got = "!"
	}
	if got != want {
		t.Errorf("%q becomes %q (%v), want %q", text, got, err, want)
	}
}

// frame is what an engine sends of a stream.
func frame(stream byte, text string) []byte {
	header := []byte{stream, 0, 0, 0, 0, 0, 0, 0}
	binary.BigEndian.PutUint32(header[4:], uint32(len(text)))
	return append(header, text...)
}

func TestDemux(t *testing.T) {
	t.Parallel()
	sent := bytes.Join([][]byte{frame(1, "one"), frame(2, "oh"), frame(1, ""), frame(1, "two"), frame(2, " dear\n")}, nil)
	got, err := io.ReadAll(&demux{in: iotest.OneByteReader(bytes.NewReader(sent))})
	if string(got) != "onetwo" || !errors.Is(err, io.EOF) || !strings.Contains(err.Error(), "it says: oh dear") {
		t.Errorf("read %q, %v", got, err)
	}
	if _, err := io.ReadAll(&demux{in: bytes.NewReader(sent[:5])}); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("within a header: %v", err)
	}
}

// FuzzDemux reads whatever an engine may send: it ends, and gives no more than was sent.
func FuzzDemux(f *testing.F) {
	f.Add(frame(1, "text"))
	f.Add(append(frame(2, "oh"), frame(1, "text")...))
	f.Fuzz(func(t *testing.T, sent []byte) {
		got, _ := io.ReadAll(&demux{in: bytes.NewReader(sent)})
		if len(got) > len(sent) {
			t.Errorf("%d bytes were sent, %d read", len(sent), len(got))
		}
	})
}
