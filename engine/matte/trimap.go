package matte

import (
	"context"
	"image"

	"kirinuki/engine/parallel"
)

// The band of unknown pixels around the mask's outline, in pixels of the
// small picture or of the mask, whichever are larger.
const (
	bandWidth = 3.0  // each side of a sharp outline: what a network errs by
	wideSoft  = 3.0  // half width from which a soft transition is hair or blur ...
	bandWide  = 9.0  // ... which widens the band to this
	sureLow   = 0.04 // below this a mask is sure of background
	sureHigh  = 0.96 // above this it is sure of the subject
)

// reachIn and reachOut are how far from the outline a soft pixel may lie and
// still belong to it, as a share of the longer side. What is soft farther
// inside is a network in doubt, not an edge; outwards hair is long.
const (
	reachIn  = 0.03
	reachOut = 0.12
)

// speckShare is the share of the largest part's area below which another part
// is a speck, however sure the network is.
const speckShare = 0.002

// Trimap divides the picture by a coarse mask: 255 is subject for sure, 0 is
// background for sure, 128 is to be solved. The unknown band follows the
// mask's outline, as wide as a network errs and wider where the mask is soft
// (hair, fur, motion blur, glass). Hints, where there are any, have the last
// word. It returns nil where the mask or the hints are malformed.
func Trimap(src image.Image, m Mask, h *Hints) *image.Gray {
	p, _ := pixelsOf(src)
	if m.check() != nil || h.check(p.w, p.h) != nil || p.w == 0 || p.h == 0 {
		return nil
	}
	ctx := context.Background()
	s, err := newSmall(ctx, &p, m, workSide)
	if err != nil || s.divide(ctx, Options{}) != nil {
		return nil
	}
	t := image.NewGray(image.Rect(0, 0, p.w, p.h))
	s.expand(ctx, t)
	h.overlay(t)
	return t
}

// divide fills in state.
func (s *small) divide(ctx context.Context, o Options) error {
	if !o.KeepSpecks {
		s.removeSpecks()
	}
	w, h, m := s.w, s.h, s.mask
	toSubject, err := distanceTo(ctx, w, h, func(i int) bool { return m[i] >= 0.5 })
	if err != nil {
		return err
	}
	toGround, err := distanceTo(ctx, w, h, func(i int) bool { return m[i] < 0.5 })
	if err != nil {
		return err
	}
	square := func(r float64) float32 { return float32(r * r) }
	side := float64(max(w, h))
	wide := square(bandWide * s.blur)
	narrow := square(bandWidth * s.blur)
	limitIn, limitOut := max(wide, square(reachIn*side)), max(wide, square(reachOut*side))
	// A pixel's distance to the outline is that to the other side of it.
	outline := toSubject
	for i, d := range toGround {
		if d > outline[i] {
			outline[i] = d
		}
	}
	soft := make([]bool, w*h)
	for i, v := range m {
		limit := limitOut
		if v >= 0.5 {
			limit = limitIn
		}
		soft[i] = v > sureLow && v < sureHigh && outline[i] <= limit
	}
	depth, err := distanceTo(ctx, w, h, func(i int) bool { return !soft[i] })
	if err != nil {
		return err
	}
	near, err := distanceTo(ctx, w, h, func(i int) bool { return soft[i] || outline[i] <= 1 })
	if err != nil {
		return err
	}
	deep := square(wideSoft * s.blur)
	hair, err := distanceTo(ctx, w, h, func(i int) bool { return depth[i] >= deep && depth[i] < far })
	if err != nil {
		return err
	}
	s.state = make([]uint8, w*h)
	doubt := make([]uint8, w*h)
	for i, v := range m {
		switch {
		case outline[i] < far && (near[i] <= narrow || hair[i] <= wide):
			s.state[i] = unknown
		case v >= 0.5:
			s.state[i] = inside
			if v < sureHigh {
				doubt[i] = 255
			}
		}
	}
	return s.decide(ctx, doubt, o)
}

