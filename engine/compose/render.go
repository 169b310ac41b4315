package compose

import (
	"context"
	"image"
	"math"

	"kirinuki/engine/fault"
	"kirinuki/engine/matte"
	"kirinuki/engine/parallel"
)

// Source is what a finished picture is made of. Original, and the cut-out's
// foreground, are *image.NRGBA or *image.NRGBA64 of one size, their bounds
// starting at (0, 0).
type Source struct {
	Original image.Image // only its blurred background is used
	Cutout   *matte.Cutout
}

// Options say how to render. The zero value is the finished picture itself.
type Options struct {
	// Scale is the size of the source as a share of the picture's own, for
	// previews; 0 means 1. Lengths in an Edit stay those of the full size.
	Scale float64
	// Full is the picture's own size, which Scale alone gives back only up to
	// a pixel or two; zero works it out from Scale.
	Full image.Point
	// Zoom is the size of the rendered picture as a share of the finished
	// one; 0 means Scale. A small canvas can be previewed at its own size
	// although the source is smaller.
	Zoom float64
	// Load opens Background.Path. nil refuses background pictures.
	Load func(path string) (image.Image, error)
}

func (o Options) scale() float64 {
	if o.Scale > 0 {
		return o.Scale
	}
	return 1
}

func (o Options) zoom() float64 {
	if o.Zoom > 0 {
		return o.Zoom
	}
	return o.scale()
}

// Finished is a finished picture.
type Finished struct {
	// Image is an *image.NRGBA, or *image.NRGBA64 where the source has 16
	// bits. Invisible pixels are all zero, so nothing hides in them.
	Image image.Image
	// Layout maps between the picture at full size and the finished one at
	// full size.
	Layout Layout
	DPI    float64 // to be stated in the file, 0 for none
}

// maxPixels bounds the finished picture, as the limits of picture do its
// sources.
const maxPixels = 150_000_000

// Render finishes a cut-out. It is a pure function: the same arguments give
// the same bytes, whatever was rendered before. Strokes and parts are not its
// business; Retouch brings them into the cut-out first.
//
// Layers are mixed in the picture's own gamma-encoded values, not in linear
// light. That is what browsers, office programs and other editors do with a
// transparent picture, so a background put here looks exactly as the same
// colour put behind the saved cut-out there; and a matte solved in encoded
// values (engine/matte, engine/key) comes out free of fringe only if it is
// mixed in them.
func Render(ctx context.Context, s Source, e Edit, o Options) (*Finished, error) {
	j, err := plan(ctx, s, e, o)
	if err != nil {
		return nil, err
	}
	f := &Finished{Layout: j.layout, DPI: e.Canvas.DPI}
	r := image.Rect(0, 0, j.w, j.h)
	deep := false
	if _, ok := s.Cutout.Foreground.(*image.NRGBA64); ok {
		deep = true
	}
	if deep {
		f.Image = image.NewNRGBA64(r)
	} else {
		f.Image = image.NewNRGBA(r)
	}
	return f, j.draw(ctx, f.Image, r)
}

// RenderMask finishes the alpha alone, with the same edge, crop and canvas
// but without background, shadow and outline.
func RenderMask(ctx context.Context, s Source, e Edit, o Options) (*image.Gray, error) {
	j, err := plan(ctx, s, e, o)
	if err != nil {
		return nil, err
	}
	out := image.NewGray(image.Rect(0, 0, j.w, j.h))
	err = parallel.Rows(ctx, j.h, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			for x := range j.w {
				out.Pix[y*out.Stride+x] = uint8(j.subjectAlpha(x, y)*255 + 0.5)
			}
		}
	})
	return out, fault.About("", err)
}

// job is one rendering: every layer ready to be mixed row by row.
type job struct {
	source Source
	edit   Edit
	layout Layout
	w, h   int // of the rendered picture

	alpha *image.Gray // after the edge
	front image.Image
	// A source pixel p lands on p*scale + (x, y) of the rendered picture.
	scale, x, y float64
	zoom        float64 // rendered pixels a finished pixel
	sourceScale float64

	subject *layer // resampled; nil where scale is 1
	outline *outline
	shadow  *shadow
	back    backdrop
}

