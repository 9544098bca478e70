package engine

import (
	"context"

	"github.com/clockworkd/clockwork/internal/agent"
	"github.com/clockworkd/clockwork/internal/runners"
)

// sandboxFacts are what a sandbox has shown of its image.
type sandboxFacts struct {
	image        string
	os, arch     string
	languages    []runners.Language
	capabilities []agent.Capability
}

// learn keeps what a sandbox shows, once for each image.
func (d *Driver) learn(ctx context.Context, image imageFacts, client *agent.Client) {
	d.mu.Lock()
	known := d.known.image == image.id
	d.mu.Unlock()
	if known {
		return
	}
	languages, err := runners.LanguagesOf(ctx, client)
	if err != nil { // the next sandbox is asked again
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.known = sandboxFacts{
		image: image.id, os: image.os, arch: image.arch, languages: languages, capabilities: client.Hello().Capabilities,
	}
}

// Describe tells what the newest sandbox has shown; before there is one, what the engine says.
func (d *Driver) Describe(ctx context.Context) (runners.Description, error) {
	d.mu.Lock()
	known := d.known
	d.mu.Unlock()
	if known.image == "" {
		version, err := d.options.Client.ServerVersion(ctx)
		if err != nil {
			return runners.Description{}, d.fault("describe the runner", err)
		}
		known.os, known.arch = version.Os, version.Arch
	}
	description := runners.Description{Isolation: runners.IsolationContainer, OS: known.os, Arch: known.arch, Languages: known.languages}
	for _, c := range known.capabilities {
		description.Capabilities = append(description.Capabilities, runners.Capability(c))
	}
	return description, nil
}

// Check runs the agent's own program in a sandbox: it is the one that is there for certain.
func (d *Driver) Check(ctx context.Context) []runners.Finding {
	return runners.Probe(ctx, d, []string{programPath, "version"}, d.options.Remedy)
}
