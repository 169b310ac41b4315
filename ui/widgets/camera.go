package widgets

import (
	"math"

	"kirinuki/engine/compose"
)

// Zoom's bounds, in screen pixels per picture pixel.
const (
	minZoom = 1.0 / 64
	maxZoom = 32
)

// camera says which part of a picture a view shows. All lengths are screen
// pixels except those that say picture.
type camera struct {
	picW, picH   float64 // the picture, in its own pixels
	viewW, viewH float64
	margin       float64 // kept free around a fitted picture
	fit          bool    // the whole picture, however large the view
	zoom         float64 // screen pixels per picture pixel
	cx, cy       float64 // the picture's point at the view's centre
}

// fitZoom is the zoom that shows the whole picture, at most 1.
func (c *camera) fitZoom() float64 {
	if c.picW <= 0 || c.picH <= 0 {
		return 1
	}
	w, h := max(1, c.viewW-2*c.margin), max(1, c.viewH-2*c.margin)
	return max(minZoom, min(1, w/c.picW, h/c.picH))
}

// settle brings zoom and centre within their bounds.
func (c *camera) settle() {
	if c.fit {
		c.zoom = c.fitZoom()
		c.cx, c.cy = c.picW/2, c.picH/2
	}
	c.zoom = max(minZoom, min(maxZoom, c.zoom))
	c.cx = settleAxis(c.cx, c.picW, c.viewW/c.zoom)
	c.cy = settleAxis(c.cy, c.picH, c.viewH/c.zoom)
}

// settleAxis centres what is smaller than the view and keeps the edges of
// what is larger from leaving it by more than half the view.
func settleAxis(center, pic, view float64) float64 {
	if pic <= view {
		return pic / 2
	}
	slack := view * 0.4
	return max(view/2-slack, min(pic-view/2+slack, center))
}

// toPicture returns the picture's point under the view's point.
func (c *camera) toPicture(x, y float64) compose.Point {
	return compose.Point{X: c.cx + (x-c.viewW/2)/c.zoom, Y: c.cy + (y-c.viewH/2)/c.zoom}
}

// toView returns the view's point over the picture's point.
func (c *camera) toView(p compose.Point) (x, y float64) {
	return (p.X-c.cx)*c.zoom + c.viewW/2, (p.Y-c.cy)*c.zoom + c.viewH/2
}

// zoomAt changes the zoom so that what is under (x, y) stays there.
func (c *camera) zoomAt(x, y, zoom float64) {
	p := c.toPicture(x, y)
	c.fit = false
	c.zoom = max(minZoom, min(maxZoom, zoom))
	c.cx = p.X - (x-c.viewW/2)/c.zoom
	c.cy = p.Y - (y-c.viewH/2)/c.zoom
	c.settle()
}

// pan moves the picture by that many screen pixels.
func (c *camera) pan(dx, dy float64) {
	if c.fit && math.Abs(dx)+math.Abs(dy) > 0 {
		c.fit = false
	}
	c.cx -= dx / c.zoom
	c.cy -= dy / c.zoom
	c.settle()
}
