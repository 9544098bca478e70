package config

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestParseDuration(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		"300s": 5 * time.Minute, "1.5s": 1500 * time.Millisecond, "0s": 0, "30d": 30 * day, "1d12h": 36 * time.Hour, "1h30m": 90 * time.Minute, "106751d": 106751 * day,
	} {
		if got, err := parseDuration(text); err != nil || got != want {
			t.Errorf("parseDuration(%q) = %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "0", "5", "d", "-1d", "-0s", "-1s", "+1s", "1d-1h", "1.5d", "1d2d", "106751d24h", "106752d", "9999999999999999999d", "5 m"} {
		if got, err := parseDuration(text); err == nil {
			t.Errorf("parseDuration(%q) = %v; want an error", text, got)
		}
	}
}

func TestSize(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Size{
		"0": 0, "4096": 4096, "12B": 12, "64MiB": 64 << 20, "64 MiB": 64 << 20, "10GB": 10e9, "1kB": 1000, "1KB": 1000, "2TiB": 2 << 40, "8191PiB": -1, "9223372036854775807": 1<<63 - 1,
	} {
		var got Size
		if err := got.UnmarshalText([]byte(text)); (err == nil) != (want >= 0) || err == nil && got != want {
			t.Errorf("%q = %v, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "MiB", "-1MiB", "1.5GiB", "1mib", "8388608TiB", "9223372036854775808"} {
		if err := new(Size).UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q was accepted", text)
		}
	}
}

func TestSizeIsReadAsItIsWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := Size(rapid.Int64Min(0).Draw(t, "bytes") << rapid.SampledFrom([]int{0, 10, 30}).Draw(t, "shift") & (1<<63 - 1))
		var got Size
		if err := got.UnmarshalText([]byte(want.String())); err != nil || got != want {
			t.Fatalf("%v was read as %v, %v", want, got, err)
		}
	})
}

func TestAddressIsLoopback(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"tcp://127.0.0.1:1": true, "tcp://127.9.9.9:1": true, "tcp://[::1]:1": true, "tcp://localhost:1": true,
		"tcp://0.0.0.0:1": false, "tcp://[::]:1": false, "tcp://localhost.example:1": false, "unix:///a": false,
	} {
		var a Address
		if err := a.UnmarshalText([]byte(text)); err != nil || a.IsLoopback() != want || a.String() != text {
			t.Errorf("%q: %+v, %v, loopback %v; want %v", text, a, err, a.IsLoopback(), want)
		}
	}
	if text := (Address{}).String(); text != "" {
		t.Errorf("the zero address is %q", text)
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	words := []string{"listen", "limits", "log"}
	for word, want := range map[string]string{"lisen": "listen", "listens": "listen", "limit": "limits", "lg": "", "log2": "log", "runner": "", "": ""} {
		if got, _ := nearest(word, words); got != want {
			t.Errorf("nearest(%q) = %q; want %q", word, got, want)
		}
	}
}
