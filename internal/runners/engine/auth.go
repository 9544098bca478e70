package engine

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"regexp"
	"strings"

	"github.com/distribution/reference"
	"github.com/docker/docker/api/types/registry"
)

// hubServer is how Docker Hub is called in files of credentials.
const hubServer = "https://index.docker.io/v1/"

// registryConfig is what matters of a Docker config file: docs.docker.com/reference/cli/docker/login, "Credential stores".
type registryConfig struct {
	Auths             map[string]registryLogin `json:"auths"`
	CredentialStore   string                   `json:"credsStore"`
	CredentialHelpers map[string]string        `json:"credHelpers"`
}

// registryLogin is one entry of auths.
type registryLogin struct {
	Auth          string `json:"auth"` // user:password in base64
	IdentityToken string `json:"identitytoken"`
}

// credentials returns what the engine shows to an image's registry, in the form that the API wants. They are read for each pull: they
// change. Empty: none are known, which is no fault.
func (d *Driver) credentials(ctx context.Context, image string) (string, error) {
	named, err := reference.ParseNormalizedNamed(image)
	if err != nil {
		return "", err
	}
	config, err := readRegistryConfig(d.flavour.RegistryConfigs)
	if err != nil {
		return "", err
	}
	login, err := config.find(ctx, reference.Domain(named))
	if err != nil || login == (registry.AuthConfig{}) {
		return "", err
	}
	return registry.EncodeAuthConfig(login)
}

// readRegistryConfig reads the first file that there is.
func readRegistryConfig(paths []string) (registryConfig, error) {
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return registryConfig{}, fmt.Errorf("cannot read the registries' credentials: %w", err)
		}
		var config registryConfig
		if json.Unmarshal(data, &config) != nil { // the error could quote a secret
			return registryConfig{}, fmt.Errorf("cannot read the registries' credentials: %s is not a Docker config file", path)
		}
		return config, nil
	}
	return registryConfig{}, nil
}

// find looks for a registry's credentials: with its own helper, in the store for all, in the file.
func (c registryConfig) find(ctx context.Context, domain string) (registry.AuthConfig, error) {
	servers := []string{domain, "https://" + domain}
	if domain == "docker.io" {
		servers = []string{hubServer, domain}
	}
	for _, server := range servers {
		if helper := cmp.Or(c.CredentialHelpers[server], c.CredentialStore); helper != "" {
			login, err := askHelper(ctx, helper, server)
			if err != nil || login != (registry.AuthConfig{}) {
				return login, err
			}
		}
		if login, found := c.Auths[server]; found && login != (registryLogin{}) {
			return login.decode(server)
		}
	}
	return registry.AuthConfig{}, nil
}

func (l registryLogin) decode(server string) (registry.AuthConfig, error) {
	login := registry.AuthConfig{ServerAddress: server, IdentityToken: l.IdentityToken}
	if l.Auth == "" {
		return login, nil
	}
	plain, err := base64.StdEncoding.DecodeString(l.Auth)
	user, password, ok := strings.Cut(string(plain), ":")
	if err != nil || !ok {
		return login, fmt.Errorf("cannot read the credentials for %s: auth is not user:password in base64", server)
	}
	login.Username, login.Password = user, strings.TrimRight(password, "\x00")
	return login, nil
}

// helperName keeps what a file says from being a path.
var helperName = regexp.MustCompile(`^[a-zA-Z0-9_.-]+$`)

// askHelper asks a credential helper: github.com/docker/docker-credential-helpers, "Development". One that knows nothing of a
// server says so on standard output.
func askHelper(ctx context.Context, helper, server string) (registry.AuthConfig, error) {
	if !helperName.MatchString(helper) {
		return registry.AuthConfig{}, fmt.Errorf("cannot ask a credential helper named %q", helper)
	}
	var out bytes.Buffer
	cmd := exec.CommandContext(ctx, "docker-credential-"+helper, "get")
	cmd.Stdin, cmd.Stdout = strings.NewReader(server), &out
	if err := cmd.Run(); err != nil {
		if strings.Contains(out.String(), "credentials not found") {
			return registry.AuthConfig{}, nil
		}
		return registry.AuthConfig{}, fmt.Errorf("cannot get credentials for %s from docker-credential-%s: %w", server, helper, err)
	}
	var answer struct{ Username, Secret string }
	if json.Unmarshal(out.Bytes(), &answer) != nil { // the error could quote a secret
		return registry.AuthConfig{}, fmt.Errorf("cannot get credentials for %s from docker-credential-%s: its answer is not JSON", server, helper)
	}
	if answer.Username == "<token>" {
		return registry.AuthConfig{ServerAddress: server, IdentityToken: answer.Secret}, nil
	}
	return registry.AuthConfig{ServerAddress: server, Username: answer.Username, Password: answer.Secret}, nil
}
