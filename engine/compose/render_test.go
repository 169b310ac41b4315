package compose_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/disintegration/gift"

	"kirinuki/engine/compose"
	"kirinuki/engine/fault"
	"kirinuki/engine/matte"
)

func TestNothingToDoIsTheCutout(t *testing.T) {
	s := two()
	got := render(t, s, compose.Edit{})
	if got.Rect != s.Cutout.Alpha.Rect {
		t.Fatalf("size %v", got.Rect)
	}
	for i, a := range s.Cutout.Alpha.Pix {
		want := color.NRGBA{red.R, red.G, red.B, a}
		if a == 0 {
			want = color.NRGBA{} // nothing hides in what is not seen
		}
		if c := got.NRGBAAt(i%96, i/96); c != want {
			t.Fatalf("pixel %d: %v, want %v", i, c, want)
		}
	}
}

func TestSixteenBitsStay(t *testing.T) {
	r := image.Rect(0, 0, 8, 4)
	s := compose.Source{Original: image.NewNRGBA64(r), Cutout: &matte.Cutout{Alpha: image.NewGray(r)}}
	f := image.NewNRGBA64(r)
	for i := range 32 {
		f.SetNRGBA64(i%8, i/8, color.NRGBA64{uint16(1000 + i*513), uint16(65535 - i), uint16(i), 65535})
		s.Cutout.Alpha.Pix[i] = uint8(255 - i*3)
	}
	s.Cutout.Foreground = f
	got, err := compose.Render(ctx, s, compose.Edit{}, compose.Options{})
	if err != nil {
		t.Fatal(err)
	}
	m, ok := got.Image.(*image.NRGBA64)
	if !ok {
		t.Fatalf("a %T came out", got.Image)
	}
	for i := range 32 {
		a, b := m.NRGBA64At(i%8, i/8), f.NRGBA64At(i%8, i/8)
		d := max(int(a.R)-int(b.R), int(b.R)-int(a.R), int(a.G)-int(b.G), int(b.G)-int(a.G), int(a.B)-int(b.B), int(b.B)-int(a.B))
		if d > 1 || a.A != uint16(255-i*3)*257 {
			t.Errorf("pixel %d: %v, want %v", i, a, b)
		}
	}
}

// TestCompositeIsGammaEncoded: half of white over black is 128, as every
// browser shows it, and not the 188 of linear light.
func TestCompositeIsGammaEncoded(t *testing.T) {
	s := source(4, 4, func(int, int) uint8 { return 128 }, even(color.NRGBA{255, 255, 255, 255}), even(red))
	got := render(t, s, compose.Edit{Background: compose.Background{Kind: "color", Color: "#000"}})
	if c := got.NRGBAAt(1, 1); c != (color.NRGBA{128, 128, 128, 255}) {
		t.Errorf("half white over black is %v", c)
	}
}

// TestCompositeEqualsOverOnTheSaved: putting a colour behind here is the same
// as putting it behind the saved transparent result elsewhere.
func TestCompositeEqualsOverOnTheSaved(t *testing.T) {
	s := two()
	saved := render(t, s, compose.Edit{Shadow: compose.Shadow{Kind: "drop", Distance: 0.1, Softness: 0.05, Strength: 0.7}})
	here := render(t, s, compose.Edit{Shadow: compose.Shadow{Kind: "drop", Distance: 0.1, Softness: 0.05, Strength: 0.7}, Background: compose.Background{Kind: "color", Color: "#3070c0"}})
	for i := 0; i < len(saved.Pix); i += 4 {
		a := float64(saved.Pix[i+3]) / 255
		for n, b := range []float64{0x30, 0x70, 0xc0} {
			want := a*float64(saved.Pix[i+n]) + (1-a)*b
			if math.Abs(want-float64(here.Pix[i+n])) > 1.6 {
				t.Fatalf("pixel %d channel %d: %d here, %.1f elsewhere", i/4, n, here.Pix[i+n], want)
			}
		}
	}
}

// TestNoFringe: a red disc cut from green and put on blue has no green in it,
// at its own size and scaled down.
func TestNoFringe(t *testing.T) {
	s := source(120, 120, disc(60, 60, 40), even(color.NRGBA{255, 0, 0, 255}), even(color.NRGBA{0, 255, 0, 255}))
	for _, c := range []compose.Canvas{{}, {W: 60, H: 60}, {W: 47, H: 31}, {W: 240, H: 240, Upscale: true}} {
		got := render(t, s, compose.Edit{Canvas: c, Background: compose.Background{Kind: "color", Color: "#0000ff"}})
		for i := 0; i < len(got.Pix); i += 4 {
			if p := got.Pix[i : i+4]; p[1] > 1 || int(p[0])+int(p[2]) < 253 || int(p[0])+int(p[2]) > 257 {
				t.Fatalf("canvas %+v: pixel %d is %v", c, i/4, p)
			}
		}
	}
}

