// Package onnxtest writes small ONNX networks, good and hostile ones, for
// tests. The good ones find what is red: mask = sigmoid(20*(red - blue)).
package onnxtest

import (
	"encoding/binary"
	"math"
)

// Net describes a network. The zero value takes pictures of 32 x 32.
type Net struct {
	W, H    int  // 0 is 32
	Dynamic bool // height and width are left open
	Half    bool // input, weights and output in half precision
	Layers  int  // 3x3 convolutions of 16 channels before the last, for something to compute
	Logits  bool // no sigmoid at the end

	// What makes a file hostile:
	External string  // the weights lie in this other file
	Domain   string  // the last operator comes from this domain
	Op       string  // ... and is called this
	Channels int64   // the input's channels; 0 is 3
	Dims     []int64 // the first weight claims this shape
	Grow     int64   // a constant of that many numbers is made and summed up while running
}

// Names of the input and the output.
const (
	Input  = "picture"
	Output = "mask"
)

// Bytes returns the file.
func (n Net) Bytes() []byte {
	w, h, c := n.W, n.H, n.Channels
	if w == 0 {
		w = 32
	}
	if h == 0 {
		h = w
	}
	if c == 0 {
		c = 3
	}
	kind := 1
	if n.Half {
		kind = 10
	}
	var graph message
	last, channels := Input, 3
	for i := range n.Layers {
		name := "w" + string(rune('0'+i/10)) + string(rune('0'+i%10))
		weights := make([]float32, 16*channels*9)
		for k := range weights {
			weights[k] = float32((k*7919+i*31)%101-50) / 400
		}
		graph.bytes(5, n.tensor(name, kind, []int64{16, int64(channels), 3, 3}, weights))
		graph.bytes(1, node("Conv", "", []string{last, name}, "h"+name, ints("pads", 1, 1, 1, 1)))
		graph.bytes(1, node("Tanh", "", []string{"h" + name}, "a"+name))
		last, channels = "a"+name, 16
	}
	weights := make([]float32, channels)
	weights[0], weights[2] = 20, -20
	dims := n.Dims
	if dims == nil {
		dims = []int64{1, int64(channels), 1, 1}
	}
	graph.bytes(5, n.tensor("w", kind, dims, weights))
	graph.bytes(1, node("Conv", "", []string{last, "w"}, "logits"))
	last = "logits"
	if n.Grow > 0 {
		shape := message{}
		shape.packed(1, 1)
		shape.varint(2, 7) // int64
		shape.text(8, "grow")
		shape.bytes(9, binary.LittleEndian.AppendUint64(nil, uint64(n.Grow)))
		graph.bytes(5, shape)
		// The length depends on the input, so that it cannot be folded away.
		graph.bytes(1, node("Shape", "", []string{Input}, "size"))
		graph.bytes(1, node("ReduceMin", "", []string{"size"}, "one", ints("axes", 0), integer("keepdims", 1)))
		graph.bytes(1, node("Mul", "", []string{"one", "grow"}, "length"))
		graph.bytes(1, node("ConstantOfShape", "", []string{"length"}, "huge"))
		graph.bytes(1, node("ReduceMax", "", []string{"huge"}, "top", integer("keepdims", 0)))
		graph.bytes(1, node("Add", "", []string{last, "top"}, "grown"))
		last = "grown"
	}
	op := "Sigmoid"
	switch {
	case n.Op != "":
		op = n.Op
	case n.Logits:
		op = "Identity"
	}
	graph.bytes(1, node(op, n.Domain, []string{last}, Output))
	graph.text(2, "red")
	hw := []int64{1, c, int64(h), int64(w)}
	out := []int64{1, 1, int64(h), int64(w)}
	if n.Dynamic {
		hw[2], hw[3], out[2], out[3] = -1, -1, -1, -1
	}
	graph.bytes(11, value(Input, kind, hw))
	graph.bytes(12, value(Output, kind, out))

	var model message
	model.varint(1, 8)
	model.text(2, "kirinuki tests")
	model.bytes(7, graph)
	var opset message
	opset.varint(2, 13)
	model.bytes(8, opset)
	if n.Domain != "" {
		opset = nil
		opset.text(1, n.Domain)
		opset.varint(2, 1)
		model.bytes(8, opset)
	}
	return model
}

func (n Net) tensor(name string, kind int, dims []int64, values []float32) message {
	var t message
	t.packed(1, dims...)
	t.varint(2, uint64(kind))
	t.text(8, name)
	if n.External != "" {
		var kv message
		kv.text(1, "location")
		kv.text(2, n.External)
		t.bytes(13, kv)
		t.varint(14, 1)
		return t
	}
	var raw []byte
	for _, v := range values {
		if kind == 10 {
			raw = binary.LittleEndian.AppendUint16(raw, half(v))
		} else {
			raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
		}
	}
	t.bytes(9, raw)
	return t
}

// half truncates to half precision; good enough for normal numbers and zero.
func half(v float32) uint16 {
	b := math.Float32bits(v)
	if v > -1e-4 && v < 1e-4 {
		return 0
	}
	return uint16(b>>16&0x8000 | (b>>13&0x3ffff - 112<<10))
}

// message is a protocol buffer being written.
type message []byte

func (m *message) varint(field int, v uint64) {
	*m = binary.AppendUvarint(*m, uint64(field)<<3)
	*m = binary.AppendUvarint(*m, v)
}

func (m *message) bytes(field int, b []byte) {
	*m = binary.AppendUvarint(*m, uint64(field)<<3|2)
	*m = binary.AppendUvarint(*m, uint64(len(b)))
	*m = append(*m, b...)
}

func (m *message) text(field int, s string) { m.bytes(field, []byte(s)) }

func (m *message) packed(field int, v ...int64) {
	var b []byte
	for _, x := range v {
		b = binary.AppendUvarint(b, uint64(x))
	}
	m.bytes(field, b)
}

func node(op, domain string, in []string, out string, attributes ...message) message {
	var n message
	for _, s := range in {
		n.text(1, s)
	}
	n.text(2, out)
	n.text(3, out)
	n.text(4, op)
	for _, a := range attributes {
		n.bytes(5, a)
	}
	if domain != "" {
		n.text(7, domain)
	}
	return n
}

func ints(name string, v ...int64) message {
	var a message
	a.text(1, name)
	for _, x := range v {
		a.varint(8, uint64(x))
	}
	a.varint(20, 7) // INTS
	return a
}

func integer(name string, v int64) message {
	var a message
	a.text(1, name)
	a.varint(3, uint64(v))
	a.varint(20, 2) // INT
	return a
}

func value(name string, kind int, shape []int64) message {
	var dims, tensor, typ, v message
	for _, d := range shape {
		var dim message
		if d > 0 {
			dim.varint(1, uint64(d))
		} else {
			dim.text(2, "n")
		}
		dims.bytes(1, dim)
	}
	tensor.varint(1, uint64(kind))
	tensor.bytes(2, dims)
	typ.bytes(1, tensor)
	v.text(1, name)
	v.bytes(2, typ)
	return v
}
