package engine

import (
	"context"
	"time"

	"kirinuki/engine/fault"
	"kirinuki/engine/infer"
	"kirinuki/engine/model"
	"kirinuki/engine/worker"
)

var (
	_ infer.Runner = (*infer.Session)(nil)
	_ infer.Runner = (*worker.Client)(nil)
)

// opener opens a network on a device.
type opener func(ctx context.Context, c infer.Config) (infer.Runner, error)

// openHere opens a network inside this process. Opening cannot be stopped, so
// whoever cancels leaves before it is done and the session is thrown away.
func openHere(ctx context.Context, c infer.Config) (infer.Runner, error) {
	type opened struct {
		s   *infer.Session
		err error
	}
	done := make(chan opened, 1)
	go func() {
		s, err := infer.Open(c)
		done <- opened{s, err}
	}()
	select {
	case o := <-done:
		if o.err != nil {
			return nil, o.err
		}
		return o.s, nil
	case <-ctx.Done():
		go func() {
			if o := <-done; o.err == nil {
				o.s.Close()
			}
		}()
		return nil, fault.New(fault.Cancelled, c.Name, ctx.Err())
	}
}

// How long opening or one run may take before the device counts as hanging:
// large networks are slow on small processors, no graphics processor is.
const (
	limitCPU    = 10 * time.Minute
	limitDevice = 90 * time.Second
)

// openThere returns an opener that gives every network a child process.
func openThere(command []string) opener {
	return func(ctx context.Context, c infer.Config) (infer.Runner, error) {
		limit := limitDevice
		if c.Device == cpu {
			limit = limitCPU
		}
		cl, err := worker.Open(ctx, c, worker.Options{Command: command, Limit: limit})
		if err != nil {
			return nil, err
		}
		return cl, nil
	}
}

// alive says whether a runner can still be used.
func alive(r infer.Runner) bool {
	a, ok := r.(interface{ Alive() bool })
	return !ok || a.Alive()
}

// inferConfig says how s is opened on a device.
func (c *Config) inferConfig(s *model.Spec, device string) infer.Config {
	i := infer.Config{Library: c.Library, Name: s.Name, Input: s.InputName, Output: s.OutputName, Device: device, Threads: c.Threads, Frugal: littleMemory()}
	if s.Data != nil {
		i.Model = s.Data
	} else {
		i.Path = s.Path
	}
	return i
}

// Confinement returns which rights a child process for a network gives up on
// this machine, by trying; nothing where networks run in this process. A
// child for a graphics processor keeps local sockets and its driver's files.
func (e *Engine) Confinement(ctx context.Context) (worker.Status, error) {
	if e.config.Child == nil {
		return worker.Status{}, nil
	}
	return worker.Probe(ctx, worker.Options{Command: e.config.Child, Limit: 10 * time.Second})
}
