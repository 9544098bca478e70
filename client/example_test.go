package client_test

import (
	"context"
	"fmt"
	"os"

	"github.com/clockworkd/clockwork/client"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// Execute a bundle, copy what its steps print, and see how it ended.
func ExampleClient_Execute() {
	ctx := context.Background()
	address, stop := exampleDaemon() // in a program: client.DefaultAddress()
	defer stop()
	c, err := client.Dial(ctx, address)
	if err != nil {
		fmt.Println(err) // may be ErrUnreachable
		return
	}
	defer c.Close()

	execution, err := c.Execute(ctx, &clockworkv1.ExecuteBundleRequest{Bundle: &clockworkv1.ArtifactBundle{
		Version: "1",
		Steps:   []*clockworkv1.Step{{Purpose: "greet", Run: &clockworkv1.Run{Cmd: []string{"echo", "hello, clockwork"}}}},
	}})
	if err != nil {
		fmt.Println(err) // may be an *InvalidBundleError, a *RefusedError or a *BusyError
		return
	}
	for event, err := range execution.Events() {
		if err != nil {
			fmt.Println(err)
			return
		}
		switch kind := event.GetKind().(type) {
		case *clockworkv1.Event_Output:
			_, _ = os.Stdout.Write(kind.Output.GetData())
		case *clockworkv1.Event_StepFinished:
			result := kind.StepFinished.GetResult()
			fmt.Printf("%s: %s, exit code %d\n", result.GetName(), result.GetStatus(), result.GetExitCode())
		case *clockworkv1.Event_ExecutionFinished:
			fmt.Println(kind.ExecutionFinished.GetStatus())
		}
	}
	// Output:
	// hello, clockwork
	// greet: STEP_STATUS_SUCCESS, exit code 0
	// EXECUTION_STATUS_SUCCESS
}

// Start an execution and leave it; find it again by its id, cancel it, and watch it to its end.
func ExampleClient_Watch() {
	ctx := context.Background()
	address, stop := exampleDaemon()
	defer stop()
	c, err := client.Dial(ctx, address)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close()

	execution, err := c.Execute(ctx, &clockworkv1.ExecuteBundleRequest{Bundle: &clockworkv1.ArtifactBundle{
		Version: "1",
		Steps:   []*clockworkv1.Step{{Purpose: "wait", Run: &clockworkv1.Run{Cmd: []string{"sleep", "3600"}}}},
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	execution.Close() // it goes on without us

	for event, err := range c.Watch(ctx, execution.ID(), 0) {
		if err != nil {
			fmt.Println(err)
			return
		}
		switch kind := event.GetKind().(type) {
		case *clockworkv1.Event_StepStarted:
			if _, err := c.Cancel(ctx, execution.ID(), "nobody waits for it"); err != nil {
				fmt.Println(err)
				return
			}
		case *clockworkv1.Event_ExecutionFinished:
			fmt.Println(kind.ExecutionFinished.GetStatus())
		}
	}
	// Output: EXECUTION_STATUS_CANCELLED
}
