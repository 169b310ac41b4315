package worker

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"unsafe"

	"kirinuki/engine/infer"
)

func le32(b []byte) uint32 { return binary.LittleEndian.Uint32(b) }

// writeFrame writes one frame; the payload may come in parts.
func writeFrame(w io.Writer, k kind, id uint32, parts ...[]byte) error {
	size := 0
	for _, p := range parts {
		size += len(p)
	}
	if uint64(size) > uint64(k.limit()) {
		return fmt.Errorf("%w: %d bytes to send", errProtocol, size)
	}
	head := make([]byte, 0, headerSize)
	head = append(head, byte(k))
	head = binary.LittleEndian.AppendUint32(head, id)
	head = binary.LittleEndian.AppendUint32(head, uint32(size))
	for _, p := range append([][]byte{head}, parts...) {
		if len(p) == 0 {
			continue
		}
		if _, err := w.Write(p); err != nil {
			return err
		}
	}
	return nil
}

func writeJSON(w io.Writer, k kind, id uint32, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return writeFrame(w, k, id, text)
}

func readBytes(r io.Reader, h header) ([]byte, error) {
	b := make([]byte, h.size)
	_, err := io.ReadFull(r, b)
	return b, err
}

func readJSON(r io.Reader, h header, v any) error {
	b, err := readBytes(r, h)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(b, v); err != nil {
		return fmt.Errorf("%w: %w", errProtocol, err)
	}
	return nil
}

func writeTensor(w io.Writer, k kind, id uint32, t infer.Tensor) error {
	shape := []byte{byte(len(t.Shape))}
	for _, d := range t.Shape {
		shape = binary.LittleEndian.AppendUint64(shape, uint64(d))
	}
	return writeFrame(w, k, id, shape, toBytes(t.Data))
}

// readTensor reads a frame's payload as a tensor. The numbers may be
// anything, NaN too; the shape fits them.
func readTensor(r io.Reader, h header) (infer.Tensor, error) {
	bad := func(what string) (infer.Tensor, error) {
		return infer.Tensor{}, fmt.Errorf("%w: a tensor %s", errProtocol, what)
	}
	var dims [1]byte
	if h.size < 1 {
		return bad("without a shape")
	}
	if _, err := io.ReadFull(r, dims[:]); err != nil {
		return infer.Tensor{}, err
	}
	n := int(dims[0])
	if n > 8 || h.size < uint32(1+8*n) {
		return bad("with a cut shape")
	}
	shape := make([]byte, 8*n)
	if _, err := io.ReadFull(r, shape); err != nil {
		return infer.Tensor{}, err
	}
	t := infer.Tensor{Shape: make([]int64, n)}
	for i := range t.Shape {
		t.Shape[i] = int64(binary.LittleEndian.Uint64(shape[8*i:]))
	}
	count, err := infer.Count(t.Shape)
	if err != nil || uint32(1+8*n+4*count) != h.size {
		return bad("whose shape does not fit")
	}
	t.Data = make([]float32, count)
	return t, readFloats(r, t.Data)
}

var littleEndian = binary.NativeEndian.Uint16([]byte{1, 0}) == 1

// toBytes returns the numbers' bytes, without a copy where the machine keeps
// them as the protocol does.
func toBytes(f []float32) []byte {
	if len(f) == 0 {
		return nil
	}
	if littleEndian {
		return unsafe.Slice((*byte)(unsafe.Pointer(&f[0])), 4*len(f))
	}
	b := make([]byte, 0, 4*len(f))
	for _, v := range f {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	return b
}

func readFloats(r io.Reader, f []float32) error {
	if littleEndian {
		_, err := io.ReadFull(r, toBytes(f))
		return err
	}
	b := make([]byte, 4*len(f))
	if _, err := io.ReadFull(r, b); err != nil {
		return err
	}
	for i := range f {
		f[i] = math.Float32frombits(le32(b[4*i:]))
	}
	return nil
}
