package tree

import "context"

// KillTagged kills what is left of a sandbox on this machine, its agent included, and while that lives also those who shook off their tag. It
// returns how many processes it found. It works from any process with the right to signal them, also when the agent is dead, on
// systems that Supported tells.
func KillTagged(ctx context.Context, sandboxID string) (int, error) {
	set := Sandbox(sandboxID).withFamilies()
	found, err := set.Count()
	if err != nil || found == 0 {
		return 0, err
	}
	return found, set.Kill(ctx, func() <-chan struct{} { return nil })
}
