//go:build e2e

package e2e

import (
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"path/filepath"
	"testing"
)

// enlarge repeats each pixel so many times.
func enlarge(m image.Image, times int) *image.RGBA {
	size := m.Bounds().Size().Mul(times)
	large := image.NewRGBA(image.Rectangle{Max: size})
	for y := range size.Y {
		for x := range size.X {
			large.Set(x, y, m.At(x/times, y/times))
		}
	}
	return large
}

// The network inside the program finds a subject before a busy ground, in a
// picture large enough for a first look on the way.
func TestBuiltInNetwork(t *testing.T) {
	const times = 8
	fixtures := filepath.Join("..", "..", "assets", "model", "fixtures")
	p := startWith(t, `{"quality":"fast"}`)
	path := filepath.Join(p.home, "Pictures", "bird.jpg")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := jpeg.Encode(f, enlarge(readPNG(t, filepath.Join(fixtures, "bird.png")), times), nil); err != nil {
		t.Fatal(err)
	}
	f.Close()
	p.drop(p.window, path)
	got := readPNG(t, p.saved(filepath.Dir(path), "bird-cutout.png", "ctrl+s"))
	want := readPNG(t, filepath.Join(fixtures, "bird.mask.png"))
	if size := want.Bounds().Size().Mul(times); got.Bounds().Size() != size {
		t.Fatalf("%v, not %v", got.Bounds().Size(), size)
	}
	both, either := 0, 0
	for y := 0; y < got.Bounds().Dy(); y += 3 {
		for x := 0; x < got.Bounds().Dx(); x += 3 {
			_, _, _, a := got.At(x, y).RGBA()
			in := color.GrayModel.Convert(want.At(x/times, y/times)).(color.Gray).Y >= 128
			if in && a >= 0x8000 {
				both++
			}
			if in || a >= 0x8000 {
				either++
			}
		}
	}
	if iou := float64(both) / float64(either); iou < 0.8 {
		t.Errorf("IoU %.2f with what was drawn", iou)
	}
}
