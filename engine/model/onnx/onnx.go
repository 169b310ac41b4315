// Package onnx reads what an ONNX file says about itself (its inputs, outputs
// and operators) without ONNX Runtime, and refuses files that native code
// should never see. It skips the weights, so it needs a few kilobytes of
// memory whatever the file's size.
//
// The numbers of messages and fields are those of onnx.proto,
// https://github.com/onnx/onnx/blob/main/onnx/onnx.proto.
package onnx

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Element types of tensors (TensorProto.DataType).
const (
	Float32 = 1
	Float16 = 10
)

// Limits of what is accepted; real networks stay far below them.
const (
	maxSize     = 2 << 30 // a protocol buffer cannot be larger
	maxNodes    = 200_000
	maxDims     = 16
	maxName     = 4096
	maxElements = 1 << 31 // of one weight
	maxValues   = 1024    // inputs or outputs
)

// Value is an input or output of the graph.
type Value struct {
	Name  string
	Type  int     // element type, such as Float32
	Shape []int64 // -1 where the size is left open; nil if not stated
}

// Header is what a network's file says about itself.
type Header struct {
	IR       int64
	Opset    int64  // of the standard operators
	Producer string // the program that wrote the file
	Inputs   []Value
	Outputs  []Value
	Nodes    int
}

// Domains of operators that ONNX Runtime carries itself. Any other comes from
// a library that the file wants loaded.
var knownDomains = []string{"", "ai.onnx", "ai.onnx.ml", "com.microsoft", "com.microsoft.nchwc", "com.ms.internal.nhwc"}

// Operators that open files or run what they hold.
var refusedOps = []string{"EPContext", "PyOp", "PythonOp"}

type reader struct {
	Header
	weights map[string]bool // names of initializers, which old files also list as inputs
	domains []string        // used by nodes
	local   []string        // of functions that the file itself defines
}

// Read reads a network's header and walks through all of it. It returns an
// error that says in a few words what is wrong where the file is truncated,
// is no ONNX file, keeps its weights in other files, wants operators from
// other libraries, or states sizes that cannot be.
func Read(r io.ReaderAt, size int64) (*Header, error) {
	if size > maxSize {
		return nil, errors.New("larger than 2 GiB")
	}
	rd := reader{weights: map[string]bool{}}
	if err := rd.model(message{w: &window{r: r}, end: size}); err != nil {
		return nil, err
	}
	for _, d := range rd.domains {
		if !slices.Contains(knownDomains, d) && !slices.Contains(rd.local, d) {
			return nil, fmt.Errorf("needs operators of %q, which are not part of ONNX Runtime", d)
		}
	}
	h := rd.Header
	h.Inputs = slices.DeleteFunc(h.Inputs, func(v Value) bool { return rd.weights[v.Name] })
	if h.IR == 0 || h.Opset <= 0 || h.Nodes == 0 || len(h.Inputs) == 0 || len(h.Outputs) == 0 {
		return nil, errors.New("not an ONNX network")
	}
	return &h, nil
}

// each calls do for every field of m.
func (m message) each(do func(f field) error) error {
	for {
		f, ok, err := m.next()
		if err != nil || !ok {
			return err
		}
		if err := do(f); err != nil {
			return err
		}
	}
}

// ModelProto
func (r *reader) model(m message) error {
	return m.each(func(f field) (err error) {
		switch {
		case f.num == 1 && f.wire == wireVarint:
			r.IR = int64(f.n)
		case f.num == 2 && f.wire == wireBytes:
			r.Producer, err = f.body.text(maxName)
		case f.num == 7 && f.wire == wireBytes:
			err = r.graph(f.body, true)
		case f.num == 8 && f.wire == wireBytes:
			err = r.opset(f.body)
		case f.num == 25 && f.wire == wireBytes:
			err = r.function(f.body)
		}
		return err
	})
}

// OperatorSetIdProto
func (r *reader) opset(m message) error {
	var domain string
	var version int64
	err := m.each(func(f field) (err error) {
		switch {
		case f.num == 1 && f.wire == wireBytes:
			domain, err = f.body.text(maxName)
		case f.num == 2 && f.wire == wireVarint:
			version = int64(f.n)
		}
		return err
	})
	if domain == "" || domain == "ai.onnx" {
		r.Opset = version
	}
	return err
}

// FunctionProto: operators that the file spells out itself.
func (r *reader) function(m message) error {
	return m.each(func(f field) error {
		switch {
		case f.num == 7 && f.wire == wireBytes:
			return r.node(f.body)
		case f.num == 10 && f.wire == wireBytes:
			d, err := f.body.text(maxName)
			r.local = append(r.local, d)
			return err
		}
		return nil
	})
}

// GraphProto; top is false for the bodies of If and Loop.
func (r *reader) graph(m message, top bool) error {
	return m.each(func(f field) error {
		if f.wire != wireBytes {
			return nil
		}
		switch f.num {
		case 1:
			return r.node(f.body)
		case 5:
			name, err := r.tensor(f.body)
			if top {
				r.weights[name] = true
			}
			return err
		case 11, 12:
			if !top {
				return nil
			}
			v, err := value(f.body)
			if err != nil {
				return err
			}
			to := &r.Inputs
			if f.num == 12 {
				to = &r.Outputs
			}
			if *to = append(*to, v); len(*to) > maxValues && f.num == 12 {
				return errors.New("too many outputs")
			}
		case 15:
			return r.sparse(f.body)
		}
		return nil
	})
}