// plan checks the arguments and prepares the layers.
func plan(ctx context.Context, s Source, e Edit, o Options) (*job, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	if err := e.Check(); err != nil {
		return nil, err
	}
	j := &job{source: s, edit: e, alpha: s.Cutout.Alpha, front: s.Cutout.Foreground}
	j.sourceScale, j.zoom = o.scale(), o.zoom()
	if err := j.soften(ctx); err != nil {
		return nil, fault.About("", err)
	}
	b := j.alpha.Bounds()
	full := o.Full
	if full == (image.Point{}) {
		full = image.Pt(
			int(math.Round(float64(b.Dx())/j.sourceScale)),
			int(math.Round(float64(b.Dy())/j.sourceScale)))
	}
	subject := bounds(j.alpha)
	inPicture := boxOf(subject).scale(1 / j.sourceScale)
	if subject.Max.X == b.Max.X { // to the edge, however the small size was rounded
		inPicture.x1 = float64(full.X)
	}
	if subject.Max.Y == b.Max.Y {
		inPicture.y1 = float64(full.Y)
	}
	j.layout = lay(full, inPicture, e)
	if j.layout.W > 65535 || j.layout.H > 65535 || j.layout.W*j.layout.H > maxPixels {
		return nil, fault.Newf(fault.TooLarge, "", "the canvas would be %d x %d pixels", j.layout.W, j.layout.H)
	}
	l := j.layout
	j.w, j.h = max(1, round(float64(l.W)*j.zoom)), max(1, round(float64(l.H)*j.zoom))
	j.scale, j.x, j.y = l.Scale*j.zoom/j.sourceScale, l.X*j.zoom, l.Y*j.zoom
	if math.Abs(j.scale-1) < 1e-9 {
		j.scale, j.x, j.y = 1, math.Round(j.x), math.Round(j.y)
	}
	if err := j.prepare(ctx, subject, o); err != nil {
		return nil, fault.About("", err)
	}
	return j, nil
}

func round(v float64) int { return int(math.Round(v)) }

// check says whether the parts of a source fit together.
func (s Source) check() error {
	if s.Cutout == nil || s.Cutout.Alpha == nil {
		return fault.Newf(fault.Internal, "", "no cut-out to finish")
	}
	b := s.Cutout.Alpha.Bounds()
	if b.Empty() {
		return fault.Newf(fault.Internal, "", "the cut-out has no pixels")
	}
	for _, m := range []image.Image{s.Cutout.Foreground, s.Original} {
		switch m.(type) {
		case *image.NRGBA, *image.NRGBA64:
			if m.Bounds() == b && b.Min == (image.Point{}) {
				continue
			}
		case nil:
			if s.Cutout.Foreground != nil { // the original may be missing
				continue
			}
		}
		return fault.Newf(fault.Internal, "", "a %T of %v beside an alpha of %v", m, sizeOf(m), b)
	}
	return nil
}

func sizeOf(m image.Image) image.Rectangle {
	if m == nil {
		return image.Rectangle{}
	}
	return m.Bounds()
}

// bounds is the smallest rectangle with everything that is visibly there.
func bounds(alpha *image.Gray) image.Rectangle {
	const visible = 8
	b := alpha.Bounds()
	r := image.Rect(b.Max.X, b.Max.Y, b.Min.X, b.Min.Y)
	r.Min, r.Max = b.Max, b.Min
	for y := range b.Dy() {
		row := alpha.Pix[y*alpha.Stride:][:b.Dx()]
		x0 := 0
		for x0 < len(row) && row[x0] < visible {
			x0++
		}
		if x0 == len(row) {
			continue
		}
		x1 := len(row)
		for row[x1-1] < visible {
			x1--
		}
		r.Min.X, r.Max.X = min(r.Min.X, x0), max(r.Max.X, x1)
		r.Min.Y, r.Max.Y = min(r.Min.Y, y), y+1
	}
	if r.Empty() {
		return image.Rectangle{}
	}
	return r
}

// prepare computes the layers.
func (j *job) prepare(ctx context.Context, subject image.Rectangle, o Options) error {
	e := j.edit
	canvas := image.Rect(0, 0, j.w, j.h)
	// Where the subject stands on the rendered picture, in its pixels.
	at := j.place(boxOf(subject))
	outlineWidth := e.Outline.Width * j.layout.Scale * j.zoom
	if e.Outline.Color == "" {
		outlineWidth = 0
	}
	fall := e.Shadow.on() && !subject.Empty()
	need := canvas
	if (outlineWidth > 0 || fall) && !subject.Empty() {
		// What stands outside may still throw its shadow inside; but it can
		// come from no farther than the subject reaches.
		reach := int(math.Ceil(outlineWidth + shadowReach(at.longer(), e.Shadow) + 2))
		all := at.out()
		far := image.Rect(int(all.x0), int(all.y0), int(all.x1), int(all.y1))
		need = canvas.Union(far.Intersect(canvas.Inset(-reach)))
	}
	if j.scale != 1 {
		var err error
		src := &source{j.alpha.Bounds().Dx(), j.alpha.Bounds().Dy(), j.front, j.alpha}
		j.subject, err = resample(ctx, src, need, j.scale, j.x, j.y)
		if err != nil {
			return err
		}
	}
	if outlineWidth > 0 && !subject.Empty() {
		c, err := ParseColor(e.Outline.Color)
		if err != nil {
			return err
		}
		j.outline, err = newOutline(ctx, j.subjectAlpha, need, at, outlineWidth, c)
		if err != nil {
			return err
		}
	}
	if fall {
		var err error
		j.shadow, err = newShadow(ctx, j.solidAlpha, need, at, outlineWidth, e.Shadow)
		if err != nil {
			return err
		}
	}
	var err error
	j.back, err = j.newBackdrop(ctx, o)
	return err
}