func TestSizes(t *testing.T) {
	// A subject of 40 x 20 at (30, 50) in a picture of 200 x 100.
	s := source(200, 100, rect(image.Rect(30, 50, 70, 70)), even(red), even(green))
	// One that stands on the lower edge.
	bust := source(200, 100, rect(image.Rect(60, 40, 140, 100)), even(red), even(green))
	none := source(200, 100, rect(image.Rectangle{}), even(red), even(green))
	for _, c := range []struct {
		name    string
		source  compose.Source
		crop    compose.Crop
		canvas  compose.Canvas
		size    image.Point
		subject image.Rectangle // where it lands
		small   bool
	}{
		{"as it is", s, compose.Crop{}, compose.Canvas{}, image.Pt(200, 100), image.Rect(30, 50, 70, 70), false},
		{"trim", s, compose.Crop{Trim: true}, compose.Canvas{}, image.Pt(40, 20), image.Rect(0, 0, 40, 20), false},
		{"trim with margin", s, compose.Crop{Trim: true, Margin: 0.1}, compose.Canvas{}, image.Pt(48, 28), image.Rect(4, 4, 44, 24), false},
		{"margin beyond the picture", s, compose.Crop{Trim: true, Margin: 1}, compose.Canvas{}, image.Pt(120, 100), image.Rect(40, 40, 80, 60), false},
		{"rectangle", s, compose.Crop{X: 20, Y: 40, W: 100, H: 50}, compose.Canvas{}, image.Pt(100, 50), image.Rect(10, 10, 50, 30), false},
		{"rectangle across the subject", s, compose.Crop{X: 50, Y: 60, W: 30, H: 30}, compose.Canvas{}, image.Pt(30, 30), image.Rect(0, 0, 20, 10), false},
		{"rectangle beyond the picture", s, compose.Crop{X: -10, Y: -10, W: 220, H: 120}, compose.Canvas{}, image.Pt(220, 120), image.Rect(40, 60, 80, 80), false},
		{"rectangle and trim", s, compose.Crop{Trim: true, X: 50, Y: 0, W: 100, H: 100}, compose.Canvas{}, image.Pt(20, 20), image.Rect(0, 0, 20, 20), false},
		{"canvas, smaller", s, compose.Crop{}, compose.Canvas{W: 100, H: 100}, image.Pt(100, 100), image.Rect(15, 50, 35, 60), false},
		{"canvas, larger", s, compose.Crop{Trim: true}, compose.Canvas{W: 100, H: 100}, image.Pt(100, 100), image.Rect(30, 40, 70, 60), true},
		{"canvas, enlarged", s, compose.Crop{Trim: true}, compose.Canvas{W: 100, H: 100, Upscale: true}, image.Pt(100, 100), image.Rect(0, 25, 100, 75), false},
		{"canvas of one side", s, compose.Crop{}, compose.Canvas{W: 100}, image.Pt(100, 50), image.Rect(15, 25, 35, 35), false},
		{"canvas of the other side", s, compose.Crop{}, compose.Canvas{H: 50}, image.Pt(100, 50), image.Rect(15, 25, 35, 35), false},
		{"canvas of one side and aspect", s, compose.Crop{}, compose.Canvas{W: 100, AspectW: 1, AspectH: 1}, image.Pt(100, 100), image.Rect(15, 50, 35, 60), false},
		{"wide aspect", s, compose.Crop{Trim: true}, compose.Canvas{AspectW: 4, AspectH: 1}, image.Pt(80, 20), image.Rect(20, 0, 60, 20), false},
		{"tall aspect", s, compose.Crop{Trim: true}, compose.Canvas{AspectW: 1, AspectH: 1}, image.Pt(40, 40), image.Rect(0, 10, 40, 30), false},
		{"centred", s, compose.Crop{}, compose.Canvas{Center: true}, image.Pt(200, 100), image.Rect(80, 40, 120, 60), false},
		{"centred and smaller", s, compose.Crop{}, compose.Canvas{W: 100, H: 50, Center: true}, image.Pt(100, 50), image.Rect(40, 20, 60, 30), false},
		{"a bust stands on the edge", bust, compose.Crop{Trim: true, Margin: 0.1}, compose.Canvas{}, image.Pt(96, 68), image.Rect(8, 8, 88, 68), false},
		{"... of a tall canvas", bust, compose.Crop{Trim: true, Margin: 0.1}, compose.Canvas{AspectW: 35, AspectH: 45}, image.Pt(96, 123), image.Rect(8, 63, 88, 123), false},
		{"... unless centred", bust, compose.Crop{Trim: true, Margin: 0.1}, compose.Canvas{Center: true}, image.Pt(96, 76), image.Rect(8, 8, 88, 68), false},
		{"nothing to trim to", none, compose.Crop{Trim: true, Margin: 0.1}, compose.Canvas{Center: true}, image.Pt(200, 100), image.Rectangle{}, false},
		{"one pixel", s, compose.Crop{}, compose.Canvas{W: 1, H: 1}, image.Pt(1, 1), image.Rectangle{}, false},
	} {
		got, err := compose.Render(ctx, c.source, compose.Edit{Crop: c.crop, Canvas: c.canvas}, compose.Options{})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if size := got.Image.Bounds().Size(); size != c.size {
			t.Errorf("%s: size %v, want %v", c.name, size, c.size)
		}
		if got.Layout.Small != c.small {
			t.Errorf("%s: small is %v", c.name, got.Layout.Small)
		}
		if c.subject.Empty() {
			continue
		}
		if at := opaque(got.Image.(*image.NRGBA)); at != c.subject {
			t.Errorf("%s: the subject is at %v, want %v", c.name, at, c.subject)
		}
		mask, err := compose.RenderMask(ctx, c.source, compose.Edit{Crop: c.crop, Canvas: c.canvas}, compose.Options{})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		for i, v := range mask.Pix {
			if a := got.Image.(*image.NRGBA).Pix[4*i+3]; a != v {
				t.Errorf("%s: mask %d and alpha %d differ at %d", c.name, v, a, i)
				break
			}
		}
	}
}

