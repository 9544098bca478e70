package program

import (
	"context"
	"path"
	"time"
)

func background(_ context.Context, p *Process, args []string) int { return p.spawn(args, false) }

func detach(_ context.Context, p *Process, args []string) int { return p.spawn(args, true) }

func daemonize(_ context.Context, p *Process, args []string) int {
	return p.spawn(append([]string{"detach"}, args...), true)
}

func ignoreTerm(ctx context.Context, p *Process, args []string) int {
	p.System.IgnoreTerm()
	return p.become(ctx, args)
}

func relay(ctx context.Context, p *Process, _ []string) int {
	if pause(ctx, time.Millisecond) != nil {
		return 1
	}
	return p.spawn([]string{"relay"}, true)
}

func stop(ctx context.Context, p *Process, args []string) int {
	file, code := p.take(ctx, args[0])
	if file == nil {
		return code
	}
	defer file.Close()
	p.System.Stop()
	if pause(ctx, time.Hour) != nil {
		return 1
	}
	return 0
}

func tree(ctx context.Context, p *Process, args []string) int {
	file := func(name string) string { return path.Join(args[0], name) }
	for _, child := range [][]string{
		{"background", "hold", file("child")},
		{"detach", "hold", file("session")},
		{"daemonize", "hold", file("daemon")},
	} {
		if code := p.spawn(child, false); code != 0 {
			return code
		}
	}
	return hold(ctx, p, []string{file("own")})
}

func (p *Process) spawn(args []string, detached bool) int {
	if err := p.System.Spawn(args, detached); err != nil {
		return p.fail(1, "cannot start %v: %v", args, err)
	}
	return 0
}
