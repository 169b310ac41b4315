//go:build cgo

package infer

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	ort "github.com/yalue/onnxruntime_go"

	"kirinuki/engine/fault"
	"kirinuki/engine/model/onnx"
)

// Session is one network on one device. It is safe for concurrent use; runs
// happen one after another.
type Session struct {
	name    string
	in, out onnx.Value
	turn    chan struct{} // holds one token while nobody runs
	once    sync.Once
	closed  bool // guarded by turn
	session *ort.DynamicAdvancedSession
}

// Open loads a network. Its file is read through with engine/model/onnx
// first, so that what native code should never see is refused with
// fault.BadModel. A library that is missing or of the wrong version is
// fault.NoRuntime, a device that cannot be had fault.NoDevice.
func Open(c Config) (*Session, error) {
	if c.Name == "" {
		c.Name = filepath.Base(c.Path)
	}
	in, out, err := inspect(c)
	if err != nil {
		return nil, err
	}
	if err := initialise(c.Library); err != nil {
		return nil, err
	}
	options, err := sessionOptions(c)
	if err != nil {
		return nil, err
	}
	defer options.Destroy()
	s := &Session{name: c.Name, in: in, out: out, turn: make(chan struct{}, 1)}
	inputs, outputs := []string{in.Name}, []string{out.Name}
	if c.Model != nil {
		s.session, err = ort.NewDynamicAdvancedSessionWithONNXData(c.Model, inputs, outputs, options)
	} else {
		s.session, err = ort.NewDynamicAdvancedSession(c.Path, inputs, outputs, options)
	}
	if err != nil {
		return nil, fault.New(openKind(c, err), c.Name, err)
	}
	s.turn <- struct{}{}
	return s, nil
}

// openKind says what a failure to open means: on the CPU it is the network's
// fault (or memory's), elsewhere most likely the device's.
func openKind(c Config, err error) fault.Kind {
	switch {
	case outOfMemory(err):
		return fault.OutOfMemory
	case c.Device != "" && c.Device != "cpu":
		return fault.NoDevice
	}
	return fault.BadModel
}

func outOfMemory(err error) bool {
	s := strings.ToLower(err.Error())
	return strings.Contains(s, "failed to allocate") || strings.Contains(s, "bad_alloc") || strings.Contains(s, "out of memory")
}

// inspect reads the network's header and finds its input and output.
func inspect(c Config) (in, out onnx.Value, err error) {
	bad := func(format string, args ...any) error { return fault.Newf(fault.BadModel, c.Name, format, args...) }
	var h *onnx.Header
	if c.Model != nil {
		h, err = onnx.Read(bytes.NewReader(c.Model), int64(len(c.Model)))
	} else {
		f, e := os.Open(c.Path)
		if e != nil {
			return in, out, fault.About(c.Name, e)
		}
		defer f.Close()
		info, e := f.Stat()
		if e != nil {
			return in, out, fault.About(c.Name, e)
		}
		if !info.Mode().IsRegular() {
			return in, out, fault.New(fault.NotAFile, c.Name, nil)
		}
		h, err = onnx.Read(f, info.Size())
	}
	if err != nil {
		return in, out, fault.New(fault.BadModel, c.Name, err)
	}
	in, err = pick(h.Inputs, c.Input)
	if err != nil {
		return in, out, bad("input: %w", err)
	}
	if len(h.Inputs) != 1 {
		return in, out, bad("wants %d inputs", len(h.Inputs))
	}
	out, err = pick(h.Outputs, c.Output)
	if err != nil {
		return in, out, bad("output: %w", err)
	}
	return in, out, nil
}

// pick finds a value by name, or takes the first where name is empty.
func pick(values []onnx.Value, name string) (onnx.Value, error) {
	for _, v := range values {
		if name != "" && v.Name != name {
			continue
		}
		if v.Type != onnx.Float32 && v.Type != onnx.Float16 {
			return v, fmt.Errorf("%v is no tensor of numbers", v)
		}
		return v, nil
	}
	return onnx.Value{}, fmt.Errorf("there is none named %q", name)
}

// sessionOptions holds what was measured to be fast and small.
func sessionOptions(c Config) (*ort.SessionOptions, error) {
	o, err := ort.NewSessionOptions()
	if err != nil {
		return nil, fault.New(fault.Internal, c.Name, err)
	}
	threads := c.Threads
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	err = errors.Join(
		o.SetIntraOpNumThreads(threads),
		o.SetInterOpNumThreads(1),
		o.SetGraphOptimizationLevel(ort.GraphOptimizationLevelEnableAll),
		o.SetLogSeverityLevel(ort.LoggingLevelFatal),
		tuneMemory(o, c),
	)
	if err == nil {
		err = addDevice(o, c)
	}
	if err != nil {
		o.Destroy()
		return nil, fault.About(c.Name, err)
	}
	return o, nil
}

// tuneMemory does without ONNX Runtime's plan of one block for all
// intermediate results, which is twice what is ever in use at a time. IS-Net's
// peak falls from 2.2 GB to 1.4 GB, and to 1.2 GB in the child process, where
// the C library gives back at once what loading took (worker.childEnv), at
// the same speed. Without the arena, which keeps what it ever had, it is
// 0.9 GB, and 0.3 GB between two pictures, but the system has to clear every
// block anew: a third more time.
func tuneMemory(o *ort.SessionOptions, c Config) error {
	return errors.Join(o.SetMemPattern(false), o.SetCpuMemArena(!c.Frugal))
}

