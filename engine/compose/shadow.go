package compose

import (
	"context"
	"image"
	"math"

	"kirinuki/engine/parallel"
)

// on says whether there is a shadow to draw.
func (s Shadow) on() bool {
	return (s.Kind == "drop" || s.Kind == "contact") && s.Strength > 0
}

// A contact shadow is the subject's silhouette laid flat on the ground: this
// share of its height remains.
const squash = 0.10

// reachOf is how far, in the subject's longer sides, a shadow's blur is seen.
func reachOf(s Shadow) float64 { return 2.5 * s.Softness }

// shadowReach is the farthest a shadow falls from what throws it, in the unit
// of longer.
func shadowReach(longer float64, s Shadow) float64 {
	if !s.on() {
		return 0
	}
	if s.Kind == "contact" {
		return longer * (1 + s.Distance + reachOf(s)) // a tall one may lie anywhere below
	}
	return longer * (s.Distance + reachOf(s))
}

// offset is how far a shadow is moved.
func (s Shadow) offset(longer float64) (dx, dy float64) {
	sin, cos := math.Sincos(s.Angle * math.Pi / 180)
	return longer * s.Distance * cos, longer * s.Distance * sin
}

// shadowBox is what the shadow of a subject in b covers.
func shadowBox(b box, longer float64, s Shadow) box {
	if !s.on() {
		return b
	}
	dx, dy := s.offset(longer)
	r := longer * reachOf(s)
	if s.Kind == "contact" {
		flat := squash * b.h()
		b.y0 = b.y1 - flat
		dy = 0
		return box{b.x0 - r + math.Min(0, dx), b.y0, b.x1 + r + math.Max(0, dx), b.y1 + flat/2 + r/2}
	}
	return box{b.x0 + dx - r, b.y0 + dy - r, b.x1 + dx + r, b.y1 + dy + r}
}

// shadow is black of a varying strength.
type shadow struct {
	planes []*plane
	dx, dy float64
	k      float32
}

// newShadow computes the shadow of what alpha says stands in need; at is the
// subject's box, grown is how much wider its outline made it.
func newShadow(ctx context.Context, alpha func(x, y int) float32, need image.Rectangle, at box, grown float64, s Shadow) (*shadow, error) {
	longer := at.longer()
	body := box{at.x0 - grown, at.y0 - grown, at.x1 + grown, at.y1 + grown}
	out := &shadow{k: float32(s.Strength)}
	sigma := s.Softness * longer
	if s.Kind == "contact" {
		return out, out.contact(ctx, alpha, need, body, longer, s)
	}
	out.dx, out.dy = s.offset(longer)
	p, err := gather(ctx, alpha, need, body, grain(sigma), sigma)
	if err != nil {
		return nil, err
	}
	out.planes = []*plane{p}
	return out, p.gauss(ctx, sigma, 0)
}

// gather averages alpha over body, within need, into cells, with room around
// for a blur of sigma.
func gather(ctx context.Context, alpha func(x, y int) float32, need image.Rectangle, body box, size, sigma float64) (*plane, error) {
	all := body.and(boxOf(need)).out()
	room := math.Ceil(3*sigma/size)*size + size
	p := &plane{size: size, x0: all.x0 - room, y0: all.y0 - room}
	p.w = max(0, int(math.Ceil((all.x1+room-p.x0)/size)))
	p.h = max(0, int(math.Ceil((all.y1+room-p.y0)/size)))
	if all.empty() {
		p.w, p.h = 0, 0
	}
	p.v = make([]float32, p.w*p.h)
	n := int(size)
	err := parallel.Rows(ctx, p.h, func(j0, j1 int) {
		for j := j0; j < j1; j++ {
			for y := int(p.y0) + j*n; y < int(p.y0)+(j+1)*n; y++ {
				if y < int(all.y0) || y >= int(all.y1) {
					continue
				}
				row := p.v[j*p.w:][:p.w]
				for x := int(all.x0); x < int(all.x1); x++ {
					row[(x-int(p.x0))/n] += alpha(x, y)
				}
			}
			for i := range p.w {
				p.v[j*p.w+i] /= float32(n * n)
			}
		}
	})
	return p, err
}