// place maps a box of the source to the rendered picture.
func (j *job) place(b box) box {
	return box{b.x0*j.scale + j.x, b.y0*j.scale + j.y, b.x1*j.scale + j.x, b.y1*j.scale + j.y}
}

// subjectAlpha is the subject's alpha, 0..1, at a rendered pixel, which may
// lie outside of the picture.
func (j *job) subjectAlpha(x, y int) float32 {
	if j.subject != nil {
		r := j.subject.r
		if !image.Pt(x, y).In(r) {
			return 0
		}
		return float32(j.subject.pix[4*((y-r.Min.Y)*r.Dx()+x-r.Min.X)+3]) / 65535
	}
	p := image.Pt(x-int(j.x), y-int(j.y))
	if !p.In(j.alpha.Rect) {
		return 0
	}
	return float32(j.alpha.Pix[p.Y*j.alpha.Stride+p.X]) / 255
}

// solidAlpha is the alpha of subject and outline together, which is what
// throws a shadow.
func (j *job) solidAlpha(x, y int) float32 {
	a := j.subjectAlpha(x, y)
	if j.outline != nil && a < 1 {
		a += (1 - a) * j.outline.at(x, y)
	}
	return a
}

// draw mixes the layers into the part r of out.
func (j *job) draw(ctx context.Context, out image.Image, r image.Rectangle) error {
	r = r.Intersect(image.Rect(0, 0, j.w, j.h))
	err := parallel.Rows(ctx, r.Dy(), func(y0, y1 int) {
		line := make([]float32, 4*r.Dx())
		own := make([]float32, 4*r.Dx())
		for y := r.Min.Y + y0; y < r.Min.Y+y1; y++ {
			j.back.row(line, r.Min.X, r.Max.X, y)
			if j.shadow != nil {
				j.shadow.over(line, r.Min.X, r.Max.X, y)
			}
			if j.outline != nil {
				j.outline.over(line, r.Min.X, r.Max.X, y)
			}
			j.subjectOver(line, own, r.Min.X, r.Max.X, y)
			put(out, line, r.Min.X, y)
		}
	})
	return fault.About("", err)
}

// subjectOver lays the subject's pixels x0..x1 of row y over line.
func (j *job) subjectOver(line, own []float32, x0, x1, y int) {
	if l := j.subject; l != nil {
		p := l.pix[4*((y-l.r.Min.Y)*l.r.Dx()+x0-l.r.Min.X):]
		for i := range line {
			own[i] = float32(p[i]) / 65535
		}
	} else {
		w, h := j.alpha.Rect.Dx(), j.alpha.Rect.Dy()
		sy := y - int(j.y)
		a, b := max(x0, int(j.x)), min(x1, int(j.x)+w)
		if sy < 0 || sy >= h || a >= b {
			return
		}
		line, own = line[4*(a-x0):4*(b-x0)], own[:4*(b-a)]
		src := source{w, h, j.front, j.alpha}
		src.row(own, sy, a-int(j.x), b-int(j.x))
	}
	for i := 0; i < len(line); i += 4 {
		switch a := own[i+3]; a {
		case 0:
		case 1:
			copy(line[i:i+4], own[i:i+4])
		default:
			for n := i; n < i+4; n++ {
				line[n] = own[n] + (1-a)*line[n]
			}
		}
	}
}

// put writes a premultiplied row as straight colour.
func put(out image.Image, line []float32, x, y int) {
	switch m := out.(type) {
	case *image.NRGBA:
		p := m.Pix[y*m.Stride+4*x:][:len(line)]
		for i := 0; i < len(line); i += 4 {
			a := line[i+3]
			a8 := uint8(min(a, 1)*255 + 0.5)
			if a8 == 0 {
				continue // a new image is all zero
			}
			k := 255 / a
			p[i] = uint8(min(line[i]*k, 255) + 0.5)
			p[i+1] = uint8(min(line[i+1]*k, 255) + 0.5)
			p[i+2] = uint8(min(line[i+2]*k, 255) + 0.5)
			p[i+3] = a8
		}
	case *image.NRGBA64:
		p := m.Pix[y*m.Stride+8*x:][:2*len(line)]
		for i := 0; i < len(line); i += 4 {
			a := line[i+3]
			a16 := uint16(min(a, 1)*65535 + 0.5)
			if a16 == 0 {
				continue
			}
			k := 65535 / a
			q := p[2*i : 2*i+8]
			for n := range 3 {
				v := uint16(min(line[i+n]*k, 65535) + 0.5)
				q[2*n], q[2*n+1] = uint8(v>>8), uint8(v)
			}
			q[6], q[7] = uint8(a16>>8), uint8(a16)
		}
	}
}