// decide settles what the network is in doubt about inside the subject. It
// stays unknown where the picture says that the background shines through, or
// where a person says so; it is a hole where the picture shows the background
// itself; and it is solid everywhere else.
func (s *small) decide(ctx context.Context, doubt []uint8, o Options) error {
	some := false
	for i, v := range doubt {
		if v != 0 {
			s.state[i] = unknown
			some = true
		}
	}
	if !some {
		return nil
	}
	l, parts := s.examine(s.mask, doubt)
	hole := make([]bool, len(doubt))
	holes := false
	for i, id := range l.ID {
		switch {
		case id == 0:
		case parts[id].ground:
			hole[i], holes = true, true
			s.mask[i] = 0
		case !o.Translucent && !parts[id].glass:
			s.state[i] = inside
		}
	}
	if !holes {
		return nil
	}
	// A hole's rim is solved like any outline.
	depth, err := distanceTo(ctx, s.w, s.h, func(i int) bool { return !hole[i] })
	if err != nil {
		return err
	}
	rim, err := distanceTo(ctx, s.w, s.h, func(i int) bool { return hole[i] })
	if err != nil {
		return err
	}
	band := float32(bandWidth * bandWidth * s.blur * s.blur)
	for i := range hole {
		switch {
		case depth[i] > band && hole[i]:
			s.state[i] = outside
		case rim[i] <= band && s.state[i] == inside:
			s.state[i] = unknown
		}
	}
	return nil
}

// removeSpecks erases islands too small to be meant and fills holes too small
// to be seen.
func (s *small) removeSpecks() {
	w, h := s.w, s.h
	subject := s.parts(func(v float32) bool { return v >= 0.5 })
	if len(subject.Parts) == 0 {
		return
	}
	sum := make([]float64, len(subject.Parts)+1)
	for i, id := range subject.ID {
		sum[id] += float64(s.mask[i])
	}
	whole := subject.Parts[0].Area
	drop := make([]bool, len(sum))
	for k, part := range subject.Parts[1:] {
		mean := sum[k+2] / part.Area
		// A small part stays where the network is sure of it.
		drop[k+2] = part.Area < speckShare*whole || part.Area < 0.02*whole && mean < 0.8
	}
	for i, id := range subject.ID {
		if drop[id] {
			s.mask[i] = 0
		}
	}
	holes := s.parts(func(v float32) bool { return v < 0.5 })
	fill := make([]bool, len(holes.Parts)+1)
	for k, part := range holes.Parts {
		b := part.Bounds
		open := b.Min.X == 0 || b.Min.Y == 0 || b.Max.X == w || b.Max.Y == h
		fill[k+1] = !open && part.Area < 0.0002*whole
	}
	for i, id := range holes.ID {
		if fill[id] {
			s.mask[i] = 1
		}
	}
}

// parts labels the connected areas of the mask's values that in picks.
func (s *small) parts(in func(v float32) bool) *Labels {
	line := make([]uint8, s.w)
	return components(s.w, s.h, 128, func(y int) []uint8 {
		for x, v := range s.mask[y*s.w : (y+1)*s.w] {
			line[x] = 0
			if in(v) {
				line[x] = 255
			}
		}
		return line
	})
}

// expand writes the state of every pixel of the picture to t.
func (s *small) expand(ctx context.Context, t *image.Gray) error {
	w, h := t.Rect.Dx(), t.Rect.Dy()
	return parallel.Rows(ctx, s.h, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			first := t.Pix[y*s.scale*t.Stride:][:w]
			if s.scale == 1 {
				copy(first, s.state[y*s.w:(y+1)*s.w])
				continue
			}
			state := s.state[y*s.w : (y+1)*s.w]
			for x := 0; x < s.w; {
				// By runs, of which most rows have few.
				v, n := state[x], x+1
				for n < s.w && state[n] == v {
					n++
				}
				run := first[x*s.scale : min(w, n*s.scale)]
				for i := range run {
					run[i] = v
				}
				x = n
			}
			for fy := y*s.scale + 1; fy < min(h, (y+1)*s.scale); fy++ {
				copy(t.Pix[fy*t.Stride:][:w], first)
			}
		}
	})
}
