package app

import (
	"context"
	"image"
	"math"
	"os"
	"path/filepath"
	"time"

	"kirinuki/engine/compose"
	"kirinuki/engine/fault"
	"kirinuki/engine/matte"
	"kirinuki/engine/picture"
)

// small is a view at a size for the screen. Its fields but size and scale are
// guarded by Workspace.mu.
type small struct {
	size     image.Point
	original *image.NRGBA
	from     *matte.Cutout // the full-size cut-out that cut was made from
	cut      *matte.Cutout
	touched  *compose.Retouched
}

// Shown is an item at a size for the screen.
type Shown struct {
	Before image.Image // the original
	After  image.Image // finished; nil where there is no result yet
	// Layout maps between the picture and the finished one, both at full
	// size. It is zero where After is nil.
	Layout   compose.Layout
	Revision uint64 // of the item that is shown
}

// Show returns the original and the finished picture no larger than most, and
// what a pointer needs to find its place.
func (w *Workspace) Show(ctx context.Context, id ID, most image.Point) (Shown, error) {
	if most.X <= 0 || most.Y <= 0 {
		return Shown{}, fault.Newf(fault.Internal, "", "a preview of %v", most)
	}
	s, ok, err := w.showFirst(ctx, id, most)
	for wait := w.coming(id); !ok && err == nil && wait != nil; wait = w.coming(id) {
		select {
		case <-wait:
			s, ok, err = w.showFirst(ctx, id, most)
		case <-ctx.Done():
			return Shown{}, fault.About("", ctx.Err())
		case <-w.ctx.Done():
			return Shown{}, fault.About("", w.ctx.Err())
		}
	}
	if ok || err != nil {
		return s, err
	}
	g, err := w.look(ctx, id, true, toSee)
	if err != nil {
		return Shown{}, err
	}
	s = Shown{Revision: g.revision}
	full := g.full
	on := w.small(g, fit(full, most))
	s.Before = on.original
	if g.cut == nil {
		return s, nil
	}
	zoom := 0.0
	if g.reshaped() {
		// The finished picture may be a small part or a small canvas: find out
		// its size, then take as much of the source as the screen can show.
		var l compose.Layout
		l, zoom, err = w.zoom(ctx, g, w.small(g, fit(full, image.Pt(sketchSide, sketchSide))), most)
		if err != nil {
			return s, fault.About(g.e.name, err)
		}
		on = w.small(g, scaled(full, zoom*l.Scale))
	}
	f, err := w.render(ctx, g, on, zoom)
	if err != nil {
		return s, fault.About(g.e.name, err)
	}
	s.After, s.Layout = f.Image, f.Layout
	return s, nil
}

// reshaped tells whether the finished picture has another shape than the
// original.
func (g glance) reshaped() bool {
	return g.edit.Crop != (compose.Crop{}) || g.edit.Canvas != (compose.Canvas{})
}

// zoom returns the layout of a reshaped picture, found out on a small view, and
// the scale at which it is no larger than most.
func (w *Workspace) zoom(ctx context.Context, g glance, on *small, most image.Point) (compose.Layout, float64, error) {
	sketch, err := w.render(ctx, g, on, sketchZoom)
	if err != nil {
		return compose.Layout{}, 0, err
	}
	l := sketch.Layout
	return l, min(1, float64(most.X)/float64(l.W), float64(most.Y)/float64(l.H)), nil
}

// scaled returns a size times k or up to 1.4 times as much, in steps, so that
// a frame that is dragged does not need a source of its own at every moment.
// It is no larger than the size is or than maxSmallPixels.
func scaled(size image.Point, k float64) image.Point {
	most := min(1, math.Sqrt(maxSmallPixels/(float64(size.X)*float64(size.Y))))
	step := min(1, math.Pow(2, math.Ceil(2*math.Log2(k))/2))
	k = min(step, most)
	return image.Pt(max(1, int(math.Ceil(float64(size.X)*k))), max(1, int(math.Ceil(float64(size.Y)*k))))
}

const (
	// sketchSide is the size of the source at which a layout is found out, and
	// sketchZoom that of what is drawn then: next to nothing.
	sketchSide = 256
	sketchZoom = 1e-3
	// maxSmallPixels bounds the source of a preview that shows a small part.
	maxSmallPixels = 8_000_000
)

// small returns the view at a smaller size, from where it was kept.
func (w *Workspace) small(g glance, size image.Point) *small {
	w.mu.Lock()
	for _, s := range g.view.small {
		if s.size == size && (s.from == g.cut || g.cut == nil) {
			w.mu.Unlock()
			return s
		}
	}
	w.mu.Unlock()
	s := &small{size: size, original: shrink(g.pic.Image, nil, size), from: g.cut}
	if g.cut != nil {
		s.cut = shrinkCutout(g.cut, size)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	g.view.small = append([]*small{s}, g.view.small...)
	if len(g.view.small) > maxSmall {
		clear(g.view.small[maxSmall:])
		g.view.small = g.view.small[:maxSmall]
	}
	return s
}

// render finishes a small view. zoom is as in compose.Options.
func (w *Workspace) render(ctx context.Context, g glance, s *small, zoom float64) (*compose.Finished, error) {
	full := g.full
	scale := float64(s.size.X) / float64(full.X)
	if full.Y > full.X {
		scale = float64(s.size.Y) / float64(full.Y)
	}
	source := compose.Source{Original: s.original, Cutout: s.cut}
	if len(g.edit.Strokes) > 0 || len(g.edit.Parts) > 0 {
		w.mu.Lock()
		before := s.touched
		w.mu.Unlock()
		now, err := compose.RetouchFrom(ctx, before, source, g.edit, compose.RetouchOptions{Scale: scale})
		if err != nil {
			return nil, err
		}
		w.mu.Lock()
		s.touched = now
		w.mu.Unlock()
		source.Cutout = now.Cutout
	}
	return compose.Render(ctx, source, g.edit, compose.Options{Scale: scale, Full: full, Zoom: zoom, Load: w.scenery})
}

// Render returns the finished picture at full size.
func (w *Workspace) Render(ctx context.Context, id ID) (image.Image, error) {
	g, err := w.finished(ctx, id, toSee)
	if err != nil {
		return nil, err
	}
	f, err := compose.Render(ctx, compose.Source{Original: g.pic.Image, Cutout: g.cut}, g.edit, compose.Options{Load: w.background})
	if err != nil {
		return nil, fault.About(g.e.name, err)
	}
	return f.Image, nil
}

// scene is a background picture at a size for previews.
type scene struct {
	path    string
	changed time.Time
	img     image.Image
}

// sceneSide is the longest side of a background picture in previews.
const sceneSide = 2560

// background opens a background picture at full size.
func (w *Workspace) background(path string) (image.Image, error) {
	pic, err := picture.DecodeFile(path, w.c.Limits)
	if err != nil {
		return nil, err
	}
	return pic.Image, nil
}

// scenery opens a background picture for previews, from memory while it stays
// the same.
func (w *Workspace) scenery(path string) (image.Image, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fault.About(filepath.Base(path), err)
	}
	w.mu.Lock()
	s := w.views.scene
	w.mu.Unlock()
	if s != nil && s.path == path && s.changed.Equal(info.ModTime()) {
		return s.img, nil
	}
	full, err := w.background(path)
	if err != nil {
		return nil, err
	}
	s = &scene{path, info.ModTime(), shrink(full, nil, fit(full.Bounds().Size(), image.Pt(sceneSide, sceneSide)))}
	w.mu.Lock()
	w.views.scene = s
	w.mu.Unlock()
	return s.img, nil
}