// addDevice asks for c.Device. Where it is not the CPU, falling back to the
// CPU in silence is forbidden: the caller wants to know.
func addDevice(o *ort.SessionOptions, c Config) error {
	var err error
	switch c.Device {
	case "", "cpu":
		return nil
	case "gpu":
		err = o.AppendExecutionProvider("WebGPU", nil)
	case "cuda":
		var p *ort.CUDAProviderOptions
		if p, err = ort.NewCUDAProviderOptions(); err == nil {
			err = o.AppendExecutionProviderCUDA(p)
			p.Destroy()
		}
	case "tensorrt":
		var p *ort.TensorRTProviderOptions
		if p, err = ort.NewTensorRTProviderOptions(); err == nil {
			err = o.AppendExecutionProviderTensorRT(p)
			p.Destroy()
		}
	case "coreml":
		err = o.AppendExecutionProviderCoreMLV2(map[string]string{"ModelFormat": "MLProgram"})
	case "directml":
		err = errors.Join(o.SetMemPattern(false), o.AppendExecutionProviderDirectML(0))
	default:
		err = errors.New("unknown device")
	}
	if err != nil {
		return fault.New(fault.NoDevice, c.Device, err)
	}
	return nil
}

// Run runs the network on one tensor. The input's shape must be one that the
// network accepts (fault.BadModel otherwise).
func (s *Session) Run(ctx context.Context, in Tensor) (Tensor, error) {
	if n, err := Count(in.Shape); err != nil || n != len(in.Data) {
		return Tensor{}, fault.Newf(fault.Internal, s.name, "a tensor of shape %v with %d numbers", in.Shape, len(in.Data))
	}
	select {
	case <-ctx.Done():
	case <-s.turn:
		defer func() { s.turn <- struct{}{} }()
	}
	if ctx.Err() != nil {
		return Tensor{}, fault.New(fault.Cancelled, s.name, ctx.Err())
	}
	if s.closed {
		return Tensor{}, fault.Newf(fault.Internal, s.name, "the session is closed")
	}
	out, err := s.run(ctx, in)
	switch {
	case err == nil:
		return out, nil
	case ctx.Err() != nil:
		return Tensor{}, fault.New(fault.Cancelled, s.name, ctx.Err())
	case outOfMemory(err):
		return Tensor{}, fault.New(fault.OutOfMemory, s.name, err)
	}
	return Tensor{}, fault.New(fault.BadModel, s.name, err)
}

func (s *Session) run(ctx context.Context, in Tensor) (Tensor, error) {
	input, err := s.input(in)
	if err != nil {
		return Tensor{}, err
	}
	defer input.Destroy()
	output, half, err := s.output(in)
	if err != nil {
		return Tensor{}, err
	}
	options, err := ort.NewRunOptions()
	if err != nil {
		return Tensor{}, err
	}
	// ONNX Runtime looks at the flag between two operators.
	stop := make(chan struct{})
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		select {
		case <-ctx.Done():
			options.Terminate()
		case <-stop:
		}
	}()
	outputs := []ort.Value{output}
	err = s.session.RunWithOptions([]ort.Value{input}, outputs, options)
	close(stop)
	<-stopped
	options.Destroy()
	if outputs[0] != nil {
		defer outputs[0].Destroy()
	}
	if err != nil {
		return Tensor{}, err
	}
	t := Tensor{Shape: outputs[0].GetShape()}
	n, err := Count(t.Shape)
	if err != nil {
		return Tensor{}, err
	}
	switch v := outputs[0].(type) {
	case *ort.Tensor[float32]:
		t.Data = v.GetData()
	case *ort.CustomDataTensor:
		t.Data = make([]float32, n)
		for i := range t.Data {
			t.Data[i] = fromHalf(binary.NativeEndian.Uint16(half[2*i:]))
		}
	default:
		return Tensor{}, fmt.Errorf("output of type %T", v)
	}
	return t, nil
}

func (s *Session) input(in Tensor) (ort.Value, error) {
	if s.in.Type == onnx.Float32 {
		return ort.NewTensor(ort.NewShape(in.Shape...), in.Data)
	}
	b := make([]byte, 2*len(in.Data))
	for i, f := range in.Data {
		binary.NativeEndian.PutUint16(b[2*i:], toHalf(f))
	}
	return ort.NewCustomDataTensor(ort.NewShape(in.Shape...), b, ort.TensorElementDataTypeFloat16)
}

// output lets ONNX Runtime allocate the output, except in half precision,
// where the binding would copy only half of it: there its shape has to be
// known. Sizes that the file leaves open are taken to be the input's.
func (s *Session) output(in Tensor) (v ort.Value, half []byte, err error) {
	if s.out.Type == onnx.Float32 {
		return nil, nil, nil
	}
	shape := append([]int64(nil), s.out.Shape...)
	for i, d := range shape {
		switch {
		case d > 0:
		case i >= len(shape)-2 && len(in.Shape) >= 2:
			shape[i] = in.Shape[len(in.Shape)-len(shape)+i]
		default:
			shape[i] = 1
		}
	}
	n, err := Count(shape)
	if err != nil {
		return nil, nil, err
	}
	half = make([]byte, 2*n)
	v, err = ort.NewCustomDataTensor(ort.NewShape(shape...), half, ort.TensorElementDataTypeFloat16)
	return v, half, err
}

// Close waits for a run to end and frees the network's memory. A second call
// does nothing.
func (s *Session) Close() error {
	var err error
	s.once.Do(func() {
		<-s.turn
		s.closed = true
		err = s.session.Destroy()
		s.turn <- struct{}{}
	})
	return err
}
