package engine

import (
	"strings"
	"testing"
)

func TestSettingsAreChecked(t *testing.T) {
	t.Parallel()
	good := DefaultSettings()
	rules := Rules{AllowNetwork: true, MaxSandboxes: 16, AllowHostMounts: []string{"/srv/", "/data"}}
	if err := good.Check(rules); err != nil {
		t.Errorf("the defaults: %v", err)
	}
	for name, c := range map[string]struct {
		change func(*Settings)
		want   string // empty: it is right
	}{
		"no image":            {func(s *Settings) { s.Image = " " }, "image: is empty"},
		"privileged":          {func(s *Settings) { s.Privileged = true }, "privileged: the daemon does not allow it"},
		"a volume":            {func(s *Settings) { s.Volumes = map[string]Target{"name": {Path: "/x"}} }, ""},
		"an allowed mount":    {func(s *Settings) { s.Volumes = map[string]Target{"/srv/a": {Path: "/x"}} }, ""},
		"the allowed path":    {func(s *Settings) { s.Volumes = map[string]Target{"/data": {Path: "/x"}} }, ""},
		"beside the allowed":  {func(s *Settings) { s.Volumes = map[string]Target{"/database": {Path: "/x"}} }, "does not allow /database"},
		"out of the allowed":  {func(s *Settings) { s.Volumes = map[string]Target{"/srv/../etc": {Path: "/x"}} }, "not a clean path"},
		"a path with options": {func(s *Settings) { s.Volumes = map[string]Target{"/srv/a:/etc": {Path: "/x"}} }, "not a clean path"},
		"no name":             {func(s *Settings) { s.Volumes = map[string]Target{"a:b": {Path: "/x"}} }, "neither an absolute path"},
		"any port":            {func(s *Settings) { s.Ports = map[string]Port{"0": "80/tcp"} }, ""},
		"a port for many":     {func(s *Settings) { s.Ports = map[string]Port{"8080": "80/tcp"} }, "can be taken once only"},
		"no port":             {func(s *Settings) { s.Ports = map[string]Port{"http": "80/tcp"} }, "is not a port of the host"},
		"a port of the host":  {func(s *Settings) { s.Ports, s.NetworkMode = map[string]Port{"0": "80/tcp"}, "host" }, "without a network"},
		"half of TLS":         {func(s *Settings) { s.TLS.CA = "/ca" }, "tls: ca, certificate and key"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := DefaultSettings()
			c.change(&s)
			err := s.Check(rules)
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

func TestGPUs(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"": "0 []", "all": "-1 []", "2": "2 []", "a, b": "0 [a b]", "id:0": "0 [0]", "-1": "!", "a,,b": "!"} {
		checkText(t, text, want, func(text []byte) (string, error) {
			var g GPUs
			err := g.UnmarshalText(text)
			return sprint(g.Count, g.IDs), err
		})
	}
}

func TestTargets(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"/x": "/x false", "/x:ro": "/x true", "/x:rw": "/x false", "x": "!", "/": "!", "/x:z": "!", "/x/../y": "!",
		"/clockwork": "!", "/clockwork/box": "!", "/.clockwork": "!", "/clockworks": "/clockworks false",
	} {
		checkText(t, text, want, func(text []byte) (string, error) {
			var target Target
			err := target.UnmarshalText(text)
			return sprint(target.Path, target.ReadOnly), err
		})
	}
}

func TestPorts(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"80": "80/tcp", "53/udp": "53/udp", "0": "!", "70000": "!", "80/icmp": "!", "http": "!"} {
		checkText(t, text, want, func(text []byte) (string, error) {
			var p Port
			err := p.UnmarshalText(text)
			return string(p), err
		})
	}
}
