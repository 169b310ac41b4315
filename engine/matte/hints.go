package matte

import (
	"image"

	"kirinuki/engine/fault"
)

// check returns an error where the hints do not fit a picture of w by h.
func (h *Hints) check(w, hh int) error {
	if h != nil && (h.W != w || h.H != hh || len(h.V) != w*hh) {
		return fault.Newf(fault.Internal, "", "hints of %dx%d with %d values for a picture of %dx%d", h.W, h.H, len(h.V), w, hh)
	}
	return nil
}

// overlay writes the hints over a trimap of the same size.
func (h *Hints) overlay(t *image.Gray) {
	if h == nil {
		return
	}
	for i, v := range h.V {
		at := i/h.W*t.Stride + i%h.W
		switch v {
		case Keep:
			t.Pix[at] = inside
		case Remove:
			t.Pix[at] = outside
		case Unknown:
			t.Pix[at] = unknown
		}
	}
}

// bounds returns the smallest rectangle around all hints, empty where there
// are none.
func (h *Hints) bounds() image.Rectangle {
	var r image.Rectangle
	if h == nil {
		return r
	}
	for y := 0; y < h.H; y++ {
		row := h.V[y*h.W : (y+1)*h.W]
		from, to := 0, h.W
		for from < to && row[from] == NoHint {
			from++
		}
		for from < to && row[to-1] == NoHint {
			to--
		}
		if from < to {
			r = r.Union(image.Rect(from, y, to, y+1))
		}
	}
	return r
}
