//go:build cgo

package infer_test

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"kirinuki/engine/fault"
	"kirinuki/engine/infer"
	"kirinuki/engine/infer/infertest"
	"kirinuki/engine/model/onnx/onnxtest"
)

func open(t testing.TB, n onnxtest.Net, change func(*infer.Config)) *infer.Session {
	t.Helper()
	c := infer.Config{Library: infertest.Library(t), Name: "red", Model: n.Bytes()}
	if change != nil {
		change(&c)
	}
	s, err := infer.Open(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// picture is a tensor whose left half is red and whose right half is blue.
func picture(w, h int) infer.Tensor {
	t := infer.Tensor{Shape: []int64{1, 3, int64(h), int64(w)}, Data: make([]float32, 3*w*h)}
	for y := range h {
		for x := range w {
			c := 0
			if x >= w/2 {
				c = 2
			}
			t.Data[c*w*h+y*w+x] = 1
		}
	}
	return t
}

// checkRed holds that the left half is subject and the right half is not.
func checkRed(t *testing.T, out infer.Tensor, w, h int, tolerance float64) {
	t.Helper()
	if got := fmt.Sprint(out.Shape); got != fmt.Sprint([]int{1, 1, h, w}) {
		t.Fatalf("output shape %s", got)
	}
	for i, v := range out.Data {
		want := 1.0
		if i%w >= w/2 {
			want = 0
		}
		if math.Abs(float64(v)-want) > tolerance {
			t.Fatalf("pixel %d is %v, want %v", i, v, want)
		}
	}
}

func TestRunFindsRed(t *testing.T) {
	for _, c := range []struct {
		name string
		net  onnxtest.Net
		w, h int
	}{
		{"fixed size", onnxtest.Net{W: 40, H: 24}, 40, 24},
		{"frugal", onnxtest.Net{W: 40, H: 24}, 40, 24},
		{"open size", onnxtest.Net{Dynamic: true}, 64, 48},
		{"half precision", onnxtest.Net{W: 40, H: 24, Half: true}, 40, 24},
		{"half precision, open size", onnxtest.Net{Dynamic: true, Half: true}, 24, 56},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := open(t, c.net, func(config *infer.Config) { config.Frugal = c.name == "frugal" })
			out, err := s.Run(context.Background(), picture(c.w, c.h))
			if err != nil {
				t.Fatal(err)
			}
			checkRed(t, out, c.w, c.h, 1e-3)
		})
	}
}

