// Package infer runs one neural network on one device through ONNX Runtime.
// It knows tensors, not pictures: what goes in and what the numbers mean is
// engine/model's business.
//
// A Session calls native code. A broken driver or a hostile file can take the
// whole process down with it, so the program opens sessions in a child
// process (engine/worker); tests and other programs may open them here.
package infer

import (
	"context"
	"fmt"
)

// Tensor is a dense array of numbers in row-major order, the last dimension
// fastest: len(Data) is the product of Shape. Networks that compute in half
// precision are fed and read in single precision all the same.
type Tensor struct {
	Shape []int64
	Data  []float32
}

// Count returns the product of shape, or an error where a dimension is not
// positive or the product exceeds MaxElements.
func Count(shape []int64) (int, error) {
	if len(shape) == 0 || len(shape) > 8 {
		return 0, fmt.Errorf("a tensor of %d dimensions", len(shape))
	}
	n := int64(1)
	for _, d := range shape {
		if d <= 0 || d > MaxElements || n*d > MaxElements {
			return 0, fmt.Errorf("tensor shape %v is out of range", shape)
		}
		n *= d
	}
	return int(n), nil
}

// MaxElements bounds one tensor: 64 Mi numbers, 256 MiB.
const MaxElements = 64 << 20

// Runner is a network ready to run. Run may be called from several
// goroutines; runs happen one after another. It returns within half a second
// of ctx's end with ctx's error in the chain. After Close, Run fails.
type Runner interface {
	Run(ctx context.Context, in Tensor) (Tensor, error)
	Close() error
}

// Config says what to open. Exactly one of Path and Model is set.
type Config struct {
	Library string // ONNX Runtime's shared library; "" looks in the usual places
	Name    string // what errors call the network; "" is Path's base name

	Path  string // the network's file, or
	Model []byte // its bytes; not needed any more once it is open

	Input  string // name of the graph's input; "" is its only or first one
	Output string // name of the one output that is asked for; "" is the first

	Device  string // "cpu" (also ""), "gpu", "cuda", "tensorrt", "coreml", "directml"
	Threads int    // 0 is one for each processor that Go may use
	Frugal  bool   // less memory, for a third more time
}
