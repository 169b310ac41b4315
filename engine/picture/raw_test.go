package picture_test

import (
	"bytes"
	"image"
	"path/filepath"
	"testing"

	. "kirinuki/engine/picture"
)

// TestSmall holds the small copy against the mean of the whole picture's
// pixels, for every orientation and every way to store chroma.
func TestSmall(t *testing.T) {
	files, _ := filepath.Glob("testdata/orient-*.jpg")
	for _, name := range []string{"411", "420", "422", "440", "444", "progressive"} {
		files = append(files, "testdata/jpeg-"+name+".jpg")
	}
	if len(files) != 14 {
		t.Fatalf("%d files", len(files))
	}
	for _, path := range files {
		name := filepath.Base(path)
		whole := decode(t, name).Image.(*image.NRGBA)
		raw, err := Read(bytes.NewReader(read(t, name)), name, Limits{})
		if err != nil {
			t.Fatal(name, err)
		}
		full := whole.Rect.Size()
		if raw.Size() != full {
			t.Errorf("%s: %v, not %v", name, raw.Size(), full)
		}
		small := raw.Small(image.Pt(12, 9))
		if small == nil {
			t.Fatal(name, "has no small copy")
		}
		size := small.Rect.Size()
		if size.X > 12 || size.Y > 9 || size.X < 12 && size.Y < 9 || small.Rect.Min != (image.Point{}) {
			t.Errorf("%s: %v in 12 x 9", name, small.Rect)
		}
		sum := 0
		for y := range size.Y {
			for x := range size.X {
				box := image.Rect(x*full.X/size.X, y*full.Y/size.Y, (x+1)*full.X/size.X, (y+1)*full.Y/size.Y)
				for c := range 3 {
					mean := 0
					for v := box.Min.Y; v < box.Max.Y; v++ {
						for u := box.Min.X; u < box.Max.X; u++ {
							mean += int(whole.Pix[v*whole.Stride+4*u+c])
						}
					}
					d := mean/(box.Dx()*box.Dy()) - int(small.Pix[y*small.Stride+4*x+c])
					sum += max(d, -d)
				}
			}
		}
		if off := float64(sum) / float64(3*size.X*size.Y); off > 12 {
			t.Errorf("%s: %.1f off", name, off)
		}
		if got := raw.Small(full); got != nil {
			t.Errorf("%s: a small copy of its own size, %v", name, got.Rect)
		}
	}
}

// TestSmall_None: where there is nothing to gain there is no small copy.
func TestSmall_None(t *testing.T) {
	for _, name := range []string{"png-rgb8.png", "jpeg-grey.jpg", "jpeg-cmyk.jpg", "tiff-grey.tif", "gif-still.gif"} {
		raw, err := Read(bytes.NewReader(read(t, name)), name, Limits{})
		if err != nil {
			t.Fatal(name, err)
		}
		if m := raw.Small(image.Pt(8, 8)); m != nil {
			t.Errorf("%s: %v", name, m.Rect)
		}
		if p, err := raw.Picture(); err != nil || p.Size() != raw.Size() {
			t.Errorf("%s: %v", name, err)
		}
	}
}
