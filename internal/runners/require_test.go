package runners_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"go.uber.org/zap"

	"github.com/clockworkd/clockwork/internal/runners"
	"github.com/clockworkd/clockwork/internal/runners/fake"
)

// telling is a driver that tells capabilities.
type telling struct {
	runners.Driver
	all []runners.Capability
}

// Describe adds them.
func (d telling) Describe(ctx context.Context) (runners.Description, error) {
	description, err := d.Driver.Describe(ctx)
	description.Capabilities = d.all
	return description, err
}

func TestARunnerHasNoSandboxesWithoutWhatItRequires(t *testing.T) {
	t.Parallel()
	has := runners.Capability{Name: "network_isolation", Available: true, Detail: "by the fake"}
	lacks := runners.Capability{Name: "memory_limit", Detail: "no cgroup", Remedy: "delegate one"}
	for name, test := range map[string]struct {
		require []string
		want    string
	}{
		"all there": {require: []string{"network_isolation"}},
		"not there": {require: []string{"network_isolation", "memory_limit"}, want: "memory_limit: no cgroup; delegate one"},
		"not told":  {require: []string{"cpu_limit"}, want: "cpu_limit, of which its driver says nothing"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			driver := telling{fake.New(t.TempDir()), []runners.Capability{has, lacks}}
			r, err := runners.New(runners.Config{Name: "r", Type: "fake", Require: test.require, Options: runners.DefaultOptions()}, driver, zap.NewNop())
			if err != nil {
				t.Fatal(err)
			}
			lease, err := r.Acquire(t.Context(), runners.AcquireOptions{})
			if err == nil {
				err = lease.Release(t.Context())
			}
			for what, err := range map[string]error{"Acquire": err, "MeetsRequirements": r.MeetsRequirements(t.Context())} {
				if test.want == "" && err != nil || test.want != "" && (!errors.Is(err, runners.ErrRequired) || !strings.Contains(err.Error(), test.want)) {
					t.Errorf("%s: %v, want %q", what, err, test.want)
				}
			}
			if last := r.Status().LastError; !strings.Contains(last, test.want) {
				t.Errorf("LastError = %q, want %q", last, test.want)
			}
			findings := r.Check(t.Context())
			if last := findings[len(findings)-1]; last.Passed != (test.want == "") {
				t.Errorf("Check ends with %+v", last)
			}
			if err := errors.Join(r.Drain(t.Context()), r.Close()); err != nil {
				t.Error(err)
			}
			if ids, err := driver.List(t.Context()); len(ids) > 0 || err != nil {
				t.Errorf("List = %q, %v, want nothing left", ids, err)
			}
		})
	}
}
