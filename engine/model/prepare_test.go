package model

import (
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"testing"

	"kirinuki/engine/fault"
	"kirinuki/engine/infer"
)

func filled(w, h int, c color.Color) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.Set(x, y, c)
		}
	}
	return m
}

// Every kind of picture, at every size, keeps a single colour exactly.
func TestPrepareKeepsAColour(t *testing.T) {
	s := Spec{Name: "x", W: 32, H: 48, Mean: [3]float32{0.5, 0.25, 0}, Scale: [3]float32{0.5, 1, 2}}
	want := [3]float64{(204./255 - 0.5) / 0.5, 102./255 - 0.25, 51. / 255 / 2}
	deep := image.NewNRGBA64(image.Rect(0, 0, 90, 70))
	for i := range 90 * 70 {
		deep.Set(i%90, i/90, color.NRGBA64{204 * 257, 102 * 257, 51 * 257, 0xffff})
	}
	c := color.NRGBA{204, 102, 51, 255}
	moved := image.NewNRGBA(image.Rect(-7, 3, 60, 44))
	for y := 3; y < 44; y++ {
		for x := -7; x < 60; x++ {
			moved.Set(x, y, c)
		}
	}
	rgba := image.NewRGBA(image.Rect(0, 0, 33, 21))
	for i := range 33 * 21 {
		rgba.Set(i%33, i/33, c)
	}
	for name, img := range map[string]image.Image{
		"large": filled(333, 217, c), "small": filled(5, 3, c), "one pixel": filled(1, 1, c), "one row": filled(500, 1, c), "exact": filled(32, 48, c),
		"deep": deep, "moved": moved, "rgba": rgba,
	} {
		in := Prepare(&s, img)
		if len(in.Shape) != 4 || in.Shape[1] != 3 || in.Shape[2] != 48 || in.Shape[3] != 32 {
			t.Fatalf("%s: shape %v", name, in.Shape)
		}
		for i, v := range in.Data {
			if math.Abs(float64(v)-want[i/(32*48)]) > 2e-6 {
				t.Fatalf("%s: value %d is %v, want %v", name, i, v, want[i/(32*48)])
			}
		}
	}
}

// Whole-number shrinking is the plain average of each block.
func TestPrepareAverages(t *testing.T) {
	const k, w, h = 3, 20, 16
	img := image.NewNRGBA(image.Rect(0, 0, k*w, k*h))
	r := rand.New(rand.NewPCG(1, 2))
	for i := range img.Pix {
		img.Pix[i] = uint8(r.IntN(256))
	}
	for i := 3; i < len(img.Pix); i += 4 {
		img.Pix[i] = 255
	}
	s := Spec{W: w, H: h, Scale: one}
	in := Prepare(&s, img)
	for y := range h {
		for x := range w {
			for c := range 3 {
				sum := 0
				for dy := range k {
					for dx := range k {
						sum += int(img.Pix[img.PixOffset(x*k+dx, y*k+dy)+c])
					}
				}
				want := float64(sum) / (255 * k * k)
				if got := float64(in.Data[(c*h+y)*w+x]); math.Abs(got-want) > 1e-5 {
					t.Fatalf("(%d,%d) channel %d: %v, want %v", x, y, c, got, want)
				}
			}
		}
	}
}

// Shrinking by any factor keeps the mean, and a gradient stays where it is.
func TestPrepareKeepsPlaces(t *testing.T) {
	img := image.NewNRGBA(image.Rect(0, 0, 251, 97))
	for y := range 97 {
		for x := range 251 {
			img.SetNRGBA(x, y, color.NRGBA{uint8(x), uint8(2 * y), 0, 255})
		}
	}
	s := Spec{W: 64, H: 32, Scale: one}
	in := Prepare(&s, img)
	for y := 1; y < 31; y++ {
		for x := 1; x < 63; x++ {
			wantX := ((float64(x)+0.5)*251/64 - 0.5) / 255
			wantY := 2 * ((float64(y)+0.5)*97/32 - 0.5) / 255
			gotX, gotY := float64(in.Data[y*64+x]), float64(in.Data[(32+y)*64+x])
			if math.Abs(gotX-wantX) > 1e-4 || math.Abs(gotY-wantY) > 1e-4 {
				t.Fatalf("(%d,%d): %v %v, want %v %v", x, y, gotX, gotY, wantX, wantY)
			}
		}
	}
}

func TestPreparePutsTransparencyOnGrey(t *testing.T) {
	s := Spec{W: 16, H: 16, Scale: one}
	for a, want := range map[uint8]float64{0: 0.5, 255: 1, 51: 0.2 + 0.8*0.5} {
		in := Prepare(&s, filled(64, 64, color.NRGBA{255, 255, 255, a}))
		if math.Abs(float64(in.Data[100])-want) > 1e-5 {
			t.Errorf("alpha %d: %v, want %v", a, in.Data[100], want)
		}
	}
}

func TestPrepareByThePeak(t *testing.T) {
	s := Spec{W: 16, H: 16, Scale: one, Peak: true}
	if in := Prepare(&s, filled(20, 20, color.NRGBA{100, 50, 0, 255})); in.Data[0] != 1 || in.Data[256] != 0.5 || in.Data[512] != 0 {
		t.Errorf("%v %v %v", in.Data[0], in.Data[256], in.Data[512])
	}
	for _, v := range Prepare(&s, filled(20, 20, color.Black)).Data {
		if v != 0 {
			t.Fatal("black is not zero")
		}
	}
}

