package compose

import (
	"image"
	"math"
)

// Layout says where the picture stands on the finished one: a point p of the
// picture at full size lands on p*Scale + (X, Y).
type Layout struct {
	W, H  int // of the finished picture, in pixels
	Scale float64
	X, Y  float64
	// Small says that the canvas asked for more pixels than there are and
	// that the subject was left at its own size instead of enlarged.
	Small bool
}

// FromPicture maps a point of the picture to the finished one.
func (l Layout) FromPicture(p Point) Point { return Point{p.X*l.Scale + l.X, p.Y*l.Scale + l.Y} }

// ToPicture maps a point of the finished picture to the picture.
func (l Layout) ToPicture(p Point) Point { return Point{(p.X - l.X) / l.Scale, (p.Y - l.Y) / l.Scale} }

// box is a rectangle in fractions of pixels.
type box struct{ x0, y0, x1, y1 float64 }

func boxOf(r image.Rectangle) box {
	return box{float64(r.Min.X), float64(r.Min.Y), float64(r.Max.X), float64(r.Max.Y)}
}

func (b box) w() float64  { return b.x1 - b.x0 }
func (b box) h() float64  { return b.y1 - b.y0 }
func (b box) empty() bool { return b.w() <= 0 || b.h() <= 0 }

func (b box) longer() float64 { return math.Max(b.w(), b.h()) }

func (b box) scale(k float64) box { return box{b.x0 * k, b.y0 * k, b.x1 * k, b.y1 * k} }

func (b box) and(c box) box {
	return box{math.Max(b.x0, c.x0), math.Max(b.y0, c.y0), math.Min(b.x1, c.x1), math.Min(b.y1, c.y1)}
}

func (b box) or(c box) box {
	return box{math.Min(b.x0, c.x0), math.Min(b.y0, c.y0), math.Max(b.x1, c.x1), math.Max(b.y1, c.y1)}
}

// out rounds outwards to whole pixels; a hair's breadth of floating point
// does not cost a pixel.
func (b box) out() box {
	const hair = 1e-6
	return box{math.Floor(b.x0 + hair), math.Floor(b.y0 + hair), math.Ceil(b.x1 - hair), math.Ceil(b.y1 - hair)}
}

// lay works out the finished size and the picture's place on it. size is the
// picture's full size, subject where alpha is not nothing (empty for none).
//
// Without a crop the whole picture is kept. Trim keeps the subject and its
// margin, and never cuts off its outline or shadow. Where the subject itself
// is cut off by the picture's edge (a bust by the lower one) and is not to be
// centred, it keeps standing on that edge: no margin there, and no gap on a
// larger canvas.
func lay(size image.Point, subject box, e Edit) Layout {
	picture := box{0, 0, float64(size.X), float64(size.Y)}
	frame := picture
	if c := e.Crop; c.W > 0 && c.H > 0 {
		frame = boxOf(image.Rect(c.X, c.Y, c.X+c.W, c.Y+c.H))
	}
	var cut struct{ left, top, right, bottom bool }
	if inside := subject.and(frame); e.Crop.Trim && !inside.empty() {
		m := math.Round(e.Crop.Margin * inside.longer())
		margin := box{-m, -m, m, m}
		if !e.Canvas.Center {
			cut.left, cut.right = inside.x0 <= 0, inside.x1 >= picture.x1
			cut.top, cut.bottom = inside.y0 <= 0, inside.y1 >= picture.y1
			// Cut off on both sides there is nothing to stand on.
			if cut.left && cut.right {
				cut.left, cut.right = false, false
			}
			if cut.top && cut.bottom {
				cut.top, cut.bottom = false, false
			}
			if cut.left {
				margin.x0 = 0
			}
			if cut.right {
				margin.x1 = 0
			}
			if cut.top {
				margin.y0 = 0
			}
			if cut.bottom {
				margin.y1 = 0
			}
		}
		frame = box{inside.x0 + margin.x0, inside.y0 + margin.y0, inside.x1 + margin.x1, inside.y1 + margin.y1}
		frame = frame.or(spread(inside, e)).out()
		if cut.bottom {
			frame.y1 = inside.y1
		}
		if cut.top {
			frame.y0 = inside.y0
		}
		if cut.left {
			frame.x0 = inside.x0
		}
		if cut.right {
			frame.x1 = inside.x1
		}
	}

	fw, fh := frame.w(), frame.h()
	cw, ch, k := fw, fh, 1.0
	c := e.Canvas
	aspect := 0.0
	if c.AspectW > 0 && c.AspectH > 0 {
		aspect = c.AspectW / c.AspectH
	}
	switch {
	case c.W > 0 && c.H > 0:
		cw, ch = float64(c.W), float64(c.H)
	case c.W > 0:
		cw, ch = float64(c.W), float64(c.W)*fh/fw
		if aspect > 0 {
			ch = cw / aspect
		}
	case c.H > 0:
		cw, ch = float64(c.H)*fw/fh, float64(c.H)
		if aspect > 0 {
			cw = ch * aspect
		}
	case aspect > fw/fh:
		cw = fh * aspect
	case aspect > 0:
		ch = fw / aspect
	}
	cw, ch = math.Max(1, math.Round(cw)), math.Max(1, math.Round(ch))
	l := Layout{W: int(math.Min(cw, 1e6)), H: int(math.Min(ch, 1e6))}
	if c.W > 0 || c.H > 0 {
		k = math.Min(cw/fw, ch/fh)
		// Where rounding alone leaves a gap, the frame
		// covers it.
		if cw-fw*k <= 0.5+1e-9 && ch-fh*k <= 0.5+1e-9 {
			k = math.Max(cw/fw, ch/fh)
		}
		if k > 1 && !c.Upscale {
			l.Small = k > 1+1e-9
			k = 1
		}
	}
	l.Scale = k
	l.X, l.Y = (cw-fw*k)/2-frame.x0*k, (ch-fh*k)/2-frame.y0*k
	switch {
	case cut.left:
		l.X = -frame.x0 * k
	case cut.right:
		l.X = cw - frame.x1*k
	}
	switch {
	case cut.top:
		l.Y = -frame.y0 * k
	case cut.bottom:
		l.Y = ch - frame.y1*k
	}
	if c.Center && !subject.empty() {
		l.X, l.Y = (cw-(subject.x0+subject.x1)*k)/2, (ch-(subject.y0+subject.y1)*k)/2
	}
	if k == 1 {
		l.X, l.Y = math.Round(l.X), math.Round(l.Y)
	}
	return l
}

// spread is the subject's box with its outline and shadow.
func spread(subject box, e Edit) box {
	w := e.Outline.Width
	b := box{subject.x0 - w, subject.y0 - w, subject.x1 + w, subject.y1 + w}
	return b.or(shadowBox(b, subject.longer(), e.Shadow))
}
