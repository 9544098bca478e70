package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/clockworkd/clockwork/client"
	"github.com/clockworkd/clockwork/cmd/clockworkctl/internal/render"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

func newExecutionsOutputs(a *app) *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "outputs ID",
		Short: "List the files kept of the steps' outputs, or download them",
		Long: `List the files kept of the steps' outputs, or, with --dir, download them.

They get the paths that they had in the workspace. Where several steps kept the same path, the last one's file is there
in the end. Each file is verified by its digest, and is there whole or not at all.` + idHelp,
		Example: `  clockworkctl executions outputs 01934b1c-7a40-7cc8-8f0c-2d6ae1c7a3f5
  clockworkctl executions outputs 01934b1c-7a --dir out`,
		Args: arguments("ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withExecution(cmd.Context(), args[0], func(ctx context.Context, c *client.Client, id string) error {
				return a.outputs(ctx, c, id, dir)
			})
		},
	}
	cmd.Flags().StringVar(&dir, "dir", "", "download them into this `directory`, which is created if it is missing")
	return cmd
}

func (a *app) outputs(ctx context.Context, c *client.Client, id, dir string) error {
	execution, err := c.Get(ctx, id)
	if err != nil {
		return err
	}
	saved := func(uint32, string) *string { return nil }
	if dir != "" {
		if saved, err = a.download(ctx, c, execution, dir); err != nil {
			return err
		}
	}
	return a.show(render.OutputFiles(execution, saved))
}

// download saves every kept file below dir, and returns where each one is.
func (a *app) download(ctx context.Context, c *client.Client, execution *clockworkv1.Execution, dir string) (func(uint32, string) *string, error) {
	target, err := openDownload(dir)
	if err != nil {
		return nil, err
	}
	defer target.close()
	for _, result := range execution.GetStepResults() {
		for _, file := range result.GetOutputFiles() {
			err := target.save(file, func(w *verifier) error {
				return c.ReadOutputFile(ctx, execution.GetId(), result.GetStepIndex(), file.GetPath(), w)
			})
			if err != nil {
				return nil, err
			}
		}
	}
	return func(_ uint32, path string) *string { return new(target.path(path)) }, nil
}
