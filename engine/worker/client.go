package worker

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"kirinuki/engine/fault"
	"kirinuki/engine/infer"
)

// Options say how a child is started and how patient its parent is.
type Options struct {
	Command []string      // the program and its arguments up to and including Flag
	Env     []string      // more environment, "NAME=value"
	Grace   time.Duration // a cancel that takes longer kills the child; 0 means 350 ms
	Limit   time.Duration // opening or a run that takes longer kills the child; 0 means 10 minutes
}

func (o *Options) defaults() {
	if o.Grace <= 0 {
		o.Grace = 350 * time.Millisecond
	}
	if o.Limit <= 0 {
		o.Limit = 10 * time.Minute
	}
}

// Self returns the command that starts the running program as a child. On
// Linux that is this very program even where its file was replaced meanwhile,
// as an update does.
func Self() ([]string, error) {
	const running = "/proc/self/exe"
	if _, err := os.Stat(running); err == nil {
		return []string{running, Flag}, nil
	}
	exe, err := os.Executable()
	if err != nil {
		return nil, fault.New(fault.Internal, "", err)
	}
	return []string{exe, Flag}, nil
}

// Client is a network in a child process. It is an infer.Runner. Where the
// child dies, the run under way and every later one fail with fault.Crashed
// (or fault.OutOfMemory): open another one.
type Client struct {
	o      Options
	name   string
	status Status
	p      *process
	turn   chan struct{}
	id     uint32 // guarded by turn
	once   sync.Once
}

// Open starts a child and lets it load a network. Errors are infer.Open's,
// and fault.Crashed where the child died over it.
func Open(ctx context.Context, c infer.Config, o Options) (*Client, error) {
	o.defaults()
	p, err := start(o)
	if err != nil {
		return nil, err
	}
	cl := &Client{o: o, name: c.Name, p: p, turn: make(chan struct{}, 1)}
	cl.turn <- struct{}{}
	q := request{Library: c.Library, Name: c.Name, Path: c.Path, Input: c.Input, Output: c.Output, Device: c.Device, Threads: c.Threads, Frugal: c.Frugal}
	err = cl.call(ctx, func() error {
		if c.Model != nil {
			if err := writeFrame(p.in, kModel, 0, c.Model); err != nil {
				return err
			}
		}
		if err := writeJSON(p.in, kOpen, 0, q); err != nil {
			return err
		}
		return p.answer(0, kReady, func(h header) error { return readJSON(p.out, h, &cl.status) })
	}, nil)
	if err != nil {
		p.end()
		return nil, err
	}
	return cl, nil
}

// Status says which rights the child gave up.
func (c *Client) Status() Status { return c.status }

// Alive says whether the child can still run anything.
func (c *Client) Alive() bool { return !c.p.gone() }

// Pid returns the child's process id.
func (c *Client) Pid() int { return c.p.cmd.Process.Pid }

// Run runs the network on one tensor.
func (c *Client) Run(ctx context.Context, in infer.Tensor) (infer.Tensor, error) {
	if n, err := infer.Count(in.Shape); err != nil || n != len(in.Data) {
		return infer.Tensor{}, fault.Newf(fault.Internal, c.name, "a tensor of shape %v with %d numbers", in.Shape, len(in.Data))
	}
	select {
	case <-ctx.Done():
	case <-c.turn:
		defer func() { c.turn <- struct{}{} }()
	}
	if ctx.Err() != nil {
		return infer.Tensor{}, fault.New(fault.Cancelled, c.name, ctx.Err())
	}
	c.id++
	id := c.id
	var out infer.Tensor
	err := c.call(ctx, func() error {
		if err := c.p.send(func(w io.Writer) error { return writeTensor(w, kRun, id, in) }); err != nil {
			return err
		}
		return c.p.answer(id, kResult, func(h header) (err error) {
			out, err = readTensor(c.p.out, h)
			return err
		})
	}, func() {
		c.p.send(func(w io.Writer) error { return writeFrame(w, kCancel, id) })
	})
	if err != nil {
		return infer.Tensor{}, err
	}
	return out, nil
}

// call does one exchange with the child. When ctx ends it asks the child to
// stop (or kills it where there is no way to ask) and kills it when that takes
// too long; it also kills a child that exceeds the limit or talks nonsense.
func (c *Client) call(ctx context.Context, exchange func() error, cancel func()) error {
	done := make(chan error, 1)
	go func() { done <- exchange() }()
	limit := time.NewTimer(c.o.Limit)
	defer limit.Stop()
	select {
	case err := <-done:
		return c.explain(err)
	case <-limit.C:
		c.p.kill()
		<-done
		return fault.Newf(fault.Crashed, c.name, "no answer within %v", c.o.Limit)
	case <-ctx.Done():
	}
	cancelled := fault.New(fault.Cancelled, c.name, ctx.Err())
	if cancel == nil {
		c.p.kill()
		<-done
		return cancelled
	}
	go cancel()
	select {
	case err := <-done:
		c.explain(err) // a child that broke the protocol is killed here as well
	case <-time.After(c.o.Grace):
		c.p.kill()
		<-done
	}
	return cancelled
}

// explain turns a failed exchange into a fault. A failure that the child
// itself reports leaves it alive; anything else means that it is of no use
// any more.
func (c *Client) explain(err error) error {
	var e *fault.Error
	if err == nil || errors.As(err, &e) {
		return err
	}
	return c.p.died(c.name, err)
}

// Close ends the child; its memory is free afterwards.
func (c *Client) Close() error {
	c.once.Do(c.p.end)
	return nil
}