func TestRunFromFile(t *testing.T) {
	library := infertest.Library(t)
	file := filepath.Join(t.TempDir(), "赤 red.onnx")
	if err := os.WriteFile(file, onnxtest.Net{}.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := infer.Open(infer.Config{Library: library, Path: file, Input: onnxtest.Input, Output: onnxtest.Output})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	out, err := s.Run(context.Background(), picture(32, 32))
	if err != nil {
		t.Fatal(err)
	}
	checkRed(t, out, 32, 32, 1e-3)
}

func TestRunTwiceGivesTheSameBytes(t *testing.T) {
	s := open(t, onnxtest.Net{W: 64, Layers: 4}, nil)
	in := picture(64, 64)
	first, err := s.Run(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		again, err := s.Run(context.Background(), in)
		if err != nil {
			t.Fatal(err)
		}
		for i := range first.Data {
			if math.Float32bits(first.Data[i]) != math.Float32bits(again.Data[i]) {
				t.Fatalf("value %d is %v, then %v", i, first.Data[i], again.Data[i])
			}
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	library := infertest.Library(t)
	good := onnxtest.Net{}.Bytes()
	dir := t.TempDir()
	for _, c := range []struct {
		name   string
		config infer.Config
		want   fault.Kind
	}{
		{"nothing", infer.Config{Model: []byte{}}, fault.BadModel},
		{"text", infer.Config{Model: []byte("this is no network")}, fault.BadModel},
		{"a cut file", infer.Config{Model: good[:len(good)/2]}, fault.BadModel},
		{"no file", infer.Config{Path: filepath.Join(dir, "none.onnx")}, fault.NotFound},
		{"a folder", infer.Config{Path: dir}, fault.NotAFile},
		{"weights outside", infer.Config{Model: onnxtest.Net{External: "../../secret"}.Bytes()}, fault.BadModel},
		{"operators from elsewhere", infer.Config{Model: onnxtest.Net{Domain: "evil.ops", Op: "Run"}.Bytes()}, fault.BadModel},
		{"an operator that does not exist", infer.Config{Model: onnxtest.Net{Op: "NoSuchThing"}.Bytes()}, fault.BadModel},
		{"a weight that claims to be huge", infer.Config{Model: onnxtest.Net{Dims: []int64{1 << 20, 1 << 20, 1, 1}}.Bytes()}, fault.BadModel},
		{"another input", infer.Config{Model: good, Input: "image"}, fault.BadModel},
		{"another output", infer.Config{Model: good, Output: "alpha"}, fault.BadModel},
		{"an unknown device", infer.Config{Model: good, Device: "abacus"}, fault.NoDevice},
	} {
		c.config.Library, c.config.Name = library, "x"
		s, err := infer.Open(c.config)
		if err == nil {
			s.Close()
		}
		if fault.Of(err) != c.want || err == nil {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

func TestRunRefuses(t *testing.T) {
	s := open(t, onnxtest.Net{}, nil)
	for _, in := range []infer.Tensor{
		{},
		{Shape: []int64{1, 3, 32, 32}, Data: make([]float32, 5)},
		{Shape: []int64{1, 3, -32, -32}, Data: make([]float32, 3*32*32)},
		{Shape: []int64{1 << 40, 1 << 40}, Data: nil},
		picture(16, 16), // a size the network does not take
	} {
		if out, err := s.Run(context.Background(), in); err == nil {
			t.Errorf("shape %v gave %v", in.Shape, out.Shape)
		}
	}
	// and still works
	if _, err := s.Run(context.Background(), picture(32, 32)); err != nil {
		t.Error(err)
	}
	s.Close()
	s.Close()
	if _, err := s.Run(context.Background(), picture(32, 32)); err == nil {
		t.Error("runs after Close")
	}
}

func TestRunOutOfMemory(t *testing.T) {
	s := open(t, onnxtest.Net{Grow: 1 << 45}, nil)
	_, err := s.Run(context.Background(), picture(32, 32))
	if fault.Of(err) != fault.OutOfMemory {
		t.Errorf("got %v", err)
	}
}

func TestCancelStopsARun(t *testing.T) {
	// Many small steps, each fast, all of them slow.
	s := open(t, onnxtest.Net{W: 512, Layers: 60}, nil)
	in := picture(512, 512)
	ctx, cancel := context.WithCancel(context.Background())
	var at time.Time
	time.AfterFunc(100*time.Millisecond, func() { at = time.Now(); cancel() })
	_, err := s.Run(ctx, in)
	late := time.Since(at)
	if fault.Of(err) != fault.Cancelled || err == nil {
		t.Fatalf("got %v", err)
	}
	if late > 500*time.Millisecond {
		t.Errorf("stopped %v after the cancel", late)
	}
	// The session is as good as new.
	small := open(t, onnxtest.Net{}, nil)
	if _, err := small.Run(context.Background(), picture(32, 32)); err != nil {
		t.Error(err)
	}
}

func TestCancelWhileWaiting(t *testing.T) {
	s := open(t, onnxtest.Net{}, nil)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := s.Run(ctx, picture(32, 32)); fault.Of(err) != fault.Cancelled {
		t.Errorf("got %v", err)
	}
}

func TestConcurrentRunsAndClose(t *testing.T) {
	s := open(t, onnxtest.Net{W: 64, Layers: 2}, nil)
	want, err := s.Run(context.Background(), picture(64, 64))
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 5 {
				out, err := s.Run(context.Background(), picture(64, 64))
				if err != nil {
					if !strings.Contains(err.Error(), "closed") {
						t.Error(err)
					}
					return
				}
				if out.Data[7] != want.Data[7] {
					t.Error("another answer")
				}
			}
		})
	}
	wg.Go(func() { s.Close() })
	wg.Wait()
}
