package app

import (
	"bytes"
	"image"
	"math/rand/v2"
	"reflect"
	"testing"

	"kirinuki/engine"
	"kirinuki/engine/matte"
	"kirinuki/engine/picture"
)

// cutouts are cut-outs of every kind, with their originals.
func cutouts() (all []struct {
	name     string
	original image.Image
	cut      *matte.Cutout
}) {
	r := rand.New(rand.NewPCG(3, 4))
	fill := func(pix []byte) {
		for i := range pix {
			pix[i] = byte(r.Uint32())
		}
	}
	add := func(name string, original, front image.Image, size image.Point) {
		alpha := image.NewGray(image.Rectangle{Max: size})
		fill(alpha.Pix)
		all = append(all, struct {
			name     string
			original image.Image
			cut      *matte.Cutout
		}{name, original, &matte.Cutout{Alpha: alpha, Foreground: front}})
	}
	size := image.Pt(37, 23)
	rect := image.Rectangle{Max: size}
	eight, deep := image.NewNRGBA(rect), image.NewNRGBA64(rect)
	fill(eight.Pix)
	fill(deep.Pix)
	band8, band16 := image.NewNRGBA(rect), image.NewNRGBA64(rect)
	opaqued(band8.Pix, eight.Pix, 4)
	opaqued(band16.Pix, deep.Pix, 8)
	for range 50 {
		i := r.IntN(37 * 23)
		fill(band8.Pix[4*i : 4*i+3])
		fill(band16.Pix[8*i : 8*i+6])
	}
	other8, other16 := image.NewNRGBA(rect), image.NewNRGBA64(rect)
	fill(other8.Pix)
	fill(other16.Pix)
	add("a band of 8 bits", eight, band8, size)
	add("a band of 16 bits", deep, band16, size)
	add("nothing in common", eight, other8, size)
	add("nothing in common, 16 bits", deep, other16, size)
	add("another depth", eight, other16, size)
	add("the same, not opaque", eight, eight, size)
	add("no foreground", eight, nil, size)
	one := image.NewNRGBA(image.Rect(0, 0, 1, 1))
	add("one pixel", one, one, image.Pt(1, 1))
	return all
}

func TestPackCutout_ComesBackExactly(t *testing.T) {
	for _, tt := range cutouts() {
		t.Run(tt.name, func(t *testing.T) {
			var b bytes.Buffer
			if err := packCutout(&b, tt.original, tt.cut); err != nil {
				t.Fatal(err)
			}
			got, err := unpackCutout(&b, tt.original)
			if err != nil || !reflect.DeepEqual(got, tt.cut) {
				t.Errorf("it came back changed: %v", err)
			}
		})
	}
}

func TestPackCutout_IsSmall(t *testing.T) {
	m := noisy(500, 500)
	alpha := image.NewGray(m.Rect)
	for i := range alpha.Pix {
		alpha.Pix[i] = uint8(255 * (i / 500 / 250))
	}
	front := image.NewNRGBA(m.Rect)
	opaqued(front.Pix, m.Pix, 4)
	var b bytes.Buffer
	packCutout(&b, m, &matte.Cutout{Alpha: alpha, Foreground: front})
	if b.Len() > len(m.Pix)/100 {
		t.Errorf("%d bytes for %d of pixels", b.Len(), len(m.Pix))
	}
}

func TestPackPicture_ComesBackExactly(t *testing.T) {
	for _, opaque := range []bool{true, false} {
		for _, m := range []image.Image{noisy(40, 30), image.NewNRGBA64(image.Rect(0, 0, 7, 9)), image.NewNRGBA(image.Rect(0, 0, 1, 1))} {
			want := &picture.Picture{Image: m, Opaque: opaque, Format: picture.PNG}
			var b bytes.Buffer
			if err := packPicture(&b, want); err != nil {
				t.Fatal(err)
			}
			got, err := unpackPicture(&b)
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%T came back changed: %v", m, err)
			}
		}
	}
}

// Whatever bytes come, unpacking ends with an error and not with the program.
func FuzzUnpackCutout(f *testing.F) {
	for _, tt := range cutouts() {
		var b bytes.Buffer
		packCutout(&b, tt.original, tt.cut)
		f.Add(b.Bytes())
	}
	original := cutouts()[0].original
	f.Fuzz(func(t *testing.T, data []byte) {
		cut, err := unpackCutout(bytes.NewReader(data), original)
		if err == nil && cut.Alpha == nil {
			t.Error("neither a cut-out nor an error")
		}
	})
}

func TestShrink_KeepsColoursClean(t *testing.T) {
	// A green background under alpha 0 must not show in the smaller edge.
	m := image.NewNRGBA(image.Rect(0, 0, 64, 64))
	alpha := image.NewGray(m.Rect)
	for y := range 64 {
		for x := range 64 {
			p := m.Pix[m.PixOffset(x, y):][:4]
			if p[3] = 255; x < 31 {
				p[0], alpha.Pix[y*64+x] = 255, 255
			} else {
				p[1] = 255
			}
		}
	}
	small := shrinkCutout(&matte.Cutout{Alpha: alpha, Foreground: m}, image.Pt(16, 16))
	for y := range 16 {
		for x := range 16 {
			a := small.Alpha.GrayAt(x, y).Y
			c := small.Foreground.(*image.NRGBA).NRGBAAt(x, y)
			if a > 0 && c.G != 0 {
				t.Fatalf("%d, %d: %v with alpha %d", x, y, c, a)
			}
			want := uint8(255)
			switch {
			case x == 7:
				want = 191
			case x > 7:
				want = 0
			}
			if a != want {
				t.Fatalf("%d, %d: alpha %d, want %d", x, y, a, want)
			}
		}
	}
}

func TestFit(t *testing.T) {
	for _, tt := range []struct{ size, most, want image.Point }{
		{image.Pt(4000, 3000), image.Pt(160, 160), image.Pt(160, 120)},
		{image.Pt(3000, 4000), image.Pt(160, 160), image.Pt(120, 160)},
		{image.Pt(100, 50), image.Pt(160, 160), image.Pt(100, 50)},
		{image.Pt(65535, 1), image.Pt(160, 160), image.Pt(160, 1)},
		{image.Pt(1, 65535), image.Pt(160, 160), image.Pt(1, 160)},
		{image.Pt(400, 300), image.Pt(1000, 30), image.Pt(40, 30)},
	} {
		if got := fit(tt.size, tt.most); got != tt.want {
			t.Errorf("%v in %v: %v, want %v", tt.size, tt.most, got, tt.want)
		}
	}
}

func BenchmarkShrink12MP(b *testing.B) {
	m := noisy(4000, 3000)
	for b.Loop() {
		shrink(m, nil, image.Pt(1200, 900))
	}
}

func BenchmarkPack12MP(b *testing.B) {
	m := disc(4000, 3000)
	cut, _ := (&fake{}).Remove(ctx, &picture.Picture{Image: m}, engine.Request{}, func(float64) {})
	for b.Loop() {
		var to bytes.Buffer
		packCutout(&to, m, cut.Cutout)
	}
}