func TestPrepareIsDeterministic(t *testing.T) {
	img := image.NewNRGBA(image.Rect(0, 0, 617, 433))
	r := rand.New(rand.NewPCG(3, 4))
	for i := range img.Pix {
		img.Pix[i] = uint8(r.IntN(256))
	}
	s := Spec{W: 101, H: 99, Mean: imageNetMean, Scale: imageNetDev, Peak: true}
	first := Prepare(&s, img)
	for range 5 {
		for i, v := range Prepare(&s, img).Data {
			if v != first.Data[i] {
				t.Fatalf("value %d differs", i)
			}
		}
	}
}

// A mask made on the letterboxed input comes back over the picture.
func TestFitsComeBack(t *testing.T) {
	for _, fit := range []Fit{Stretch, Letterbox, Shorter} {
		for _, size := range []image.Point{{400, 100}, {100, 400}, {64, 64}, {37, 1000}, {1, 1}} {
			s := Spec{Name: "x", W: 64, H: 64, Scale: one, Fit: fit}
			img := image.NewNRGBA(image.Rectangle{Max: size})
			for y := range size.Y {
				for x := range size.X {
					c := color.NRGBA{255, 0, 0, 255}
					if x < size.X/2 {
						c = color.NRGBA{0, 0, 0, 255}
					}
					img.SetNRGBA(x, y, c)
				}
			}
			in := Prepare(&s, img)
			h, w := int(in.Shape[2]), int(in.Shape[3])
			if fit == Shorter && (w%32 != 0 || h%32 != 0) || fit != Shorter && (w != 64 || h != 64) {
				t.Errorf("%s %v: shape %v", fit, size, in.Shape)
			}
			out := infer.Tensor{Shape: []int64{1, 1, in.Shape[2], in.Shape[3]}, Data: in.Data[:w*h]}
			m, err := Finish(&s, out, size)
			if err != nil {
				t.Fatal(err)
			}
			if len(m.P) != m.W*m.H {
				t.Fatalf("%s %v: %dx%d with %d values", fit, size, m.W, m.H, len(m.P))
			}
			if size.X < 64 {
				continue
			}
			row := m.P[m.H/2*m.W:][:m.W]
			if l, r := row[m.W/4], row[m.W-1-m.W/4]; l > 0.02 || r < 0.98 {
				t.Errorf("%s %v: %v on the left, %v on the right", fit, size, l, r)
			}
			if first, last := m.P[0], m.P[len(m.P)-1]; first > 0.02 || last < 0.98 {
				t.Errorf("%s %v: corners %v and %v", fit, size, first, last)
			}
		}
	}
}

func TestFinishActivations(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for _, c := range []struct {
		what      Activation
		out, want []float32
	}{
		{None, []float32{0, 0.25, 1, 2}, []float32{0, 0.25, 1, 1}},
		{"", []float32{-1, 0.25, nan, inf}, []float32{0, 0.25, 0, 0}},
		{Sigmoid, []float32{0, 100, -100, 1}, []float32{0.5, 1, 0, 0.7310586}},
		{MinMax, []float32{1, 2, 3, 5}, []float32{0, 0.25, 0.5, 1}},
		{MinMax, []float32{0.01, 0.02, 0, 0.01}, []float32{0.01, 0.02, 0, 0.01}}, // it saw nothing
		{MinMax, []float32{0.7, 0.7, 0.7, 0.7}, []float32{0.7, 0.7, 0.7, 0.7}},
	} {
		s := Spec{Name: "x", W: 16, H: 16, Activation: c.what}
		m, err := Finish(&s, infer.Tensor{Shape: []int64{1, 1, 2, 2}, Data: c.out}, image.Pt(9, 9))
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range m.P {
			if math.Abs(float64(v-c.want[i])) > 1e-6 {
				t.Errorf("%s of %v: %v, want %v", c.what, c.out, m.P, c.want)
				break
			}
		}
	}
}

func TestFinishRefuses(t *testing.T) {
	s := Spec{Name: "x", W: 16, H: 16}
	nan := float32(math.NaN())
	for _, out := range []infer.Tensor{
		{}, {Shape: []int64{4}, Data: make([]float32, 4)}, {Shape: []int64{1, 1, 1, 1}, Data: make([]float32, 1)},
		{Shape: []int64{1, 1, 8, 8}, Data: make([]float32, 3)}, {Shape: []int64{1, 1, -8, 8}}, {Shape: []int64{1 << 40, 1 << 40}},
		{Shape: []int64{2, 2}, Data: []float32{nan, nan, nan, 0}},
	} {
		if m, err := Finish(&s, out, image.Pt(5, 5)); fault.Of(err) != fault.BadModel || err == nil {
			t.Errorf("shape %v: %v %v", out.Shape, m, err)
		}
	}
}

func BenchmarkPrepare12MP(b *testing.B) {
	img := image.NewNRGBA(image.Rect(0, 0, 4000, 3000))
	for i := range img.Pix {
		img.Pix[i] = uint8(i*31 + i>>9)
	}
	for i := 3; i < len(img.Pix); i += 4 {
		img.Pix[i] = 255
	}
	s, _ := known("isnet")
	for b.Loop() {
		Prepare(&s, img)
	}
}

func BenchmarkPrepare12MPDeep(b *testing.B) {
	img := image.NewNRGBA64(image.Rect(0, 0, 4000, 3000))
	for i := range img.Pix {
		img.Pix[i] = uint8(i*31 + i>>9)
	}
	s, _ := known("isnet")
	for b.Loop() {
		Prepare(&s, img)
	}
}
