package main

import (
	"cmp"
	"context"
	"errors"
	"syscall"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/clockworkd/clockwork/client"
	"github.com/clockworkd/clockwork/cmd/clockworkctl/internal/render"
)

// reasonNotFound is the daemon's word for an execution that it does not know.
const reasonNotFound = "NOT_FOUND"

// toldError is an error of clockworkctl's own, which knows itself what there is to say.
type toldError interface {
	error
	failure() render.Failure
}

// usageError says that the command line is wrong.
type usageError struct {
	message string
	// remedy says how it is right; empty: the help of the command does.
	remedy string
	// command is the one whose help says how it is right; empty: none in particular.
	command string
}

func (e *usageError) Error() string {
	return e.message
}

func (e *usageError) failure() render.Failure {
	return render.Failure{Code: "usage", Message: e.message, Remedy: cmp.Or(e.remedy, helpOn(e.command)), ExitCode: exitUsage}
}

// report tells why a command failed, on standard error and, for a program, on standard output. It returns the exit code.
func (a *app) report(err error) int {
	if code, ok := errors.AsType[outcome](err); ok {
		return int(code)
	}
	if err == nil || errors.Is(err, syscall.EPIPE) {
		return exitSuccess // whoever closed standard output has seen enough
	}
	failure := a.failureOf(err)
	a.say("%s", failure.Message)
	for _, fault := range failure.Faults {
		_, _ = a.stderr.Write([]byte(client.Fault(fault).String() + "\n"))
	}
	if failure.Remedy != "" {
		a.say("%s", failure.Remedy)
	}
	_ = a.renderer().Fail(failure) // there is no other place to say that it could not be said
	return failure.ExitCode
}

// failureOf classifies an error.
func (a *app) failureOf(err error) render.Failure {
	if told, ok := errors.AsType[toldError](err); ok {
		return told.failure()
	}
	if invalid, ok := errors.AsType[*client.InvalidBundleError](err); ok {
		return render.Failure{Code: "invalid_bundle", Message: "the bundle is not valid", ExitCode: exitUsage, Faults: faults(invalid.Faults)}
	}
	if refused, ok := errors.AsType[*client.RefusedError](err); ok {
		return render.Failure{Code: "refused", Message: "refused: " + refused.Message, Remedy: remedies[refused.Reason], Reason: refused.Reason, ExitCode: exitUsage, Faults: faults(refused.Findings)}
	}
	if busy, ok := errors.AsType[*client.BusyError](err); ok {
		return render.Failure{Code: "busy", Message: err.Error(), Remedy: cmp.Or(remedies[busy.Reason], "try again later"), Reason: busy.Reason, ExitCode: exitError}
	}
	if missing, ok := errors.AsType[*client.NotFoundError](err); ok {
		return render.Failure{Code: "not_found", Message: missing.Message, Remedy: remedies[missing.Reason], Reason: missing.Reason, ExitCode: exitUsage}
	}
	failure := render.Failure{Code: "error", Message: err.Error(), Remedy: "clockworkctl doctor may tell more", ExitCode: exitError}
	switch {
	case errors.Is(err, client.ErrUnreachable):
		failure.Code, failure.ExitCode = "unreachable", exitUnreachable
		failure.Remedy = a.unreachableRemedy(err)
	case errors.Is(err, client.ErrAddress):
		failure.Code, failure.Remedy, failure.ExitCode = "usage", "", exitUsage // the message says what an address is
	case errors.Is(err, client.ErrDataLoss):
		failure.Code, failure.Remedy = "data_loss", "clockworkctl executions show tells what became of the execution"
	case errors.Is(err, context.Canceled):
		failure.Code, failure.Remedy, failure.ExitCode = "cancelled", "", exitCancelled
	case status.Code(err) == codes.InvalidArgument:
		failure.Code, failure.Remedy, failure.ExitCode = "invalid_argument", "", exitUsage // the message names each fault
	}
	return failure
}

// remedies are what to do about the daemon's reasons.
var remedies = map[string]string{
	reasonNotFound:             "see clockworkctl executions list",
	"POLICY_DENIED":            "change the bundle, or have the policy of the daemon's configuration changed",
	"NO_SUCH_RUNNER":           "see clockworkctl runners list",
	"NO_RUNNER_FITS":           "see clockworkctl runners list",
	"IDEMPOTENCY_KEY_CONFLICT": "take another key, or the bundle that this one stands for",
	"QUEUE_FULL":               "try again later, or have limits.queued_executions or a runner's pool.max raised; clockworkctl executions list --status queued shows what waits",
	"DISK_FULL":                "have room made there, or less kept (retention in the daemon's configuration); clockworkctl doctor tells how much there is",
	"TOO_MANY_WATCHERS":        "end some of them, or have limits.watchers raised",
}

func helpOn(command string) string {
	if command == "" {
		command = "clockworkctl"
	}
	return "see " + command + " --help"
}

func faults(found []client.Fault) []render.Fault {
	faults := make([]render.Fault, len(found))
	for i, fault := range found {
		faults[i] = render.Fault(fault)
	}
	return faults
}