// contact computes a shadow on the ground. The ground is where each column of
// the subject ends, so feet at different depths each stand on their own; a
// column that ends high above the lowest one hangs in the air and throws
// little. Two layers: a dark thin one where the subject touches, and a wide
// faint one of the silhouette laid flat.
func (s *shadow) contact(ctx context.Context, alpha func(x, y int) float32, need image.Rectangle, body box, longer float64, e Shadow) error {
	soft := math.Max(e.Softness*longer, 1)
	all := body.and(boxOf(need)).out()
	if all.empty() {
		return nil
	}
	x0, x1 := int(all.x0), int(all.x1)
	// Where each column ends.
	ends := make([]int, x1-x0)
	lowest := int(all.y0)
	if err := parallel.Rows(ctx, len(ends), func(a, b int) {
		for i := a; i < b; i++ {
			y := int(all.y1) - 1
			for y >= int(all.y0) && alpha(x0+i, y) < 0.5 {
				y--
			}
			ends[i] = y + 1
		}
	}); err != nil {
		return err
	}
	for _, y := range ends {
		lowest = max(lowest, y)
	}
	dx, _ := e.offset(longer)

	layer := func(sigma, thick, hang, strength, shift float64) error {
		size := grain(sigma)
		room := math.Ceil((3*sigma+thick)/size)*size + size
		p := &plane{size: size, x0: all.x0 - room, y0: all.y0 - room}
		p.w = int(math.Ceil((all.x1 + room - p.x0) / size))
		// Only the ground is covered.
		top := math.Max(all.y0, float64(lowest)-3*hang) - room - thick
		p.y0 += math.Max(0, math.Floor((top-p.y0)/size)*size)
		p.h = int(math.Ceil((float64(lowest) + thick + room - p.y0) / size))
		p.v = make([]float32, p.w*p.h)
		for i, end := range ends {
			if end <= int(all.y0) {
				continue
			}
			d := float64(lowest-end) / hang
			w := strength * math.Exp(-d*d) / size
			if w*size < 1e-3 {
				continue
			}
			col := int((float64(x0+i) + 0.5 - p.x0) / size)
			// An upright bar about the end, its ends in fractions of cells.
			from := (float64(end) - 0.7*thick - p.y0) / size
			to := (float64(end) + 0.3*thick - p.y0) / size
			for j := max(0, int(from)); j < min(p.h, int(to)+1); j++ {
				share := math.Min(to, float64(j+1)) - math.Max(from, float64(j))
				p.v[j*p.w+col] += float32(w * share)
			}
		}
		p.x0 += shift
		s.planes = append(s.planes, p)
		return p.gauss(ctx, sigma, 0.45*sigma)
	}
	// The flat silhouette, then the touch.
	flat := squash * body.h()
	if err := layer(soft, flat, 0.12*longer, 0.75, dx); err != nil {
		return err
	}
	return layer(math.Max(soft/4, 1), math.Max(0.02*longer, 1), 0.035*longer, 0.8, dx/4)
}

// over lays the shadow over premultiplied pixels x0..x1 of row y.
func (s *shadow) over(line []float32, x0, x1, y int) {
	light := make([]float32, x1-x0)
	for i := range light {
		light[i] = 1
	}
	for _, p := range s.planes {
		level := p.level(float64(y)+0.5-s.dy, false)
		for i := range light {
			light[i] *= 1 - min(max(p.along(level, float64(x0+i)+0.5-s.dx), 0), 1)
		}
	}
	for i, v := range light {
		a := s.k * (1 - v)
		if a == 0 {
			continue
		}
		p := line[4*i:][:4]
		p[0], p[1], p[2] = p[0]*(1-a), p[1]*(1-a), p[2]*(1-a)
		p[3] = a + (1-a)*p[3]
	}
}
