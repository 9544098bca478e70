package podman

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/client"

	"github.com/clockworkd/clockwork/internal/runners/engine"
)

// libpod makes containers by Podman's own API, which has pods and CDI names, as the Docker API does not
// (docs.podman.io/en/latest/_static/api.html, ContainerCreateLibpod).
type libpod struct {
	client *client.Client
	pod    string
}

// libpodVersion is that of the API; newer services understand it.
const libpodVersion = "v4.0.0"

// specGenerator is the part of Podman's description of a container that is needed here.
type specGenerator struct {
	Name         string            `json:"name"`
	Image        string            `json:"image"`
	Entrypoint   []string          `json:"entrypoint"`
	Command      []string          `json:"command,omitempty"`
	User         string            `json:"user,omitempty"`
	WorkDir      string            `json:"work_dir,omitempty"`
	Labels       map[string]string `json:"labels"`
	Stdin        bool              `json:"stdin"`
	Pod          string            `json:"pod,omitempty"`
	Privileged   bool              `json:"privileged,omitempty"`
	ReadOnly     bool              `json:"read_only_filesystem,omitempty"`
	Mounts       []mount           `json:"mounts,omitempty"`
	NamedVolumes []namedVolume     `json:"volumes,omitempty"`
	Resources    *resources        `json:"resource_limits,omitempty"`
	RLimits      []rlimit          `json:"r_limits,omitempty"`
	NetNS        *namespace        `json:"netns,omitempty"`
	Networks     map[string]any    `json:"Networks,omitempty"`
	Ports        []portMapping     `json:"portmappings,omitempty"`
	Devices      []device          `json:"devices,omitempty"`
}

type mount struct {
	Destination string   `json:"destination"`
	Type        string   `json:"type"`
	Source      string   `json:"source"`
	Options     []string `json:"options,omitempty"`
}

type namedVolume struct {
	Name    string
	Dest    string
	Options []string
}

type resources struct {
	Memory *struct {
		Limit int64 `json:"limit"`
		Swap  int64 `json:"swap"`
	} `json:"memory,omitempty"`
	CPU *struct {
		Quota  int64  `json:"quota"`
		Period uint64 `json:"period"`
	} `json:"cpu,omitempty"`
	Pids *struct {
		Limit int64 `json:"limit"`
	} `json:"pids,omitempty"`
}

type rlimit struct {
	Type string `json:"type"`
	Hard uint64 `json:"hard"`
	Soft uint64 `json:"soft"`
}

type namespace struct {
	Mode string `json:"nsmode"`
	// Value is the container whose namespace it is, where Mode is container.
	Value string `json:"value,omitempty"`
}

type portMapping struct {
	HostIP        string `json:"host_ip"`
	HostPort      uint16 `json:"host_port"`
	ContainerPort uint16 `json:"container_port"`
	Protocol      string `json:"protocol"`
}

type device struct {
	Path string `json:"path"`
}

// create makes a container.
func (l libpod) create(ctx context.Context, r engine.Request) (string, error) {
	var made struct {
		ID string `json:"Id"`
	}
	err := l.call(ctx, http.MethodPost, "containers/create", l.describe(r), &made)
	return made.ID, err
}

// rootless asks whether Podman runs without root's rights.
func (l libpod) rootless(ctx context.Context) (bool, error) {
	var info struct {
		Host struct {
			Security struct {
				Rootless bool `json:"rootless"`
			} `json:"security"`
		} `json:"host"`
	}
	err := l.call(ctx, http.MethodGet, "info", nil, &info)
	return info.Host.Security.Rootless, err
}

// call sends a request and reads the answer. The host is the one that the client's connections go to, whatever the address says.
func (l libpod) call(ctx context.Context, method, what string, body, answer any) error {
	sent, err := json.Marshal(body)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, method, "http://podman/"+libpodVersion+"/libpod/"+what, bytes.NewReader(sent))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := l.client.HTTPClient().Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	got, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	if err != nil {
		return err
	}
	if response.StatusCode >= http.StatusBadRequest {
		var refusal struct {
			Message string `json:"message"`
		}
		if json.Unmarshal(got, &refusal) != nil || refusal.Message == "" {
			return errors.New(response.Status)
		}
		return errors.New(refusal.Message)
	}
	if err := json.Unmarshal(got, answer); err != nil {
		return fmt.Errorf("the answer cannot be understood: %v", err)
	}
	return nil
}

