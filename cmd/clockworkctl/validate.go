package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/clockworkd/clockwork/client"
	"github.com/clockworkd/clockwork/cmd/clockworkctl/internal/render"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

func newValidate(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "validate BUNDLE",
		Short: "Say what execute would say of a bundle, and do nothing",
		Long: `Say what execute would say of a bundle, and do nothing.

BUNDLE is a file, JSON or YAML, or "-" for standard input. Everything wrong with it is named, one fault a line, by its
path in the document. The exit code is 0 if execute would take it, else 2.

-o json prints one document: valid, faults (path, message), verdict of the policy, bundle_digest, runner, runner_reason.`,
		Example: `  clockworkctl validate pipeline.json
  generate-bundle | clockworkctl validate - -o json | jq -r '.faults[].path'`,
		Args: arguments("BUNDLE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.validate(cmd.Context(), args[0])
		},
	}
}

func (a *app) validate(ctx context.Context, name string) error {
	validation, err := a.validation(ctx, name)
	if invalid, ok := errors.AsType[*client.InvalidBundleError](err); ok {
		validation, err = &clockworkv1.ValidateBundleResponse{}, nil
		for _, fault := range invalid.Faults {
			validation.Faults = append(validation.Faults, &clockworkv1.Fault{Path: fault.Path, Message: fault.Message})
		}
	}
	if err != nil {
		return err
	}
	if err := a.show(render.Validation(validation)); err != nil {
		return err
	}
	if !validation.GetValid() {
		return outcome(exitUsage)
	}
	return nil
}

func (a *app) validation(ctx context.Context, name string) (*clockworkv1.ValidateBundleResponse, error) {
	message, err := a.readBundle(name)
	if err != nil {
		return nil, err
	}
	c, err := a.connect(ctx)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	return c.Validate(ctx, &clockworkv1.ValidateBundleRequest{Bundle: message})
}
