package worker

import (
	"bufio"
	"context"
	"io"
	"os"
	"runtime/debug"
	"sync"

	"kirinuki/engine/infer"
)

// Main is the child: it serves one parent over in and out and returns the
// process's exit status when the parent is gone. The program calls it before
// anything else when its first argument is Flag.
func Main(in, out *os.File) int {
	limitSelf()
	// What native code prints must not end up between the frames.
	out = keepStdout(out)
	// The big blocks are the tensors; freeing them early keeps the child small.
	debug.SetGCPercent(25)
	c := &child{out: out}
	err := c.serve(bufio.NewReaderSize(in, 64<<10))
	if err == io.EOF || err == nil {
		return 0
	}
	return 1
}

// child is the serving side of one connection.
type child struct {
	out     io.Writer
	writing sync.Mutex
	session infer.Runner

	mu      sync.Mutex
	running uint32 // id of the run under way
	cancel  context.CancelFunc
}

// serve reads requests until the input ends or breaks the protocol. Runs
// happen beside it, so that a cancel is heard.
func (c *child) serve(in io.Reader) error {
	var model []byte
	var runs sync.WaitGroup
	for {
		h, err := readHeader(in)
		if err != nil {
			return err
		}
		switch h.kind {
		case kModel:
			if model, err = readBytes(in, h); err != nil {
				return err
			}
		case kOpen:
			var q request
			if err := readJSON(in, h, &q); err != nil {
				return err
			}
			if c.session != nil {
				return errProtocol
			}
			err := c.open(h.id, q, model)
			model = nil
			c.reply(h.id, err)
		case kProbe:
			status := confine(request{})
			c.send(func() error { return writeJSON(c.out, kReady, h.id, status) })
		case kAdapters:
			confine(request{Device: "gpu"})
			c.send(func() error { return writeJSON(c.out, kAdapters, h.id, adapters()) })
		case kRun:
			t, err := readTensor(in, h)
			if err != nil {
				return err
			}
			if c.session == nil {
				return errProtocol
			}
			ctx, cancel := context.WithCancel(context.Background())
			c.mu.Lock()
			c.running, c.cancel = h.id, cancel
			c.mu.Unlock()
			runs.Wait() // the parent waits for answers; this is for one that does not
			runs.Go(func() {
				defer cancel()
				out, err := c.session.Run(ctx, t)
				if err != nil {
					c.reply(h.id, err)
					return
				}
				c.send(func() error { return writeTensor(c.out, kResult, h.id, out) })
			})
		case kCancel:
			c.mu.Lock()
			if c.cancel != nil && c.running == h.id {
				c.cancel()
			}
			c.mu.Unlock()
		default:
			return errProtocol
		}
	}
}

// open takes the child's rights away and then loads the network.
func (c *child) open(id uint32, q request, model []byte) error {
	if q.Library == "" {
		found, err := infer.FindLibrary()
		if err != nil {
			return err
		}
		q.Library = found
	}
	status := confine(q)
	s, err := infer.Open(infer.Config{Library: q.Library, Name: q.Name, Path: q.Path, Model: model,
		Input: q.Input, Output: q.Output, Device: q.Device, Threads: q.Threads, Frugal: q.Frugal})
	if err != nil {
		return err
	}
	c.session = s
	debug.FreeOSMemory()
	c.send(func() error { return writeJSON(c.out, kReady, id, status) })
	return nil
}

// reply reports a failure, if there is one.
func (c *child) reply(id uint32, err error) {
	if err != nil {
		c.send(func() error { return writeJSON(c.out, kFailed, id, failureOf(err)) })
	}
}

// send writes one frame. A parent that does not listen any more has ended,
// and so does its child.
func (c *child) send(write func() error) {
	c.writing.Lock()
	defer c.writing.Unlock()
	if err := write(); err != nil {
		os.Exit(1)
	}
}
