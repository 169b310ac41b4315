package matte

import (
	"context"
	"image"
	"image/color"
	"image/draw"
	_ "image/jpeg"
	_ "image/png"
	"math"
	"os"
	"path/filepath"
	"testing"
)

// photo reads one of the shared photos, which are not part of the product;
// ok is false where they are not there.
func photo(t testing.TB, name string) (m *image.NRGBA, ok bool) {
	dir := os.Getenv("KIRINUKI_PHOTOS")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "photos")
	}
	f, err := os.Open(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		return nil, false
	}
	defer f.Close()
	src, _, err := image.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	m = image.NewNRGBA(image.Rect(0, 0, src.Bounds().Dx(), src.Bounds().Dy()))
	draw.Draw(m, m.Rect, src, src.Bounds().Min, draw.Src)
	return m, true
}

// grayOf takes the red channel.
func grayOf(m *image.NRGBA) *image.Gray {
	g := image.NewGray(m.Rect)
	for i := range g.Pix {
		g.Pix[i] = m.Pix[4*i]
	}
	return g
}

// scores are the errors of a matte in the unknown region, in the units of
// Rhemann et al., "A Perceptually Motivated Online Benchmark for Image
// Matting" (2009): SAD and gradient in thousands, MSE in thousandths.
type scores struct{ sad, mse, grad float64 }

func score(got, want, trimap *image.Gray) scores {
	w, h := want.Rect.Dx(), want.Rect.Dy()
	var s scores
	n := 0
	for i := 0; i < w*h; i++ {
		if trimap.Pix[i] == 0 || trimap.Pix[i] == 255 {
			continue
		}
		n++
		d := (float64(got.Pix[i]) - float64(want.Pix[i])) / 255
		s.sad += math.Abs(d)
		s.mse += d * d
		g := gradientAt(got, i%w, i/w) - gradientAt(want, i%w, i/w)
		s.grad += g * g
	}
	return scores{s.sad / 1000, s.mse / math.Max(1, float64(n)) * 1000, s.grad / 1000}
}

// gauss and slope are a Gaussian of sigma 1.4 and its derivative, such that
// the slope of a ramp of 1 a pixel is 1.
var gauss, slope = func() (g, d [11]float64) {
	var gs, ds float64
	for i := range g {
		x := float64(i - 5)
		g[i] = math.Exp(-x * x / (2 * 1.4 * 1.4))
		d[i] = x * g[i]
		gs += g[i]
		ds += x * d[i]
	}
	for i := range g {
		g[i] /= gs
		d[i] /= ds
	}
	return g, d
}()

// gradientAt returns the magnitude of alpha's gradient at (x, y).
func gradientAt(a *image.Gray, x, y int) float64 {
	w, h := a.Rect.Dx(), a.Rect.Dy()
	var gx, gy float64
	for dy := range gauss {
		row := a.Pix[min(max(y+dy-5, 0), h-1)*a.Stride:][:w]
		var u, v float64
		for dx := range gauss {
			p := float64(row[min(max(x+dx-5, 0), w-1)])
			u += gauss[dx] * p
			v += slope[dx] * p
		}
		gx += gauss[dy] * v
		gy += slope[dy] * u
	}
	return math.Hypot(gx, gy) / 255
}

var ctxTest = context.Background()

func add(a, b scores) scores { return scores{a.sad + b.sad, a.mse + b.mse, a.grad + b.grad} }

// table scores every way to a matte on scenes, one line a kind.
func table(t *testing.T, scenes []scene) map[string]scores {
	sum := map[string]scores{}
	for _, s := range scenes {
		for _, way := range []string{"resize", "guided", "fine", "given trimap"} {
			var a *image.Gray
			var err error
			if way == "given trimap" {
				a, err = Solve(ctxTest, s.src, s.trimap, nil, nil)
			} else {
				q := map[string]Quality{"resize": Off, "guided": Fast, "fine": Fine}[way]
				var c *Cutout
				if c, err = Refine(ctxTest, s.src, s.mask, Options{Quality: q, NoForeground: true}, nil); err == nil {
					a = c.Alpha
				}
			}
			if err != nil {
				t.Fatal(err)
			}
			sum[way] = add(sum[way], score(a, s.alpha, s.trimap))
		}
	}
	n := float64(len(scenes))
	for _, way := range []string{"resize", "guided", "fine", "given trimap"} {
		v := sum[way]
		sum[way] = scores{v.sad / n, v.mse / n, v.grad / n}
		t.Logf("%-22s %2d  %-14s SAD %6.3f  MSE %7.3f  grad %7.4f", scenes[0].name, len(scenes), way, v.sad/n, v.mse/n, v.grad/n)
	}
	return sum
}