// process is a child and its pipes.
type process struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    io.Reader
	stderr tail
	write  sync.Mutex
	exited chan struct{} // closed when it has ended
	state  error         // how; readable once exited is closed
}

// start starts a child. It is started and waited for on one thread that lives
// as long as the child does, since Linux ends a child with the thread that
// started it.
func start(o Options) (*process, error) {
	if len(o.Command) == 0 {
		return nil, fault.Newf(fault.Internal, "", "no command for the child process")
	}
	cmd := exec.Command(o.Command[0], o.Command[1:]...)
	cmd.Args[0] = filepath.Base(os.Args[0]) // what lists of processes show
	p := &process{cmd: cmd, exited: make(chan struct{})}
	cmd.Env = append(childEnv(os.Environ()), o.Env...)
	cmd.Stderr = &p.stderr
	cmd.SysProcAttr = dieWithParent()
	// The standard library's own pipes are closed by Wait; these outlive it,
	// so that a last answer can still be read.
	inR, inW, err := os.Pipe()
	if err != nil {
		return nil, fault.New(fault.Internal, "", err)
	}
	outR, outW, err := os.Pipe()
	if err != nil {
		inR.Close()
		inW.Close()
		return nil, fault.New(fault.Internal, "", err)
	}
	widen(inW)
	widen(outR)
	cmd.Stdin, cmd.Stdout = inR, outW
	cmd.WaitDelay = time.Second // for a grandchild that holds standard error
	p.in, p.out = inW, bufio.NewReaderSize(outR, 64<<10)
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		inR.Close()
		outW.Close()
		started <- err
		if err != nil {
			return
		}
		p.state = cmd.Wait()
		close(p.exited)
		inW.Close()
		<-time.After(time.Second) // let a reader take what is left in the pipe
		outR.Close()
	}()
	if err := <-started; err != nil {
		inW.Close()
		outR.Close()
		return nil, fault.New(fault.Internal, "", fmt.Errorf("cannot start the child process: %w", err))
	}
	return p, nil
}

// childEnv drops what leads to the desktop and adds what keeps the child
// quiet and small: glibc is told to give blocks of a megabyte and more back to
// the system at once, where it would keep those below 32 MB. That is 0.24 GB
// that IS-Net needs only while it is loaded.
func childEnv(env []string) []string {
	env = slices.DeleteFunc(slices.Clone(env), func(kv string) bool {
		name, _, _ := strings.Cut(kv, "=")
		return slices.Contains([]string{"DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET", "XAUTHORITY", "DBUS_SESSION_BUS_ADDRESS", "SSH_AUTH_SOCK", "SESSION_MANAGER"}, name)
	})
	return append(env, "ORT_DISABLE_TELEMETRY=1", "MALLOC_MMAP_THRESHOLD_=1048576", "MALLOC_TRIM_THRESHOLD_=4194304")
}

// send writes a whole frame, one at a time.
func (p *process) send(write func(io.Writer) error) error {
	p.write.Lock()
	defer p.write.Unlock()
	return write(p.in)
}

// answer reads frames until the one that answers id. Answers to earlier
// requests are skipped.
func (p *process) answer(id uint32, want kind, read func(header) error) error {
	for {
		h, err := readHeader(p.out)
		if err != nil {
			return err
		}
		switch {
		case h.id < id:
			if _, err := io.CopyN(io.Discard, p.out, int64(h.size)); err != nil {
				return err
			}
		case h.id != id:
			return fmt.Errorf("%w: answer %d to %d", errProtocol, h.id, id)
		case h.kind == kFailed:
			var f failure
			if err := readJSON(p.out, h, &f); err != nil {
				return err
			}
			return f.error()
		case h.kind == want:
			return read(h)
		default:
			return fmt.Errorf("%w: kind %q", errProtocol, byte(h.kind))
		}
	}
}

func (p *process) gone() bool {
	select {
	case <-p.exited:
		return true
	default:
		return false
	}
}

// kill ends the child at once and waits until it is gone.
func (p *process) kill() {
	p.cmd.Process.Kill()
	<-p.exited
}

// end closes the child's input, which ends it, and kills it where that does
// not help soon.
func (p *process) end() {
	p.in.Close()
	select {
	case <-p.exited:
	case <-time.After(300 * time.Millisecond):
		p.kill()
	}
}

// died makes sure that the child is gone and says why it is.
func (p *process) died(name string, cause error) error {
	select {
	case <-p.exited:
	case <-time.After(300 * time.Millisecond):
		p.kill()
	}
	last := p.stderr.String()
	low := strings.ToLower(last)
	for _, s := range []string{"bad_alloc", "out of memory", "cannot allocate memory", "failed to allocate"} {
		if strings.Contains(low, s) {
			return fault.Newf(fault.OutOfMemory, name, "the child process ended: %v", p.state)
		}
	}
	if errors.Is(cause, errProtocol) {
		return fault.New(fault.Crashed, name, cause)
	}
	first, _, _ := strings.Cut(strings.TrimSpace(last), "\n")
	return fault.Newf(fault.Crashed, name, "the child process ended: %v %s", p.state, first)
}

// tail keeps the beginning and the end of what is written to it.
type tail struct {
	mu        sync.Mutex
	head, end []byte
}

const tailSize = 4 << 10

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := len(b)
	first := min(tailSize-len(t.head), n)
	t.head = append(t.head, b[:first]...)
	b = b[first:]
	t.end = append(t.end, b[max(0, len(b)-tailSize):]...)
	t.end = t.end[max(0, len(t.end)-tailSize):]
	return n, nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(bytes.ToValidUTF8(append(slices.Clone(t.head), t.end...), nil))
}
