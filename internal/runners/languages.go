package runners

import (
	"context"

	"github.com/clockworkd/clockwork/internal/agent"
)

// interpreters are the programs that run an artifact of a language, the better one first.
var interpreters = []struct {
	language string
	programs []string
}{
	{"python", []string{"uv", "python3"}},
	{"bash", []string{"bash"}},
	{"sh", []string{"sh"}},
	{"javascript", []string{"node"}},
	{"typescript", []string{"deno"}},
	{"go", []string{"go"}},
}

// FindLanguages tells which languages can be run where find knows of these programs: it returns a program's absolute path, or "".
func FindLanguages(find func(program string) string) []Language {
	var all []Language
	for _, i := range interpreters {
		for _, name := range i.programs {
			if program := find(name); program != "" {
				all = append(all, Language{Name: i.language, Program: program})
				break
			}
		}
	}
	return all
}

// LanguagesOf asks a sandbox's agent which languages can be run there.
func LanguagesOf(ctx context.Context, client *agent.Client) ([]Language, error) {
	var names []string
	for _, i := range interpreters {
		names = append(names, i.programs...)
	}
	paths, err := client.LookPath(ctx, names, nil)
	if err != nil {
		return nil, err
	}
	return FindLanguages(func(program string) string { return paths[program] }), nil
}