// describe puts what the Docker API says into Podman's words.
func (l libpod) describe(r engine.Request) specGenerator {
	s := specGenerator{
		Name: r.Name, Image: r.Config.Image, Entrypoint: r.Config.Entrypoint, Command: r.Config.Cmd, User: r.Config.User,
		WorkDir: r.Config.WorkingDir, Labels: r.Config.Labels, Stdin: r.Config.OpenStdin,
		Pod: l.pod, Privileged: r.Host.Privileged, ReadOnly: r.Host.ReadonlyRootfs, Resources: limits(r.Host.Resources),
	}
	s.addMounts(r)
	s.addNetwork(r)
	for _, name := range cdiNames(r.GPUs) {
		s.Devices = append(s.Devices, device{Path: name})
	}
	for _, u := range r.Host.Ulimits {
		s.RLimits = append(s.RLimits, rlimit{Type: "RLIMIT_" + strings.ToUpper(u.Name), Hard: uint64(u.Hard), Soft: uint64(u.Soft)})
	}
	return s
}

func (s *specGenerator) addMounts(r engine.Request) {
	for path, options := range r.Host.Tmpfs {
		s.Mounts = append(s.Mounts, mount{Destination: path, Type: "tmpfs", Source: "tmpfs", Options: strings.Split(options, ",")})
	}
	for path := range r.Config.Volumes {
		s.NamedVolumes = append(s.NamedVolumes, namedVolume{Dest: path}) // one without a name is the container's own
	}
	for _, bind := range r.Host.Binds {
		parts := strings.SplitN(bind, ":", 3)
		options := strings.Split(parts[2], ",")
		if strings.HasPrefix(parts[0], "/") {
			s.Mounts = append(s.Mounts, mount{Destination: parts[1], Type: "bind", Source: parts[0], Options: append(options, "rbind")})
		} else {
			s.NamedVolumes = append(s.NamedVolumes, namedVolume{Name: parts[0], Dest: parts[1], Options: options})
		}
	}
}

func (s *specGenerator) addNetwork(r engine.Request) {
	mode := r.Host.NetworkMode
	switch {
	case s.Pod != "" || mode == "" || mode == "default":
	case mode.IsContainer():
		s.NetNS = &namespace{Mode: "container", Value: mode.ConnectedContainer()}
	case mode == "none" || mode == "host" || mode == "bridge":
		s.NetNS = &namespace{Mode: string(mode)}
	default:
		s.NetNS, s.Networks = &namespace{Mode: "bridge"}, map[string]any{string(mode): struct{}{}}
	}
	for port, bindings := range r.Host.PortBindings {
		for _, b := range bindings {
			var number uint16
			_, _ = fmt.Sscan(b.HostPort, &number) // it was checked
			s.Ports = append(s.Ports, portMapping{HostIP: b.HostIP, HostPort: number, ContainerPort: uint16(port.Int()), Protocol: port.Proto()})
		}
	}
}

// period is what a quota of processor time refers to, in microseconds.
const period = 100_000

func limits(from container.Resources) *resources {
	var r resources
	if from.Memory > 0 {
		r.Memory = &struct {
			Limit int64 `json:"limit"`
			Swap  int64 `json:"swap"`
		}{from.Memory, from.MemorySwap}
	}
	if from.NanoCPUs > 0 {
		r.CPU = &struct {
			Quota  int64  `json:"quota"`
			Period uint64 `json:"period"`
		}{from.NanoCPUs * period / 1e9, period}
	}
	if from.PidsLimit != nil {
		r.Pids = &struct {
			Limit int64 `json:"limit"`
		}{*from.PidsLimit}
	}
	return &r
}

// cdiNames are the names by which GPUs are asked for (github.com/cncf-tags/container-device-interface): full ones, and those of NVIDIA
// in short.
func cdiNames(g engine.GPUs) []string {
	const vendor = "nvidia.com/gpu="
	var names []string
	if g.Count < 0 {
		return []string{vendor + "all"}
	}
	for i := range g.Count {
		names = append(names, fmt.Sprintf("%s%d", vendor, i))
	}
	for _, id := range g.IDs {
		if !strings.Contains(id, "=") {
			id = vendor + id
		}
		names = append(names, id)
	}
	return names
}
