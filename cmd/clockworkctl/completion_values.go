package main

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/clockworkd/clockwork/client"
	"github.com/clockworkd/clockwork/cmd/clockworkctl/internal/render"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

const (
	// completionDeadline bounds how long the user's shell waits for what the daemon knows.
	completionDeadline = 2 * time.Second
	// maxCompletions is how many executions are offered, the newest ones.
	maxCompletions = 50
)

// completable adds to a command, and to all below it, what their arguments and flags may be.
func (a *app) completable(cmd *cobra.Command) {
	words := map[string]cobra.CompletionFunc{
		"runner": a.completeRunners,
		"output": fixed(strings.Split(render.Names(), "|")...),
		"status": fixed(statusWords()...),
		"stream": fixed("stdout", "stderr"),
	}
	for flag, complete := range words {
		if cmd.LocalFlags().Lookup(flag) != nil {
			_ = cmd.RegisterFlagCompletionFunc(flag, complete) // it fails only for a flag that is not there
		}
	}
	switch _, argument, _ := strings.Cut(cmd.Use, " "); argument {
	case "BUNDLE": // a file
	case "ID":
		cmd.ValidArgsFunction = a.completeIDs
	case "[NAME]":
		cmd.ValidArgsFunction = a.completeRunners
	case "":
		cmd.ValidArgsFunction = cobra.NoFileCompletions
	}
	for _, below := range cmd.Commands() {
		a.completable(below)
	}
}

func fixed(words ...string) cobra.CompletionFunc {
	return cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp)
}

// completeIDs offers the newest executions.
func (a *app) completeIDs(cmd *cobra.Command, args []string, _ string) (offers []cobra.Completion, _ cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	a.ask(cmd.Context(), func(ctx context.Context, c *client.Client) {
		for execution, err := range c.List(ctx, &clockworkv1.ListExecutionsRequest{PageSize: maxCompletions}) {
			if err != nil || len(offers) == maxCompletions {
				return
			}
			about := render.ExecutionStatus(execution.GetStatus()) + ", accepted " + execution.GetCreateTime().AsTime().Local().Format(time.DateTime)
			offers = append(offers, cobra.CompletionWithDesc(execution.GetId(), about))
		}
	})
	return offers, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}

// completeRunners offers the daemon's runners.
func (a *app) completeRunners(cmd *cobra.Command, args []string, _ string) (offers []cobra.Completion, _ cobra.ShellCompDirective) {
	if cmd.Use == "check [NAME]" && len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	a.ask(cmd.Context(), func(ctx context.Context, c *client.Client) {
		runners, _ := c.Runners(ctx)
		for _, runner := range runners {
			offers = append(offers, cobra.CompletionWithDesc(runner.GetName(), runner.GetType()))
		}
	})
	return offers, cobra.ShellCompDirectiveNoFileComp
}

// ask asks the daemon if one runs. Who only presses a key starts none, and is told of no error.
func (a *app) ask(ctx context.Context, do func(ctx context.Context, c *client.Client)) {
	address, err := a.daemonAddress()
	if err != nil {
		return
	}
	ctx, done := context.WithTimeout(ctx, completionDeadline)
	defer done()
	c, err := a.dial(ctx, address)
	if err != nil {
		return
	}
	defer c.Close()
	do(ctx, c)
}
