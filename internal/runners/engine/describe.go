package engine

import (
	"context"
	"slices"

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
	if shown := d.shown.Load(); shown != nil && shown.image == image.id {
		return
	}
	languages, err := runners.LanguagesOf(ctx, client)
	if err != nil { // the next sandbox is asked again
		return
	}
	d.shown.Store(&sandboxFacts{
		image: image.id, os: image.os, arch: image.arch, languages: languages, capabilities: client.Hello().Capabilities,
	})
}

// Describe tells what the engine says and the newest sandbox has shown.
func (d *Driver) Describe(ctx context.Context) (runners.Description, error) {
	facts, err := d.Facts(ctx)
	if err != nil {
		return runners.Description{}, err
	}
	description := runners.Description{
		Isolation: runners.IsolationContainer, OS: facts.OS, Arch: facts.Arch, Capabilities: d.capabilities(facts),
	}
	shown := d.shown.Load()
	if shown == nil {
		return description, nil
	}
	description.OS, description.Arch, description.Languages = shown.os, shown.arch, shown.languages
	for _, c := range shown.capabilities {
		said := slices.ContainsFunc(description.Capabilities, func(ours runners.Capability) bool { return ours.Name == c.Name })
		if !said {
			description.Capabilities = append(description.Capabilities, runners.Capability(c))
		}
	}
	return description, nil
}

// Check runs the agent's own program in a sandbox: it is the one that is there for certain.
func (d *Driver) Check(ctx context.Context) []runners.Finding {
	return runners.Probe(ctx, d, []string{programPath, "version"}, d.flavour.Remedy)
}
