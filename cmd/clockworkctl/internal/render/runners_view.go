package render

import (
	"fmt"
	"strings"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

type runnersDocument struct {
	Runners []runnerDocument `json:"runners"`
}

type runnerDocument struct {
	Name                string               `json:"name"`
	Type                string               `json:"type"`
	Default             bool                 `json:"default"`
	Labels              map[string]string    `json:"labels"`
	Isolation           string               `json:"isolation"`
	OS                  string               `json:"os"`
	Arch                string               `json:"arch"`
	RemoteHost          string               `json:"remote_host"`
	KubernetesNamespace string               `json:"kubernetes_namespace"`
	Languages           []languageDocument   `json:"languages"`
	Capabilities        []capabilityDocument `json:"capabilities"`
	Pool                poolDocument         `json:"pool"`
	ErrorMessage        string               `json:"error_message"`
	Configuration       map[string]any       `json:"configuration"`
}

type languageDocument struct {
	Name    string `json:"name"`
	Program string `json:"program"`
}

type capabilityDocument struct {
	Name      string `json:"name"`
	Available bool   `json:"available"`
	Detail    string `json:"detail"`
	Remedy    string `json:"remedy"`
}

type poolDocument struct {
	Warm      uint32  `json:"warm"`
	Max       uint32  `json:"max"`
	Idle      uint32  `json:"idle"`
	Creating  uint32  `json:"creating"`
	Leased    uint32  `json:"leased"`
	Waiting   uint32  `json:"waiting"`
	Hits      uint64  `json:"hits"`
	Misses    uint64  `json:"misses"`
	TotalWait decimal `json:"total_wait"`
	LastError string  `json:"last_error"`
}

// Runners shows the daemon's runners.
func Runners(runners []*clockworkv1.Runner) View {
	documents := each(runners, runnerDocumentOf)
	return View{
		Document: runnersDocument{documents},
		Lines:    anys(documents),
		Text: func(page *Page) {
			page.Table([]string{"RUNNER", "TYPE", "DEFAULT", "ISOLATION", "PLATFORM", "LANGUAGES", "IDLE", "LEASED", "MAX"}, each(documents, runnerRow))
			for _, runner := range documents {
				for _, problem := range []string{runner.ErrorMessage, runner.Pool.LastError} {
					if problem != "" {
						page.Line("%s: %s", runner.Name, problem)
					}
				}
			}
		},
	}
}

func runnerRow(runner runnerDocument) []string {
	preferred := ""
	if runner.Default {
		preferred = "yes"
	}
	languages := each(runner.Languages, func(l languageDocument) string { return l.Name })
	return []string{
		runner.Name, runner.Type, orDash(preferred), orDash(runner.Isolation), orDash(strings.Trim(runner.OS+"/"+runner.Arch, "/")),
		orDash(strings.Join(languages, ",")), fmt.Sprint(runner.Pool.Idle), fmt.Sprint(runner.Pool.Leased), fmt.Sprint(runner.Pool.Max),
	}
}

func runnerDocumentOf(runner *clockworkv1.Runner) runnerDocument {
	return runnerDocument{
		Name:                runner.GetName(),
		Type:                runner.GetType(),
		Default:             runner.GetDefault(),
		Labels:              dict(runner.GetLabels()),
		Isolation:           isolationName(runner.GetIsolation()),
		OS:                  runner.GetOs(),
		Arch:                runner.GetArch(),
		RemoteHost:          runner.GetRemoteHost(),
		KubernetesNamespace: runner.GetKubernetesNamespace(),
		Languages: each(runner.GetLanguages(), func(l *clockworkv1.Language) languageDocument {
			return languageDocument{Name: l.GetName(), Program: l.GetProgram()}
		}),
		Capabilities:  each(runner.GetCapabilities(), capabilityDocumentOf),
		Pool:          poolDocumentOf(runner.GetPool()),
		ErrorMessage:  runner.GetErrorMessage(),
		Configuration: runner.GetConfiguration().AsMap(),
	}
}

func capabilityDocumentOf(c *clockworkv1.Capability) capabilityDocument {
	return capabilityDocument{Name: c.GetName(), Available: c.GetAvailable(), Detail: c.GetDetail(), Remedy: c.GetRemedy()}
}

func poolDocumentOf(pool *clockworkv1.PoolStatus) poolDocument {
	return poolDocument{
		Warm:      pool.GetWarm(),
		Max:       pool.GetMax(),
		Idle:      pool.GetIdle(),
		Creating:  pool.GetCreating(),
		Leased:    pool.GetLeased(),
		Waiting:   pool.GetWaiting(),
		Hits:      pool.GetHits(),
		Misses:    pool.GetMisses(),
		TotalWait: seconds(pool.GetTotalWait()),
		LastError: pool.GetLastError(),
	}
}
