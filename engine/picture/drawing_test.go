package picture_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	. "kirinuki/engine/picture"
)

// The drawing that all of testdata shows; testdata/seeds.go made it from the
// same words.
const width, height = 23, 17

func at(x, y int) color.NRGBA {
	return color.NRGBA{uint8(x / 2 * 20), uint8(y / 2 * 30), uint8(200 - x/2*9), uint8(255 - x/2*11 - y/2*16)}
}

func opaque(x, y int) color.NRGBA { c := at(x, y); c.A = 255; return c }

func grey(x, y int) color.NRGBA { v := at(x, y).R; return color.NRGBA{v, v, v, 255} }

func greyAlpha(x, y int) color.NRGBA { c := at(x, y); return color.NRGBA{c.R, c.R, c.R, c.A} }

// cut has pixels that are there or not.
func cut(x, y int) color.NRGBA {
	c := at(x, y)
	if c.A < 128 {
		return color.NRGBA{}
	}
	c.A = 255
	return c
}

func bilevel(x, y int) color.NRGBA {
	if at(x, y).R < 128 {
		return color.NRGBA{0, 0, 0, 255}
	}
	return color.NRGBA{255, 255, 255, 255}
}

func deep(x, y int) color.NRGBA64 {
	c := at(x, y)
	return color.NRGBA64{uint16(c.R)<<8 + 17, uint16(c.G)<<8 + 33, uint16(c.B)<<8 + 65, 0xffff}
}

func deepAlpha(x, y int) color.NRGBA64 {
	c := deep(x, y)
	c.A = uint16(at(x, y).A)<<8 + 7
	return c
}

func deepGrey(x, y int) color.NRGBA64 {
	v := uint16(at(x, y).R)<<8 + 17
	return color.NRGBA64{v, v, v, 0xffff}
}

// decode decodes a file of testdata.
func decode(t testing.TB, name string) *Picture {
	t.Helper()
	p, err := DecodeFile(filepath.Join("testdata", name), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// read returns a file of testdata.
func read(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// seeds are the pictures of testdata.
func seeds(t testing.TB) []string {
	t.Helper()
	var names []string
	for _, ext := range []string{"jpg", "png", "gif", "bmp", "tif", "webp"} {
		m, err := filepath.Glob("testdata/*." + ext)
		if err != nil || len(m) == 0 {
			t.Fatalf("no %s in testdata: %v", ext, err)
		}
		for _, path := range m {
			names = append(names, filepath.Base(path))
		}
	}
	return names
}

// worst returns the largest difference between the channels of two images of
// 8 bits.
func worst(t testing.TB, a, b image.Image) int {
	t.Helper()
	m, n := a.(*image.NRGBA), b.(*image.NRGBA)
	if m.Rect != n.Rect {
		t.Fatalf("%v is not %v", m.Rect, n.Rect)
	}
	w := 0
	for i := range m.Pix {
		w = max(w, int(m.Pix[i])-int(n.Pix[i]), int(n.Pix[i])-int(m.Pix[i]))
	}
	return w
}

// render draws 8 bits.
func render(f func(x, y int) color.NRGBA) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			m.SetNRGBA(x, y, f(x, y))
		}
	}
	return m
}

// render64 draws 16 bits.
func render64(f func(x, y int) color.NRGBA64) *image.NRGBA64 {
	m := image.NewNRGBA64(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			m.SetNRGBA64(x, y, f(x, y))
		}
	}
	return m
}

// allocated returns how many bytes f allocates.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// zipped returns n zeros as zlib makes them small.
func zipped(n int) []byte {
	var buf bytes.Buffer
	z := zlib.NewWriter(&buf)
	z.Write(make([]byte, n))
	z.Close()
	return buf.Bytes()
}

// pngChunk makes a chunk.
func pngChunk(name string, data []byte) []byte {
	p := append(binary.BigEndian.AppendUint32(nil, uint32(len(data))), name...)
	p = append(p, data...)
	return binary.BigEndian.AppendUint32(p, crc32.ChecksumIEEE(p[4:]))
}
