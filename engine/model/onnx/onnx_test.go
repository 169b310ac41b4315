package onnx_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"kirinuki/engine/model/onnx"
	"kirinuki/engine/model/onnx/onnxtest"
)

func read(b []byte) (*onnx.Header, error) { return onnx.Read(bytes.NewReader(b), int64(len(b))) }

func TestReadSaysWhatAFileHolds(t *testing.T) {
	for _, c := range []struct {
		net     onnxtest.Net
		in, out string
		nodes   int
	}{
		{onnxtest.Net{}, "picture float32[1 3 32 32]", "mask float32[1 1 32 32]", 2},
		{onnxtest.Net{W: 40, H: 24, Layers: 3}, "picture float32[1 3 24 40]", "mask float32[1 1 24 40]", 8},
		{onnxtest.Net{Dynamic: true, Half: true}, "picture float16[1 3 -1 -1]", "mask float16[1 1 -1 -1]", 2},
	} {
		h, err := read(c.net.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if h.IR != 8 || h.Opset != 13 || h.Producer != "kirinuki tests" || h.Nodes != c.nodes ||
			fmt.Sprint(h.Inputs) != "["+c.in+"]" || fmt.Sprint(h.Outputs) != "["+c.out+"]" {
			t.Errorf("%+v", h)
		}
	}
}

func TestReadRefusesHostileFiles(t *testing.T) {
	good := onnxtest.Net{Layers: 2}.Bytes()
	for _, c := range []struct {
		name string
		file []byte
		want string
	}{
		{"nothing", nil, "not an ONNX"},
		{"text", []byte("not a network, but a text of some length"), ""},
		{"zeros", make([]byte, 1000), ""},
		{"weights outside", onnxtest.Net{External: "../../../etc/passwd"}.Bytes(), "another file"},
		{"weights beside", onnxtest.Net{External: "weights.bin"}.Bytes(), "another file"},
		{"operators of a library", onnxtest.Net{Domain: "ai.onnx.contrib", Op: "BlingFire"}.Bytes(), "ai.onnx.contrib"},
		{"an operator that reads files", onnxtest.Net{Domain: "com.microsoft", Op: "EPContext"}.Bytes(), "opens other files"},
		{"a weight larger than its bytes", onnxtest.Net{Dims: []int64{1 << 20, 1 << 10, 1, 1}}.Bytes(), "shape"},
		{"a weight of overflowing shape", onnxtest.Net{Dims: []int64{1 << 33, 1 << 33, 1 << 33}}.Bytes(), "shape"},
		{"a weight of negative shape", onnxtest.Net{Dims: []int64{-4, 4}}.Bytes(), "shape"},
		{"a weight of many dimensions", onnxtest.Net{Dims: make([]int64, 100)}.Bytes(), "dimensions"},
		{"nested without end", nested(100_000), "nested"},
		{"a field of number zero", []byte{0x02, 0x00}, "field"},
		{"a length beyond the end", append([]byte{7<<3 | 2}, binary.AppendUvarint(nil, 1<<62)...), "truncated"},
		{"an endless number", bytes.Repeat([]byte{0xff}, 50), "truncated"},
	} {
		h, err := read(c.file)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, %v", c.name, h, err)
		}
	}
	for cut := range len(good) {
		if cut%7 != 0 && cut < len(good)-64 {
			continue
		}
		if h, err := read(good[:cut]); err == nil {
			t.Errorf("cut at %d of %d: %+v", cut, len(good), h)
		}
	}
	if _, err := onnx.Read(bytes.NewReader(good), 3<<30); err == nil {
		t.Error("a file larger than a protocol buffer can be")
	}
}

// nested is graphs in attributes in graphs.
func nested(depth int) []byte {
	var b []byte
	wrap := func(field int) {
		head := binary.AppendUvarint(nil, uint64(field)<<3|2)
		head = binary.AppendUvarint(head, uint64(len(b)))
		b = append(head, b...)
		if len(b) > 1<<16 {
			b = b[:1<<16]
		}
	}
	for range min(depth, 200) {
		wrap(6) // AttributeProto.g
		wrap(5) // NodeProto.attribute
		wrap(1) // GraphProto.node
	}
	wrap(7)
	return b
}

// A large file is read without loading it.
type hollow struct {
	head, tail []byte
	size       int64
}

func (h hollow) ReadAt(p []byte, off int64) (int, error) {
	clear(p)
	if off < int64(len(h.head)) {
		copy(p, h.head[off:])
	}
	if from := h.size - int64(len(h.tail)) - off; from < int64(len(p)) {
		copy(p[max(from, 0):], h.tail[max(-from, 0):])
	}
	return len(p), nil
}

func TestReadSkipsWeights(t *testing.T) {
	// A metadata field of nearly 2 GB, then the network.
	net := onnxtest.Net{}.Bytes()
	const hole = 2<<30 - 1<<20
	head := append([]byte{14<<3 | 2}, binary.AppendUvarint(nil, hole)...)
	size := int64(len(head)) + hole + int64(len(net))
	n := testing.AllocsPerRun(1, func() {
		h, err := onnx.Read(hollow{head, net, size}, size)
		if err != nil || h.Nodes != 2 {
			t.Fatalf("%+v %v", h, err)
		}
	})
	if n > 200 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzRead(f *testing.F) {
	for _, n := range []onnxtest.Net{{}, {Layers: 1, Half: true}, {External: "x"}, {Domain: "d", Op: "o"}, {Grow: 9}, {Dims: []int64{1 << 40}}} {
		f.Add(n.Bytes())
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		h, err := read(b)
		if err != nil {
			return
		}
		if len(h.Inputs) == 0 || len(h.Outputs) == 0 || h.Nodes == 0 {
			t.Errorf("%+v", h)
		}
		for _, v := range append(h.Inputs, h.Outputs...) {
			for _, d := range v.Shape {
				if d == 0 || d < -1 {
					t.Errorf("%v", v)
				}
			}
		}
	})
}
