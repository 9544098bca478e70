package main

import (
	"strings"

	"github.com/clockworkd/clockwork/cmd/clockworkctl/internal/render"
)

// command is how clockworkctl is called to reach the same daemon: what is not in the environment is repeated.
func (a *app) command() string {
	words := []string{"clockworkctl"}
	for _, flag := range [][2]string{
		{"--address", a.address}, {"--tls-ca", a.tls.ca}, {"--tls-cert", a.tls.certificate}, {"--tls-key", a.tls.key},
	} {
		if flag[1] != "" {
			words = append(words, flag[0], render.ShellWord(flag[1]))
		}
	}
	return strings.Join(words, " ")
}