// NodeProto
func (r *reader) node(m message) error {
	if r.Nodes++; r.Nodes > maxNodes {
		return errors.New("too many operators")
	}
	return m.each(func(f field) error {
		if f.wire != wireBytes {
			return nil
		}
		switch f.num {
		case 4:
			op, err := f.body.text(maxName)
			if slices.Contains(refusedOps, op) {
				return fmt.Errorf("operator %s opens other files", op)
			}
			return err
		case 5:
			return r.attribute(f.body)
		case 7:
			d, err := f.body.text(maxName)
			if !slices.Contains(r.domains, d) {
				r.domains = append(r.domains, d)
			}
			return err
		}
		return nil
	})
}

// AttributeProto
func (r *reader) attribute(m message) error {
	return m.each(func(f field) error {
		if f.wire != wireBytes {
			return nil
		}
		switch f.num {
		case 5, 10:
			_, err := r.tensor(f.body)
			return err
		case 6, 11:
			return r.graph(f.body, false)
		case 22, 23:
			return r.sparse(f.body)
		}
		return nil
	})
}

// SparseTensorProto
func (r *reader) sparse(m message) error {
	var dims []int64
	err := m.each(func(f field) (err error) {
		switch {
		case (f.num == 1 || f.num == 2) && f.wire == wireBytes:
			_, err = r.tensor(f.body)
		case f.num == 3:
			dims, err = f.ints(dims)
		}
		return err
	})
	if err != nil {
		return err
	}
	_, err = elements(dims)
	return err
}

// bits is the size of an element of each tensor type that states one.
var bits = map[int]int64{
	1: 32, 2: 8, 3: 8, 4: 16, 5: 16, 6: 32, 7: 64, 9: 8, 10: 16, 11: 64, 12: 32, 13: 64,
	14: 64, 15: 128, 16: 16, 17: 8, 18: 8, 19: 8, 20: 8, 21: 4, 22: 4, 23: 4,
}

// TensorProto
func (r *reader) tensor(m message) (name string, err error) {
	var dims []int64
	var kind, raw, other int64 = 0, -1, 0
	err = m.each(func(f field) (err error) {
		switch f.num {
		case 1:
			dims, err = f.ints(dims)
		case 2:
			kind = int64(f.n)
		case 8:
			name, err = f.body.text(maxName)
		case 9:
			raw = f.body.len()
		case 4, 5, 6, 7, 10, 11:
			other += max(f.body.len(), 1)
		case 13:
			return errors.New("keeps its weights in another file")
		case 14:
			if f.n != 0 {
				return errors.New("keeps its weights in another file")
			}
		}
		return err
	})
	if err != nil {
		return name, err
	}
	n, err := elements(dims)
	if err != nil {
		return name, err
	}
	if b, ok := bits[int(kind)]; ok && raw >= 0 && (n*b+7)/8 != raw {
		return name, fmt.Errorf("a weight of shape %v has %d bytes", dims, raw)
	}
	// Numbers that are not raw take at least a byte each.
	if raw < 0 && n > max(2*other, 1) && kind != 8 {
		return name, fmt.Errorf("a weight of shape %v has %d bytes", dims, other)
	}
	return name, nil
}

// elements returns the product of dims.
func elements(dims []int64) (int64, error) {
	n := int64(1)
	for _, d := range dims {
		if d < 0 || d > maxElements || n*d > maxElements {
			return 0, fmt.Errorf("a weight of shape %v", dims)
		}
		n *= d
	}
	return n, nil
}

// ValueInfoProto
func value(m message) (v Value, err error) {
	err = m.each(func(f field) (err error) {
		if f.wire != wireBytes {
			return nil
		}
		switch f.num {
		case 1:
			v.Name, err = f.body.text(maxName)
		case 2: // TypeProto
			err = f.body.each(func(f field) error {
				if f.num != 1 || f.wire != wireBytes {
					return nil
				}
				return f.body.each(func(f field) error { // TypeProto.Tensor
					switch {
					case f.num == 1 && f.wire == wireVarint:
						v.Type = int(f.n)
					case f.num == 2 && f.wire == wireBytes:
						v.Shape = []int64{}
						return f.body.each(func(f field) error { // TensorShapeProto
							if f.num != 1 || f.wire != wireBytes {
								return nil
							}
							if len(v.Shape) >= maxDims {
								return errors.New("too many dimensions")
							}
							d, err := dimension(f.body)
							v.Shape = append(v.Shape, d)
							return err
						})
					}
					return nil
				})
			})
		}
		return err
	})
	return v, err
}

// TensorShapeProto.Dimension
func dimension(m message) (int64, error) {
	d := int64(-1)
	err := m.each(func(f field) error {
		if f.num == 1 && f.wire == wireVarint {
			if d = int64(f.n); d <= 0 {
				d = -1
			}
		}
		return nil
	})
	return d, err
}

// String describes v as in "input float32[1 3 320 320]".
func (v Value) String() string {
	kind := map[int]string{Float32: "float32", Float16: "float16"}[v.Type]
	if kind == "" {
		kind = fmt.Sprintf("type %d ", v.Type)
	}
	return strings.TrimSpace(fmt.Sprintf("%s %s%v", v.Name, kind, v.Shape))
}
