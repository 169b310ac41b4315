package matte

import (
	"image"
	"math"
	"testing"
)

func TestComponents(t *testing.T) {
	a := image.NewGray(image.Rect(0, 0, 8, 5))
	rows := []string{
		"##....#.",
		"##...#..",
		"......#.",
		"#.#.....",
		".#...-..",
	}
	for y, row := range rows {
		for x, c := range row {
			switch c {
			case '#':
				a.Pix[y*8+x] = 255
			case '-':
				a.Pix[y*8+x] = 12 // too faint
			}
		}
	}
	l := Components(a)
	if len(l.Parts) != 3 {
		t.Fatalf("%d parts: %+v", len(l.Parts), l.Parts)
	}
	if l.Parts[0].Area != 4 || l.Parts[0].Bounds != image.Rect(0, 0, 2, 2) || l.Parts[1].Area != 3 || l.Parts[2].Area != 3 {
		t.Errorf("parts %+v", l.Parts)
	}
	// Diagonal neighbours hang together; equal areas keep reading order.
	if l.At(6, 0) != 2 || l.At(5, 1) != 2 || l.At(6, 2) != 2 || l.At(0, 3) != 3 || l.At(1, 4) != 3 || l.At(2, 3) != 3 {
		t.Errorf("labels %v", l.ID)
	}
	if l.At(5, 4) != 0 || l.At(-1, 0) != 0 || l.At(0, 5) != 0 {
		t.Error("background has a label")
	}
}

func TestComponents_JoinsWhatMeetsLate(t *testing.T) {
	// A comb: its teeth are apart until the last row.
	a := image.NewGray(image.Rect(0, 0, 21, 9))
	for y := range 9 {
		for x := range 21 {
			if x%2 == 0 || y == 8 {
				a.Pix[y*21+x] = 200
			}
		}
	}
	if l := Components(a); len(l.Parts) != 1 || math.Abs(l.Parts[0].Area-(11*9+10)*200.0/255) > 1e-9 {
		t.Errorf("parts %+v", l.Parts)
	}
	if l := Components(image.NewGray(image.Rectangle{})); len(l.Parts) != 0 {
		t.Error("an empty alpha has parts")
	}
}

func TestResize(t *testing.T) {
	m := Mask{4, 2, []float32{0, 0.25, 0.5, 1, 1, 0.5, 0.25, 0}}
	if got := Resize(m, 4, 2); got.W != 4 || got.H != 2 {
		t.Fatal(got)
	} else {
		for i, v := range got.P {
			if v != m.P[i] {
				t.Errorf("the same size changed value %d from %g to %g", i, m.P[i], v)
			}
		}
	}
	for _, size := range []image.Point{{1, 1}, {2, 1}, {8, 4}, {13, 7}, {400, 3}} {
		got := Resize(m, size.X, size.Y)
		if got.W != size.X || got.H != size.Y || len(got.P) != size.X*size.Y {
			t.Fatalf("%v: %d by %d with %d values", size, got.W, got.H, len(got.P))
		}
		var sum float64
		for _, v := range got.P {
			if v < 0 || v > 1 {
				t.Fatalf("%v: value %g", size, v)
			}
			sum += float64(v)
		}
		if mean := sum / float64(len(got.P)); math.Abs(mean-0.4375) > 0.03 {
			t.Errorf("%v: mean %g", size, mean)
		}
	}
	for _, bad := range []Mask{{}, {2, 2, make([]float32, 3)}} {
		if got := Resize(bad, 3, 3); got.P != nil {
			t.Errorf("a malformed mask became %v", got)
		}
	}
	if got := Resize(m, 0, 3); got.P != nil {
		t.Errorf("no width became %v", got)
	}
}

func TestDistanceTo(t *testing.T) {
	const w, h = 37, 29
	in := func(i int) bool { return i*7919%61 == 0 }
	d, err := distanceTo(ctxTest, w, h, in)
	if err != nil {
		t.Fatal(err)
	}
	for i := range d {
		best := math.Inf(1)
		for j := range w * h {
			if in(j) {
				best = min(best, math.Pow(float64(i%w-j%w), 2)+math.Pow(float64(i/w-j/w), 2))
			}
		}
		if float64(d[i]) != best {
			t.Fatalf("pixel %d: squared distance %g, want %g", i, d[i], best)
		}
	}
}
