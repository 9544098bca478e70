package soak

import (
	"bytes"
	"context"
	"fmt"

	"github.com/clockworkd/clockwork/client"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
	"github.com/clockworkd/clockwork/test/soak/work"
)

// checkKept compares the file that was kept of a step with what its run wrote to it. A run that was ended may have written a part of it, or
// nothing, but none that succeeded has.
func checkKept(ctx context.Context, c *client.Client, id string, todo work.Work, result *clockworkv1.ExecutionResult) error {
	succeeded := result.GetStatus() == clockworkv1.StepStatus_STEP_STATUS_SUCCESS
	files := result.GetOutputFiles()
	if todo.Keeps == "" || len(files) == 0 {
		if succeeded && todo.Keeps != "" {
			return fmt.Errorf("it succeeded, and nothing was kept of it")
		}
		return nil
	}
	content, err := persist(func() ([]byte, error) {
		var content bytes.Buffer
		err := c.ReadOutputFile(ctx, id, result.GetStepIndex(), files[0].GetPath(), &content)
		return content.Bytes(), err
	})
	if err != nil {
		return err
	}
	stdout, _ := todo.Output()
	if !bytes.HasPrefix(stdout, content) || files[0].GetSize() != uint64(len(content)) {
		return fmt.Errorf("the %d of %d bytes that were kept of it are not what it wrote", len(content), files[0].GetSize())
	}
	if succeeded && len(content) != len(stdout) {
		return fmt.Errorf("%d of the %d bytes that it wrote were kept", len(content), len(stdout))
	}
	return nil
}
