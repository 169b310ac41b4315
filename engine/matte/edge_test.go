package matte

import (
	"image"
	"math"
	"testing"
)

// disc draws an anti-aliased disc.
func disc(w, h int, cx, cy, r float64) *image.Gray {
	a := image.NewGray(image.Rect(0, 0, w, h))
	const n = 8
	for y := 0; y < h; y++ {
		for x := 0; x < w; x++ {
			d := math.Hypot(float64(x)+.5-cx, float64(y)+.5-cy)
			switch {
			case d < r-1:
				a.Pix[y*w+x] = 255
			case d < r+1:
				s := 0
				for k := range n * n {
					if math.Hypot(float64(x)+(float64(k%n)+.5)/n-cx, float64(y)+(float64(k/n)+.5)/n-cy) <= r {
						s++
					}
				}
				a.Pix[y*w+x] = uint8(float64(s)*255/(n*n) + 0.5)
			}
		}
	}
	return a
}

// area is the sum of alpha in pixels.
func area(a *image.Gray) float64 {
	s := 0
	for _, v := range a.Pix {
		s += int(v)
	}
	return float64(s) / 255
}

func TestShift_DiscChangesItsRadius(t *testing.T) {
	for _, r := range []float64{20.3, 47.7, 80} {
		a := disc(220, 220, 109.6, 111.2, r)
		for _, px := range []float64{-10, -5.5, -2, -1, -0.4, -0.1, 0, 0.25, 0.5, 1, 1.7, 3, 6.2, 10} {
			got := Shift(a, px)
			if rad := math.Sqrt(area(got) / math.Pi); math.Abs(rad-r-px) > 0.05 {
				t.Errorf("disc of %g shifted by %g has radius %.3f", r, px, rad)
			}
			want := disc(220, 220, 109.6, 111.2, r+px)
			worst := 0
			for i := range want.Pix {
				worst = max(worst, int(math.Abs(float64(got.Pix[i])-float64(want.Pix[i]))))
			}
			if worst > 70 { // what resampling softens
				t.Errorf("disc of %g shifted by %g: a pixel is off by %d", r, px, worst)
			}
		}
	}
}

func TestShift_HalfPlane(t *testing.T) {
	a := image.NewGray(image.Rect(0, 0, 60, 30))
	for i := range a.Pix {
		if i%60 < 30 {
			a.Pix[i] = 255
		}
	}
	for _, px := range []float64{-10, -3, 1, 4, 10} {
		for i, v := range Shift(a, px).Pix {
			want := uint8(0)
			if i%60 < 30+int(px) {
				want = 255
			}
			if v != want {
				t.Fatalf("shift %g: column %d is %d", px, i%60, v)
			}
		}
	}
}

func TestShift_SquareGrowsRound(t *testing.T) {
	a := image.NewGray(image.Rect(0, 0, 80, 80))
	for y := 25; y < 55; y++ {
		for x := 25; x < 55; x++ {
			a.Pix[y*80+x] = 255
		}
	}
	grown, shrunk := area(Shift(a, 8)), area(Shift(a, -8))
	if want := 900 + 4*30*8 + math.Pi*64; math.Abs(grown-want) > 0.015*want {
		t.Errorf("grown area %.1f, want %.1f", grown, want)
	}
	if want := 14.0 * 14; math.Abs(shrunk-want) > 0.02*want {
		t.Errorf("shrunk area %.1f, want %.1f", shrunk, want)
	}
}

func TestShift_NothingToMove(t *testing.T) {
	for _, v := range []uint8{0, 100, 255} {
		a := image.NewGray(image.Rect(0, 0, 9, 5))
		for i := range a.Pix {
			a.Pix[i] = v
		}
		for _, px := range []float64{5, -5, math.NaN(), math.Inf(1)} {
			for _, got := range Shift(a, px).Pix {
				if got != v {
					t.Fatalf("flat %d shifted by %g became %d", v, px, got)
				}
			}
		}
	}
	if got := Shift(image.NewGray(image.Rectangle{}), 3); !got.Rect.Empty() {
		t.Error("an empty alpha grew")
	}
}

func TestFeather_StraightEdgeIsAGaussiansIntegral(t *testing.T) {
	const w, h = 160, 120
	for _, angle := range []float64{0, 0.4, math.Pi / 4, 1.1} {
		nx, ny := math.Cos(angle), math.Sin(angle)
		a := image.NewGray(image.Rect(0, 0, w, h))
		dist := func(x, y int) float64 { return (float64(x)-80)*nx + (float64(y)-60)*ny }
		for i := range a.Pix {
			in := 0
			for k := range 64 {
				if dist(i%w, i/w)+(float64(k%8)-3.5)/8*nx+(float64(k/8)-3.5)/8*ny <= 0 {
					in++
				}
			}
			a.Pix[i] = uint8(float64(in)*255/64 + 0.5)
		}
		for _, px := range []float64{1, 2.5, 8, 20, 50} {
			got := Feather(a, px)
			sigma := px / 4.108
			for y := 55; y < 65; y++ {
				for x := 40; x < 120; x++ {
					// The anti-aliased edge is itself a box a pixel wide.
					want := 0.5 * math.Erfc(dist(x, y)/math.Sqrt2/math.Hypot(sigma, 0.289))
					// Under a few pixels the grid itself cannot show the curve.
					bound := min(0.06, 0.02+0.2/(px*px))
					if d := math.Abs(float64(got.Pix[y*w+x])/255 - want); d > bound {
						t.Fatalf("angle %.1f, feather %g: alpha at distance %.2f is off by %.3f", angle, px, dist(x, y), d)
					}
				}
			}
		}
	}
}

func TestFeather_KeepsTheArea(t *testing.T) {
	a := disc(200, 200, 100, 100, 50)
	for _, px := range []float64{0, 1, 7.5, 30, 50, 80} {
		if got := area(Feather(a, px)); math.Abs(got/area(a)-1) > 0.003 {
			t.Errorf("feather %g: area %.1f, was %.1f", px, got, area(a))
		}
	}
	if got := Feather(a, math.NaN()); area(got) != area(a) {
		t.Error("NaN changed alpha")
	}
}