// opaque is the rectangle of what is more than half there.
func opaque(m *image.NRGBA) image.Rectangle {
	r := image.Rectangle{}
	for y := range m.Rect.Dy() {
		for x := range m.Rect.Dx() {
			if m.NRGBAAt(x, y).A >= 128 {
				r = r.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return r
}

func TestPresetSizes(t *testing.T) {
	s := source(3000, 2600, rect(image.Rect(700, 300, 2300, 2600)), even(red), even(green))
	want := map[string]image.Point{
		"shop": {X: 2000, Y: 2000}, "shop-shadow": {X: 2000, Y: 2000}, "slide": {X: 1920, Y: 1080},
		"id-35x45": {X: 413, Y: 531}, "id-35x45-600": {X: 827, Y: 1063},
		"id-30x40": {X: 354, Y: 472}, "id-30x40-600": {X: 709, Y: 945},
		"id-33x48": {X: 390, Y: 567}, "id-33x48-600": {X: 780, Y: 1134},
		"id-2x2in": {X: 600, Y: 600}, "id-2x2in-600": {X: 1200, Y: 1200},
	}
	for name, size := range want {
		p, ok := compose.FindPreset(name)
		if !ok {
			t.Errorf("no preset %s", name)
			continue
		}
		if err := p.Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if testing.Short() {
			continue
		}
		got, err := compose.RenderMask(ctx, s, p.Edit, compose.Options{})
		if err != nil || got.Rect.Size() != size {
			t.Errorf("%s: %v, %v; want %v", name, got.Rect, err, size)
		}
	}
}

// TestSameBytes: the same arguments give the same bytes, whatever was
// rendered in between.
func TestSameBytes(t *testing.T) {
	s := two()
	r := rand.New(rand.NewPCG(3, 4))
	var edits []compose.Edit
	var first [][]byte
	for round := range 2 {
		for i := range 60 {
			if round == 0 {
				edits = append(edits, randomEdit(r, 96, 64))
			}
			got := render(t, s, edits[i])
			if round == 0 {
				first = append(first, got.Pix)
			} else if !bytes.Equal(first[i], got.Pix) {
				t.Errorf("edit %d renders otherwise the second time: %+v", i, edits[i])
			}
		}
	}
}

// TestPreviewLooksTheSame holds a preview at half size against the finished
// picture scaled to half.
func TestPreviewLooksTheSame(t *testing.T) {
	full := source(240, 160, disc(110, 80, 56), even(red), even(green))
	half := source(120, 80, disc(55, 40, 28), even(red), even(green))
	for name, e := range map[string]compose.Edit{
		"shadow":  {Background: compose.Background{Kind: "color", Color: "#fff"}, Shadow: compose.Shadow{Kind: "drop", Angle: 45, Distance: 0.1, Softness: 0.06, Strength: 0.6}},
		"contact": {Background: compose.Background{Kind: "color", Color: "#fff"}, Crop: compose.Crop{Trim: true, Margin: 0.2}, Shadow: compose.Shadow{Kind: "contact", Softness: 0.06, Strength: 0.6}},
		"outline": {Background: compose.Background{Kind: "color", Color: "#fff"}, Outline: compose.Outline{Width: 12, Color: "#000"}},
		"blur":    {Background: compose.Background{Kind: "blur"}},
		"edge":    {Background: compose.Background{Kind: "color", Color: "#fff"}, Edge: compose.Edge{Shift: -6}},
		"canvas":  {Background: compose.Background{Kind: "color", Color: "#fff"}, Crop: compose.Crop{Trim: true, Margin: 0.1}, Canvas: compose.Canvas{W: 100, H: 80, Center: true}},
	} {
		want := render(t, full, e)
		small := image.NewNRGBA(image.Rect(0, 0, (want.Rect.Dx()+1)/2, (want.Rect.Dy()+1)/2))
		gift.New(gift.Resize(small.Rect.Dx(), small.Rect.Dy(), gift.BoxResampling)).Draw(small, want)
		f, err := compose.Render(ctx, half, e, compose.Options{Scale: 0.5})
		if err != nil {
			t.Fatal(err)
		}
		got := f.Image.(*image.NRGBA)
		if d := got.Rect.Size().Sub(small.Rect.Size()); max(d.X, -d.X, d.Y, -d.Y) > 1 {
			t.Errorf("%s: preview of %v for %v", name, got.Rect, want.Rect)
			continue
		}
		sum, n := 0.0, 0.0
		for y := range min(got.Rect.Dy(), small.Rect.Dy()) {
			for x := range min(got.Rect.Dx(), small.Rect.Dx()) {
				a, b := got.NRGBAAt(x, y), small.NRGBAAt(x, y)
				sum += math.Abs(float64(a.R)-float64(b.R)) + math.Abs(float64(a.G)-float64(b.G)) + math.Abs(float64(a.B)-float64(b.B))
				n += 3
			}
		}
		t.Logf("%s: mean difference %.2f", name, sum/n)
		if sum/n > 1.5 {
			t.Errorf("%s: preview and full size differ by %.2f on average", name, sum/n)
		}
	}
}

func TestZoomRendersSmallCanvasAtItsOwnSize(t *testing.T) {
	half := source(120, 80, disc(55, 40, 27.5), even(red), even(green))
	e := compose.Edit{Crop: compose.Crop{Trim: true}, Canvas: compose.Canvas{W: 50, H: 50}}
	f, err := compose.Render(ctx, half, e, compose.Options{Scale: 0.5, Zoom: 1})
	if err != nil {
		t.Fatal(err)
	}
	if f.Image.Bounds().Size() != image.Pt(50, 50) {
		t.Errorf("size %v", f.Image.Bounds())
	}
	p := compose.Point{X: 110, Y: 80} // the disc's centre at full size
	if q := f.Layout.FromPicture(p); math.Hypot(q.X-25, q.Y-25) > 0.6 {
		t.Errorf("the centre lands at %v", q)
	}
	if q := f.Layout.ToPicture(f.Layout.FromPicture(p)); math.Hypot(q.X-p.X, q.Y-p.Y) > 1e-9 {
		t.Errorf("there and back again is %v", q)
	}
}

// TestResampleAgainstGift: with nothing transparent, scaling down is a
// Lanczos filter like another's.
func TestResampleAgainstGift(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	noise := func(x, y int) color.NRGBA {
		return color.NRGBA{uint8(r.IntN(256)), uint8(128 + 100*math.Sin(float64(x)/7)), uint8(128 + 100*math.Cos(float64(x*y)/300)), 255}
	}
	s := source(150, 100, func(int, int) uint8 { return 255 }, noise, even(green))
	got := render(t, s, compose.Edit{Canvas: compose.Canvas{W: 60}})
	want := image.NewNRGBA(got.Rect)
	gift.New(gift.Resize(want.Rect.Dx(), want.Rect.Dy(), gift.LanczosResampling)).Draw(want, s.Cutout.Foreground)
	sum := 0.0
	for y := 2; y < want.Rect.Dy()-2; y++ {
		for x := 2; x < want.Rect.Dx()-2; x++ {
			a, b := got.NRGBAAt(x, y), want.NRGBAAt(x, y)
			sum += math.Abs(float64(a.R) - float64(b.R))
		}
	}
	mean := sum / float64((want.Rect.Dx()-4)*(want.Rect.Dy()-4))
	t.Logf("mean difference in noise %.2f", mean)
	if mean > 2 {
		t.Errorf("mean difference %.2f of 255 from another Lanczos filter", mean)
	}
}

// TestEdgeOfThePictureStaysOpaque where the size comes out in fractions.
func TestEdgeOfThePictureStaysOpaque(t *testing.T) {
	s := source(151, 97, func(int, int) uint8 { return 255 }, even(red), even(green))
	for _, c := range []compose.Canvas{{W: 60}, {H: 41}, {W: 75, H: 48}, {W: 151, H: 97}, {W: 333, Upscale: true}} {
		got := render(t, s, compose.Edit{Canvas: c})
		for i := 0; i < len(got.Pix); i += 4 {
			if p := got.Pix[i : i+4]; p[0] != red.R || p[1] != red.G || p[2] != red.B || p[3] != 255 {
				t.Errorf("canvas %+v: pixel %d of %v is %v", c, i/4, got.Rect, p)
				break
			}
		}
	}
}

func TestDropShadowOfAHalfPlaneIsTheErrorFunction(t *testing.T) {
	// A wide bar whose left edge is at x = 100: across it the shadow is the
	// Gaussian integral.
	s := source(400, 400, rect(image.Rect(100, 20, 300, 380)), even(red), even(green))
	for _, soft := range []float64{0.005, 0.02, 0.05} {
		for _, distance := range []float64{0, 0.1} {
			sigma := soft * 360
			e := compose.Edit{Shadow: compose.Shadow{Kind: "drop", Angle: 180, Distance: distance, Softness: soft, Strength: 0.8}}
			got := render(t, s, e)
			worst := 0.0
			for x := range 100 {
				edge := 100 - 360*distance
				want := 0.8 * 0.5 * (1 + math.Erf((float64(x)+0.5-edge)/(sigma*math.Sqrt2)))
				worst = math.Max(worst, math.Abs(float64(got.NRGBAAt(x, 200).A)/255-want))
			}
			t.Logf("sigma %.1f distance %.1f: worst %.4f", sigma, distance, worst)
			if worst > 2.5/255 {
				t.Errorf("sigma %.1f, distance %.1f: off by %.4f", sigma, distance, worst)
			}
		}
	}
}

func TestShadowStaysBehindAndFallsWhereTold(t *testing.T) {
	s := source(200, 200, rect(image.Rect(80, 80, 120, 120)), even(red), even(green))
	for angle, at := range map[float64]image.Point{0: {130, 100}, 90: {100, 130}, 180: {70, 100}, 270: {100, 70}} {
		got := render(t, s, compose.Edit{Shadow: compose.Shadow{Kind: "drop", Angle: angle, Distance: 0.5, Softness: 0.01, Strength: 1}})
		if c := got.NRGBAAt(at.X, at.Y); c.A < 250 || c.R != 0 {
			t.Errorf("angle %v: at %v is %v", angle, at, c)
		}
		if c := got.NRGBAAt(100, 100); c != red {
			t.Errorf("angle %v: the subject became %v", angle, c)
		}
		opposite := image.Pt(200-at.X, 200-at.Y)
		if c := got.NRGBAAt(opposite.X, opposite.Y); c.A != 0 {
			t.Errorf("angle %v: %v on the other side", angle, c)
		}
	}
}

func TestContactShadowLiesUnderTheFeet(t *testing.T) {
	// A table: its plate hangs over the ground between two legs.
	shape := func(x, y int) uint8 {
		if y >= 60 && y < 80 && x >= 50 && x < 250 || y >= 60 && y < 200 && (x >= 60 && x < 80 || x >= 220 && x < 240) {
			return 255
		}
		return 0
	}
	s := source(300, 240, shape, even(red), even(green))
	got := render(t, s, compose.Edit{Shadow: compose.Shadow{Kind: "contact", Softness: 0.02, Strength: 1}})
	foot, between, above := got.NRGBAAt(70, 202).A, got.NRGBAAt(150, 202).A, got.NRGBAAt(150, 120).A
	if foot < 100 || between > foot/2 || above > 2 {
		t.Errorf("under a foot %d, between the legs %d, under the plate %d", foot, between, above)
	}
	if far := got.NRGBAAt(70, 235).A; far > 8 {
		t.Errorf("35 pixels below the foot there still is %d", far)
	}
}

func TestOutlineOfADiscIsALargerDisc(t *testing.T) {
	for _, c := range []struct{ radius, width float64 }{{30, 1}, {30, 5}, {17.3, 12.5}, {40, 25}} {
		size := int(2*(c.radius+c.width)) + 20
		at := float64(size)/2 + 0.2
		s := source(size, size, disc(at, at, c.radius), even(red), even(green))
		got := render(t, s, compose.Edit{Outline: compose.Outline{Width: c.width, Color: "#0000ff"}})
		sum, worst, n := 0.0, 0.0, 0.0
		for y := range size {
			for x := range size {
				want := discShare(at, at, c.radius+c.width, x, y)
				d := math.Abs(float64(got.NRGBAAt(x, y).A)/255 - want)
				worst = math.Max(worst, d)
				if want > 0 && want < 1 {
					sum += d
					n++
				}
			}
		}
		t.Logf("radius %v width %v: edge mean %.4f, worst %.4f", c.radius, c.width, sum/n, worst)
		if sum/n > 0.03 || worst > 0.12 {
			t.Errorf("radius %v width %v: mean %.4f and worst %.4f off along the edge", c.radius, c.width, sum/n, worst)
		}
	}
}

func TestOutlineOfAHalfPlane(t *testing.T) {
	// An edge through the middle of a pixel, and one along pixels.
	for name, share := range map[string]uint8{"sharp": 0, "half": 128, "little": 51} {
		s := source(60, 20, func(x, y int) uint8 {
			switch {
			case x < 20:
				return 255
			case x == 20:
				return share
			}
			return 0
		}, even(red), even(green))
		got := render(t, s, compose.Edit{Outline: compose.Outline{Width: 6, Color: "#00f"}})
		edge := 20 + float64(share)/255 + 6
		for x := 21; x < 40; x++ {
			want := math.Min(math.Max(edge-float64(x), 0), 1)
			if a := float64(got.NRGBAAt(x, 10).A) / 255; math.Abs(a-want) > 1.5/255 {
				t.Errorf("%s: at %d %.3f, want %.3f", name, x, a, want)
			}
		}
	}
}

func TestTrimLeavesRoomForShadowAndOutline(t *testing.T) {
	s := source(300, 300, rect(image.Rect(100, 100, 200, 200)), even(red), even(green))
	got := render(t, s, compose.Edit{
		Crop: compose.Crop{Trim: true}, Outline: compose.Outline{Width: 7, Color: "#fff"},
		Shadow: compose.Shadow{Kind: "drop", Angle: 0, Distance: 0.3, Softness: 0.02, Strength: 1},
	})
	for y := range got.Rect.Dy() {
		for _, x := range []int{0, got.Rect.Dx() - 1} {
			if c := got.NRGBAAt(x, y); x > 0 && c.A > 8 {
				t.Fatalf("something is cut off at (%d, %d): %v", x, y, c)
			}
		}
	}
	if got.Rect.Dx() < 7+100+7+30 || got.Rect.Dy() != 114 && got.Rect.Dy() < 114 {
		t.Errorf("size %v", got.Rect)
	}
}

func TestBackgroundPicture(t *testing.T) {
	s := source(100, 50, rect(image.Rectangle{}), even(red), even(green))
	wall := image.NewNRGBA(image.Rect(0, 0, 40, 40)) // left half black, right half white
	for i := range 1600 {
		v := uint8(0)
		if i%40 >= 20 {
			v = 255
		}
		copy(wall.Pix[4*i:], []uint8{v, v, v, 255})
	}
	load := func(string) (image.Image, error) { return wall, nil }
	look := func(b compose.Background) *image.NRGBA {
		b.Kind, b.Path = "picture", "wall"
		f, err := compose.Render(ctx, s, compose.Edit{Background: b}, compose.Options{Load: load})
		if err != nil {
			t.Fatal(err)
		}
		return f.Image.(*image.NRGBA)
	}
	black, white, none := color.NRGBA{0, 0, 0, 255}, color.NRGBA{255, 255, 255, 255}, color.NRGBA{}
	for _, c := range []struct {
		name string
		b    compose.Background
		at   map[int]color.NRGBA // along the middle row
	}{
		{"fill", compose.Background{}, map[int]color.NRGBA{0: black, 40: black, 60: white, 99: white}},
		{"fit", compose.Background{Fit: "fit"}, map[int]color.NRGBA{0: none, 30: black, 70: white, 99: none}},
		{"fit on a colour", compose.Background{Fit: "fit", Color: "#ffffff"}, map[int]color.NRGBA{0: white, 30: black, 99: white}},
		{"moved", compose.Background{Fit: "fit", X: 0.25}, map[int]color.NRGBA{40: none, 55: black, 99: white}},
		{"scaled", compose.Background{Fit: "fit", Scale: 0.5}, map[int]color.NRGBA{30: none, 45: black, 55: white, 70: none}},
	} {
		m := look(c.b)
		for x, want := range c.at {
			if got := m.NRGBAAt(x, 25); got != want {
				t.Errorf("%s: at %d %v, want %v", c.name, x, got, want)
			}
		}
	}
	gone := errors.New("gone")
	_, err := compose.Render(ctx, s, compose.Edit{Background: compose.Background{Kind: "picture", Path: "x"}},
		compose.Options{Load: func(string) (image.Image, error) { return nil, fault.New(fault.NotFound, "x", gone) }})
	if fault.Of(err) != fault.NotFound {
		t.Errorf("a missing background picture is %v", err)
	}
}

// TestBlurHoldsNothingOfTheSubject: behind a red subject on green, the blurred
// background is green through and through.
func TestBlurHoldsNothingOfTheSubject(t *testing.T) {
	s := source(300, 200, disc(150, 100, 80), even(red), even(green))
	hidden := source(300, 200, disc(150, 100, 80), even(red), even(green))
	hidden.Original = s.Original
	// Erase nearly all of the subject by an edge moved inwards, so that what
	// is behind it shows.
	got := render(t, s, compose.Edit{Background: compose.Background{Kind: "blur", Blur: 0.05}, Edge: compose.Edge{Shift: -10}})
	for y := range 200 {
		for x := range 300 {
			far := math.Hypot(float64(x)-150, float64(y)-100)
			if c := got.NRGBAAt(x, y); far > 76 && (int(c.R) > int(green.R)+3 || c.A != 255) {
				t.Fatalf("%.0f pixels from the centre: %v", far, c)
			}
		}
	}
}

func TestBlurOfAnEvenPictureIsThatColour(t *testing.T) {
	s := source(64, 48, rect(image.Rect(20, 20, 30, 30)), even(red), even(green))
	for _, blur := range []float64{0, 0.001, 0.02, 0.3, 1} {
		got := render(t, s, compose.Edit{Background: compose.Background{Kind: "blur", Blur: blur}, Crop: compose.Crop{X: -10, Y: -10, W: 84, H: 68}})
		for _, p := range []image.Point{{0, 0}, {83, 67}, {20, 20}, {50, 40}} {
			if c := got.NRGBAAt(p.X, p.Y); c != green {
				t.Errorf("blur %v: %v at %v", blur, c, p)
			}
		}
	}
}

func TestRenderExtremes(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	for _, size := range []image.Point{{1, 1}, {1, 50}, {50, 1}, {2, 3}, {17, 5}} {
		for _, alpha := range []uint8{0, 1, 128, 255} {
			s := source(size.X, size.Y, func(int, int) uint8 { return alpha }, even(red), even(green))
			for range 40 {
				e := randomEdit(r, size.X, size.Y)
				e.Strokes, e.Parts = nil, nil
				e.Edge = compose.Edge{Shift: r.Float64()*20 - 10, Feather: r.Float64() * 50}
				if _, err := compose.Render(ctx, s, e, compose.Options{}); err != nil {
					t.Fatalf("%v alpha %d %+v: %v", size, alpha, e, err)
				}
			}
		}
	}
	s := two()
	for name, e := range map[string]compose.Edit{
		"huge canvas": {Canvas: compose.Canvas{W: 65535, H: 65535}},
		"huge crop":   {Crop: compose.Crop{X: -500_000, Y: -500_000, W: 1_000_000, H: 1_000_000}},
		"thin aspect": {Canvas: compose.Canvas{AspectW: 100_000, AspectH: 0.001}},
	} {
		if _, err := compose.Render(ctx, s, e, compose.Options{}); fault.Of(err) != fault.TooLarge {
			t.Errorf("%s: %v, want too large", name, err)
		}
	}
	for name, s := range map[string]compose.Source{
		"nothing":       {},
		"no foreground": {Original: image.NewNRGBA(image.Rect(0, 0, 4, 4)), Cutout: &matte.Cutout{Alpha: image.NewGray(image.Rect(0, 0, 4, 4))}},
		"sizes differ":  {Cutout: &matte.Cutout{Alpha: image.NewGray(image.Rect(0, 0, 4, 4)), Foreground: image.NewNRGBA(image.Rect(0, 0, 5, 4))}},
		"empty":         {Cutout: &matte.Cutout{Alpha: image.NewGray(image.Rectangle{}), Foreground: image.NewNRGBA(image.Rectangle{})}},
	} {
		if _, err := compose.Render(ctx, s, compose.Edit{}, compose.Options{}); fault.Of(err) != fault.Internal || err == nil {
			t.Errorf("%s: %v, want an error", name, err)
		}
	}
}

func TestRenderCancelled(t *testing.T) {
	s := two()
	c, cancel := context.WithCancel(ctx)
	// The person gives up while the background picture is being opened.
	o := compose.Options{Load: func(string) (image.Image, error) {
		cancel()
		return s.Original, nil
	}}
	e := compose.Edit{Background: compose.Background{Kind: "picture", Path: "x"}}
	if _, err := compose.Render(c, s, e, o); fault.Of(err) != fault.Cancelled {
		t.Errorf("%v, want cancelled", err)
	}
	r := rand.New(rand.NewPCG(1, 1))
	for range 50 {
		e := randomEdit(r, 96, 64)
		if _, err := compose.Render(c, s, e, o); fault.Of(err) != fault.Cancelled {
			t.Errorf("%+v: %v, want cancelled", e, err)
		}
		if _, err := compose.RenderMask(c, s, e, o); fault.Of(err) != fault.Cancelled {
			t.Errorf("mask of %+v: %v, want cancelled", e, err)
		}
	}
}

// screen is about what a preview on a large screen holds.
func screen() compose.Source {
	return source(1600, 1200, disc(800, 600, 450), even(red), even(green))
}

func BenchmarkRender(b *testing.B) {
	s := screen()
	for name, e := range map[string]compose.Edit{
		"transparent": {},
		"color":       {Background: compose.Background{Kind: "color", Color: "#fff"}},
		"blur":        {Background: compose.Background{Kind: "blur"}},
		"shadow":      {Background: compose.Background{Kind: "color", Color: "#fff"}, Shadow: compose.Shadow{Kind: "drop", Angle: 45, Distance: 0.05, Softness: 0.03, Strength: 0.5}},
		"outline":     {Outline: compose.Outline{Width: 10, Color: "#fff"}},
		"canvas":      {Crop: compose.Crop{Trim: true, Margin: 0.1}, Canvas: compose.Canvas{W: 800, H: 800, Center: true}},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := compose.Render(ctx, s, e, compose.Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkStrokeStep(b *testing.B) {
	s := screen()
	e := compose.Edit{Background: compose.Background{Kind: "color", Color: "#fff"}}
	var prev *compose.Retouched
	i := 0
	for b.Loop() {
		e.Strokes = append(e.Strokes, compose.Stroke{Tool: compose.Erase, Radius: 30, Hardness: 0.8,
			Points: []compose.Point{{X: float64(i*13%1600) + 5, Y: float64(i * 7 % 1200)}, {X: float64(i * 13 % 1600), Y: float64(i*7%1200) + 40}}})
		i++
		var err error
		if prev, err = compose.RetouchFrom(ctx, prev, s, e, compose.RetouchOptions{}); err != nil {
			b.Fatal(err)
		}
		s2 := s
		s2.Cutout = prev.Cutout
		if _, err := compose.Render(ctx, s2, e, compose.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

func ExampleRender() {
	s := source(100, 100, disc(50, 50, 30), even(red), even(green))
	e := compose.Edit{
		Background: compose.Background{Kind: "color", Color: "#ffffff"},
		Crop:       compose.Crop{Trim: true, Margin: 0.1},
	}
	f, err := compose.Render(context.Background(), s, e, compose.Options{})
	fmt.Println(f.Image.Bounds().Size(), err)
	// Output: (72,72) <nil>
}

// TestFeatherShowsNoOldBackground: the soft edge has the subject's colour, in
// and out.
func TestFeatherShowsNoOldBackground(t *testing.T) {
	s := source(160, 160, disc(80, 80, 40), even(color.NRGBA{255, 0, 0, 255}), even(color.NRGBA{0, 255, 0, 255}))
	for _, width := range []float64{1, 4, 12, 50} {
		for _, shift := range []float64{0, -5} {
			got := render(t, s, compose.Edit{Edge: compose.Edge{Feather: width, Shift: shift}})
			soft := 0
			for i := 0; i < len(got.Pix); i += 4 {
				p := got.Pix[i : i+4]
				if p[3] > 0 && p[3] < 255 {
					soft++
				}
				if p[3] > 3 && int(p[1])*int(p[3]) > 3*255 {
					t.Fatalf("feather %v shift %v: pixel %d is %v", width, shift, i/4, p)
				}
			}
			if float64(soft) < 1.5*width*2*math.Pi*30/2 {
				t.Errorf("feather %v shift %v: only %d soft pixels", width, shift, soft)
			}
		}
	}
}

// A preview lays out the picture's true size, which its own scale gives back
// only up to a pixel or two.
func TestRender_PreviewKnowsTheFullSize(t *testing.T) {
	full := image.Pt(739, 1134)
	cut := &matte.Cutout{Alpha: image.NewGray(image.Rect(0, 0, 396, 608)), Foreground: image.NewNRGBA(image.Rect(0, 0, 396, 608))}
	for i := range cut.Alpha.Pix {
		cut.Alpha.Pix[i] = 255
	}
	o := compose.Options{Scale: 608. / 1134, Full: full}
	f, err := compose.Render(context.Background(), compose.Source{Original: cut.Foreground, Cutout: cut}, compose.Edit{}, o)
	if err != nil {
		t.Fatal(err)
	}
	if f.Layout.W != full.X || f.Layout.H != full.Y {
		t.Errorf("the layout says %d x %d", f.Layout.W, f.Layout.H)
	}
}

// TestRender_StandsOnTheEdgeAtEveryScale: what the picture's edge cuts off is
// seen as cut off in a preview too, whose size is rounded.
func TestRender_StandsOnTheEdgeAtEveryScale(t *testing.T) {
	standing := func(w, h int) compose.Source {
		m := image.NewNRGBA(image.Rect(0, 0, w, h))
		a := image.NewGray(m.Rect)
		for y := h / 2; y < h; y++ {
			for x := w / 2; x < w; x++ {
				a.Pix[y*a.Stride+x] = 255
			}
		}
		return compose.Source{Original: m, Cutout: &matte.Cutout{Alpha: a, Foreground: m}}
	}
	e := compose.Edit{Crop: compose.Crop{Trim: true, Margin: 0.1}}
	for _, full := range []image.Point{{2601, 1303}, {1303, 2601}, {997, 1001}} {
		whole, err := compose.Render(t.Context(), standing(full.X, full.Y), e, compose.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, side := range []int{1280, 640, 333} {
			scale := float64(side) / float64(max(full.X, full.Y))
			small := standing(int(float64(full.X)*scale+0.5), int(float64(full.Y)*scale+0.5))
			f, err := compose.Render(t.Context(), small, e, compose.Options{Scale: scale, Full: full})
			if err != nil {
				t.Fatal(err)
			}
			near := func(a, b float64) bool { return math.Abs(a-b) <= 2/scale }
			if a, b := f.Layout, whole.Layout; !near(float64(a.W), float64(b.W)) || !near(float64(a.H), float64(b.H)) {
				t.Errorf("%v at %d: %d x %d, in full %d x %d", full, side, a.W, a.H, b.W, b.H)
			}
		}
	}
}
