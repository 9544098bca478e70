package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/clockworkd/clockwork/client"
	"github.com/clockworkd/clockwork/cmd/clockworkctl/internal/render"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

const (
	// idLength is the length of an execution's whole id, a UUID.
	idLength = 36
	// maxCandidates bounds how many executions are named to who has to choose one.
	maxCandidates = 10
)

// idHelp is what the help of commands with an ID says of it.
const idHelp = `

ID is the execution's id, or its begin where no other execution's id begins so.`

// ambiguousError says that the begin of an id is not enough to tell which execution is meant.
type ambiguousError struct {
	given      string
	candidates []string
}

func (e *ambiguousError) Error() string {
	named, more := e.candidates, ""
	if len(named) > maxCandidates {
		named, more = named[:maxCandidates], ", and others"
	}
	return fmt.Sprintf("several executions have ids that begin with %q: %s%s", e.given, strings.Join(named, ", "), more)
}

func (e *ambiguousError) failure() render.Failure {
	return render.Failure{Code: "ambiguous", Message: e.Error(), Remedy: "give more of the id", ExitCode: exitUsage}
}

// withExecution runs do with a connection to the daemon and the id of the execution that is meant.
func (a *app) withExecution(ctx context.Context, given string, do func(ctx context.Context, c *client.Client, id string) error) error {
	if given == "" {
		return &usageError{message: "ID is empty", remedy: remedies[reasonNotFound]}
	}
	return a.connected(ctx, func(ctx context.Context, c *client.Client) error {
		id, err := wholeID(ctx, c, given)
		if err != nil {
			return err
		}
		return do(ctx, c, id)
	})
}

// wholeID completes the begin of an id. One that is whole already is not looked for.
func wholeID(ctx context.Context, c *client.Client, given string) (string, error) {
	prefix := strings.ToLower(given)
	if len(prefix) >= idLength {
		return prefix, nil
	}
	var candidates []string
	for execution, err := range c.List(ctx, &clockworkv1.ListExecutionsRequest{PageSize: maxPage}) {
		if err != nil {
			return "", err
		}
		if !strings.HasPrefix(execution.GetId(), prefix) {
			continue
		}
		if candidates = append(candidates, execution.GetId()); len(candidates) > maxCandidates {
			break
		}
	}
	switch len(candidates) {
	case 0:
		return "", &client.NotFoundError{Reason: reasonNotFound, Message: fmt.Sprintf("there is no execution %q", given)}
	case 1:
		return candidates[0], nil
	default:
		return "", &ambiguousError{given, candidates}
	}
}