// better fails where fine is not well below both resize and guided filter.
func better(t *testing.T, name string, sum map[string]scores, share float64) {
	for _, other := range []string{"resize", "guided"} {
		f, o := sum["fine"], sum[other]
		if f.sad > share*o.sad || f.mse > share*o.mse || f.grad > share*o.grad {
			t.Errorf("%s: fine %+v against %s %+v", name, f, other, o)
		}
	}
}

func TestEval_Lemur(t *testing.T) {
	src, ok := photo(t, "lemur/lemur.png")
	if !ok {
		t.Log("the shared photos are not here: nothing to score")
		return
	}
	truth, _ := photo(t, "lemur/lemur_alpha.png")
	tri, _ := photo(t, "lemur/lemur_trimap.png")
	fore, _ := photo(t, "lemur/lemur_foreground.png")
	want, trimap := grayOf(truth), grayOf(tri)
	sum := table(t, []scene{{"lemur", src, want, fore, trimap, coarseMask(want, 1, 4, 3)}})
	better(t, "lemur", sum, 0.75)
	if s := sum["given trimap"]; s.sad > 0.45 || s.mse > 0.4 {
		t.Errorf("with the trimap given: %+v, not the level of closed-form matting", s)
	}
	s := scene{src: src, alpha: want, fore: fore, trimap: trimap, mask: coarseMask(want, 1, 4, 3)}
	for name, c := range map[string]color.NRGBA{"white": {255, 255, 255, 255}, "black": {0, 0, 0, 255}, "magenta": {255, 0, 255, 255}} {
		back := plain(src.Rect.Dx(), src.Rect.Dy(), c)
		with, without := fringe(refined(t, s, Options{}), s, back), fringe(refined(t, s, Options{NoForeground: true}), s, back)
		t.Logf("lemur on %s: fringe %.2f with foreground colours, %.2f without", name, with, without)
		if with > without {
			t.Errorf("foreground colours make the fringe on %s worse", name)
		}
	}
	if m, err := readMask("lemur"); err == nil {
		better(t, "real mask", table(t, []scene{{"lemur, real mask", src, want, fore, trimap, m}}), 0.75)
	}
	for i, kind := range []string{"smooth", "busy", "similar"} {
		var scenes []scene
		for seed := range int64(4) {
			back := backdrop(kind, seed, src.Rect.Dx(), src.Rect.Dy(), fore)
			scenes = append(scenes, scene{"lemur on " + kind, compose(fore, back, want), want, fore, trimap, coarseMask(want, seed, 4, 3)})
		}
		better(t, kind, table(t, scenes), []float64{0.75, 0.8, 0.95}[i])
	}
}

func TestEval_Hair(t *testing.T) {
	for i, kind := range []string{"smooth", "busy", "similar"} {
		var scenes []scene
		for seed := range int64(4) {
			alpha, fore := hairBall(320, 320, seed)
			back := backdrop(kind, seed, 320, 320, fore)
			scenes = append(scenes, scene{"hair on " + kind, compose(fore, back, alpha), alpha, fore, trimapAround(alpha, 4), coarseMask(alpha, seed, 3, 3)})
		}
		better(t, kind, table(t, scenes), []float64{0.6, 0.65, 0.95}[i])
	}
}

// readMask reads a real network's mask, a 16-bit grey PNG named after the
// photo, from the folder KIRINUKI_MASKS.
func readMask(name string) (Mask, error) {
	f, err := os.Open(filepath.Join(os.Getenv("KIRINUKI_MASKS"), name+".png"))
	if err != nil {
		return Mask{}, err
	}
	defer f.Close()
	m, _, err := image.Decode(f)
	if err != nil {
		return Mask{}, err
	}
	g := m.(*image.Gray16)
	p := make([]float32, len(g.Pix)/2)
	for i := range p {
		p[i] = float32(int(g.Pix[2*i])<<8|int(g.Pix[2*i+1])) / 65535
	}
	return Mask{g.Rect.Dx(), g.Rect.Dy(), p}, nil
}
