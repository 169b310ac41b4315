package compose_test

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	_ "image/jpeg"
	_ "image/png"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"kirinuki/engine"
	"kirinuki/engine/compose"
	"kirinuki/engine/infer/infertest"
	"kirinuki/engine/matte"
	"kirinuki/engine/picture"
)

// This file counts the strokes of a simulated person. Given a cut-out that is
// deliberately wrong and the true alpha, the person looks for the largest
// wrong area, draws one short straight stroke of Keep or Remove through its
// middle, looks at the answer and goes on until the intersection over union
// with the truth (alpha from half on) is good.

const (
	goodIoU    = 0.98
	mostStroke = 20
)

// task is a picture, the truth about it and a cut-out that is wrong.
type task struct {
	name   string
	source compose.Source
	truth  *image.Gray
}

// effort is what a task took.
type effort struct {
	task    string
	strokes int       // mostStroke where good was not reached
	iou     []float64 // at the start and after each stroke
	slowest time.Duration
}

func (e effort) good() bool { return e.iou[len(e.iou)-1] >= goodIoU }

func (e effort) String() string {
	var steps strings.Builder
	for _, v := range e.iou {
		fmt.Fprintf(&steps, " %.3f", v)
	}
	return fmt.Sprintf("%-40s %2d strokes, slowest %4d ms, IoU%s", e.task, e.strokes, e.slowest.Milliseconds(), steps.String())
}

// mend lets the person work on a task.
func mend(t testing.TB, k task) effort {
	t.Helper()
	e := effort{task: k.name, iou: []float64{overlap(k.source.Cutout.Alpha, k.truth)}}
	var edit compose.Edit
	var last *compose.Retouched
	alpha := k.source.Cutout.Alpha
	for !e.good() && e.strokes < mostStroke {
		stroke, ok := nextStroke(alpha, k.truth)
		if !ok {
			t.Fatalf("%s: nothing is wrong, yet IoU is %.4f", k.name, e.iou[e.strokes])
		}
		edit.Strokes = append(edit.Strokes, stroke)
		start := time.Now()
		next, err := compose.RetouchFrom(ctx, last, k.source, edit, compose.RetouchOptions{})
		if err != nil {
			t.Fatal(err)
		}
		e.slowest = max(e.slowest, time.Since(start))
		last, alpha = next, next.Cutout.Alpha
		e.strokes++
		e.iou = append(e.iou, overlap(alpha, k.truth))
	}
	return e
}

// overlap is the intersection over union of what is at least half opaque.
func overlap(a, b *image.Gray) float64 {
	both, either := 0, 0
	for i, v := range a.Pix {
		x, y := v >= 128, b.Pix[i] >= 128
		if x && y {
			both++
		}
		if x || y {
			either++
		}
	}
	return float64(both) / float64(max(either, 1))
}

// nextStroke is what a person would draw next: along the longest straight way
// through the deepest point of the largest wrong area. ok is false where
// nothing is wrong.
func nextStroke(alpha, truth *image.Gray) (s compose.Stroke, ok bool) {
	w, h := alpha.Rect.Dx(), alpha.Rect.Dy()
	var depth []float64 // of the area, and its deepest point
	var at image.Point
	missing := depths(w, h, func(i int) bool { return truth.Pix[i] >= 128 && alpha.Pix[i] < 128 })
	extra := depths(w, h, func(i int) bool { return truth.Pix[i] < 128 && alpha.Pix[i] >= 128 })
	// Thin seams count only where nothing thicker is left.
	for _, erode := range []float64{2, 0} {
		most := 0.0
		for _, side := range []struct {
			tool  compose.Tool
			depth []float64
		}{{compose.Keep, missing}, {compose.Remove, extra}} {
			core := image.NewGray(alpha.Rect)
			for i, d := range side.depth {
				if d > erode {
					core.Pix[i] = 255
				}
			}
			l := matte.Components(core)
			if len(l.Parts) == 0 || l.Parts[0].Area <= most {
				continue
			}
			s.Tool, depth, most = side.tool, side.depth, l.Parts[0].Area
			deepest := 0.0
			for i, id := range l.ID {
				if id == 1 && depth[i] > deepest {
					deepest, at = depth[i], image.Pt(i%w, i/w)
				}
			}
		}
		if most > 0 {
			break
		}
	}
	if depth == nil {
		return s, false
	}
	// A brush of a usual size, a finer one where there is no room for it.
	side := float64(max(w, h))
	s.Radius = max(1, min(side/50, depth[at.Y*w+at.X]/2))
	var best [2]float64 // how far it goes from the middle, there and back
	angle := 0.0
	for k := range 24 {
		a := float64(k) / 24 * math.Pi
		there, back := way(depth, w, h, at, a, s.Radius+1), way(depth, w, h, at, a+math.Pi, s.Radius+1)
		if there+back > best[0]+best[1] {
			best, angle = [2]float64{there, back}, a
		}
	}
	// Short of the ends, and no longer than a flick of the hand.
	share := min(0.8, side/5/max(1, best[0]+best[1]))
	sin, cos := math.Sincos(angle)
	x, y := float64(at.X)+0.5, float64(at.Y)+0.5
	s.Points = []compose.Point{
		{X: x + cos*best[0]*share, Y: y + sin*best[0]*share},
		{X: x - cos*best[1]*share, Y: y - sin*best[1]*share},
	}
	return s, true
}

// way is how far one can go from a point in a direction with so much room
// on each side.
func way(depth []float64, w, h int, from image.Point, angle, room float64) float64 {
	sin, cos := math.Sincos(angle)
	for d := 1.0; ; d++ {
		x, y := int(math.Round(float64(from.X)+cos*d)), int(math.Round(float64(from.Y)+sin*d))
		if x < 0 || y < 0 || x >= w || y >= h || depth[y*w+x] < room {
			return d - 1
		}
	}
}

// depths is how deep each pixel lies in an area, in pixels to within some
// percent (a chamfer distance), 0 outside of it. The picture's border is no
// edge.
func depths(w, h int, in func(i int) bool) []float64 {
	d := make([]float64, w*h)
	for i := range d {
		if in(i) {
			d[i] = math.Inf(1)
		}
	}
	look := func(x, y, dx, dy int, step float64) {
		if d[y*w+x] == 0 {
			return
		}
		if u, v := x+dx, y+dy; u >= 0 && v >= 0 && u < w && v < h {
			d[y*w+x] = min(d[y*w+x], d[v*w+u]+step)
		}
	}
	for y := range h {
		for x := range w {
			look(x, y, -1, 0, 1)
			look(x, y, 0, -1, 1)
			look(x, y, -1, -1, math.Sqrt2)
			look(x, y, 1, -1, math.Sqrt2)
		}
	}
	for y := h - 1; y >= 0; y-- {
		for x := w - 1; x >= 0; x-- {
			look(x, y, 1, 0, 1)
			look(x, y, 0, 1, 1)
			look(x, y, 1, 1, math.Sqrt2)
			look(x, y, -1, 1, math.Sqrt2)
		}
	}
	return d
}

// wrongly makes a task of a mask that is said to come from a network.
func wrongly(t testing.TB, name string, src *image.NRGBA, truth *image.Gray, wrong matte.Mask) task {
	t.Helper()
	c, err := matte.Refine(ctx, src, wrong, matte.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return task{name, compose.Source{Original: src, Cutout: c}, truth}
}

// coarse is what a network would say of alpha, at a third of the size.
func coarse(alpha *image.Gray) matte.Mask {
	w, h := alpha.Rect.Dx(), alpha.Rect.Dy()
	m := matte.Mask{W: w, H: h, P: make([]float32, w*h)}
	for i, v := range alpha.Pix {
		m.P[i] = float32(v) / 255
	}
	return matte.Resize(m, w/3, h/3)
}

// shape is a thing to draw: the signed distance from its outline in pixels,
// negative inside, and its colours.
type shape struct {
	from  func(x, y float64) float64
	color func(x, y float64) [3]float64
}

// drawing draws shapes over a ground, enlarged by scale; alpha is that of the
// shapes.
func drawing(w, h int, scale float64, ground func(x, y float64) [3]float64, all ...shape) (m *image.NRGBA, alpha *image.Gray) {
	m, alpha = image.NewNRGBA(image.Rect(0, 0, w, h)), image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			u, v := (float64(x)+0.5)/scale, (float64(y)+0.5)/scale
			c, a := ground(u, v), 0.0
			for _, s := range all {
				if k := min(max(0.5-scale*s.from(u, v), 0), 1); k > 0 {
					for n, f := range s.color(u, v) {
						c[n] += (f - c[n]) * k
					}
					a += (1 - a) * k
				}
			}
			grain := 6 * (hash(x, y, 1) - 0.5) // as every camera adds
			b := func(v float64) uint8 { return uint8(min(max(v+grain, 0), 255)) }
			m.SetNRGBA(x, y, color.NRGBA{b(c[0]), b(c[1]), b(c[2]), 255})
			alpha.Pix[y*w+x] = uint8(255*a + 0.5)
		}
	}
	return m, alpha
}

// ball, limb (a line of two thicknesses) and box are shapes' outlines.
func ball(cx, cy, r float64) func(x, y float64) float64 {
	return func(x, y float64) float64 { return math.Hypot(x-cx, y-cy) - r }
}

func limb(x0, y0, x1, y1, r0, r1 float64) func(x, y float64) float64 {
	return func(x, y float64) float64 {
		dx, dy := x1-x0, y1-y0
		t := min(max(((x-x0)*dx+(y-y0)*dy)/(dx*dx+dy*dy), 0), 1)
		return math.Hypot(x-x0-t*dx, y-y0-t*dy) - r0 - t*(r1-r0)
	}
}

func box(cx, cy, halfW, halfH, round float64) func(x, y float64) float64 {
	return func(x, y float64) float64 {
		dx, dy := math.Abs(x-cx)-halfW+round, math.Abs(y-cy)-halfH+round
		return math.Hypot(max(dx, 0), max(dy, 0)) + min(max(dx, dy), 0) - round
	}
}

// hash is a random number in 0..1 for each place.
func hash(x, y, seed int) float64 {
	v := uint32(x)*0x9e3779b1 ^ uint32(y)*0x85ebca77 ^ uint32(seed)*0xc2b2ae3d
	v = (v ^ v>>15) * 0x2c1b3c6d
	v = (v ^ v>>12) * 0x297a2d39
	return float64(v^v>>15) / math.MaxUint32
}

// cloud is smooth noise in 0..1 with features of the given size.
func cloud(x, y, size float64, seed int) float64 {
	x, y = x/size+100, y/size+100
	i, j := int(x), int(y)
	u, v := x-float64(i), y-float64(j)
	u, v = u*u*(3-2*u), v*v*(3-2*v)
	return (hash(i, j, seed)*(1-u)+hash(i+1, j, seed)*u)*(1-v) + (hash(i, j+1, seed)*(1-u)+hash(i+1, j+1, seed)*u)*v
}

// mottled goes between two colours in patches of the given size.
func mottled(a, b [3]float64, size float64, seed int) func(x, y float64) [3]float64 {
	return func(x, y float64) (c [3]float64) {
		t := 0.7*cloud(x, y, size, seed) + 0.3*cloud(x, y, size/5, seed+1)
		for n := range c {
			c[n] = a[n] + (b[n]-a[n])*t
		}
		return c
	}
}

// striped has bands of two colours.
func striped(a, b [3]float64, width, angle float64) func(x, y float64) [3]float64 {
	sin, cos := math.Sincos(angle)
	return func(x, y float64) [3]float64 {
		if math.Mod(10*width+x*cos+y*sin+6*cloud(x, y, 40, 5)+1e4*width, 2*width) < width {
			return a
		}
		return b
	}
}

// subject is something to cut out, two places of it that a network may miss,
// and something beside it that a network may take for a part of it.
type subject struct {
	name   string
	parts  []shape
	missed [2]place
	beside shape
}

type place struct {
	name string
	has  func(x, y float64) bool
}

func subjects() []subject {
	skin := mottled([3]float64{214, 164, 134}, [3]float64{236, 190, 160}, 30, 11)
	shirt := striped([3]float64{200, 40, 50}, [3]float64{230, 225, 215}, 9, 1.4)
	jeans := mottled([3]float64{38, 52, 96}, [3]float64{62, 84, 140}, 25, 12)
	shoe := mottled([3]float64{40, 34, 30}, [3]float64{66, 54, 46}, 12, 13)
	arm := limb(285, 130, 345, 215, 15, 11)
	person := subject{
		name: "person",
		parts: []shape{
			{limb(220, 225, 205, 320, 21, 14), jeans}, {limb(258, 225, 272, 320, 21, 14), jeans},
			{limb(200, 328, 182, 332, 10, 8), shoe}, {limb(276, 328, 296, 332, 10, 8), shoe},
			{limb(195, 130, 140, 205, 15, 11), shirt}, {ball(136, 212, 13), skin},
			{arm, shirt}, {ball(349, 222, 13), skin},
			{box(240, 170, 50, 62, 18), shirt},
			{box(240, 108, 12, 16, 4), skin},
			{limb(240, 62, 240, 74, 30, 28), skin},
			{func(x, y float64) float64 { return max(ball(240, 58, 33)(x, y), y-50) }, mottled([3]float64{50, 32, 20}, [3]float64{90, 60, 36}, 8, 14)},
		},
		missed: [2]place{
			{"arm", func(x, y float64) bool { return x > 292 && y > 110 && y < 300 }},
			{"right half", func(x, y float64) bool { return x > 240 }},
		},
		beside: shape{box(395, 270, 48, 75, 6), striped([3]float64{120, 84, 50}, [3]float64{146, 106, 66}, 14, 0)}, // a chair
	}
	coat := mottled([3]float64{150, 100, 56}, [3]float64{196, 146, 92}, 22, 21)
	white := mottled([3]float64{225, 220, 210}, [3]float64{245, 242, 236}, 20, 22)
	dog := subject{
		name: "dog",
		parts: []shape{
			{limb(330, 170, 395, 105, 9, 5), coat},
			{limb(170, 210, 160, 305, 16, 11), coat}, {limb(310, 210, 322, 305, 18, 11), coat},
			{limb(195, 210, 200, 312, 15, 11), white}, {limb(285, 210, 280, 312, 16, 11), white},
			{limb(185, 190, 315, 185, 44, 40), coat}, {ball(252, 180, 24), white},
			{limb(165, 165, 130, 120, 30, 26), coat}, {ball(118, 108, 38), coat}, {limb(105, 122, 78, 130, 20, 15), white},
			{ball(68, 125, 8), shoe}, {ball(108, 96, 5), shoe},
			{limb(136, 84, 152, 128, 12, 9), mottled([3]float64{88, 56, 30}, [3]float64{120, 80, 46}, 15, 23)},
		},
		missed: [2]place{
			{"head", func(x, y float64) bool { return x < 160 && y < 180 }},
			{"hindquarters", func(x, y float64) bool { return x > 268 }},
		},
		beside: shape{ball(420, 290, 42), striped([3]float64{40, 110, 190}, [3]float64{235, 205, 60}, 16, 0.7)}, // a ball
	}
	glaze := mottled([3]float64{60, 120, 124}, [3]float64{110, 176, 172}, 60, 31)
	pot := subject{
		name: "pot",
		parts: []shape{
			{func(x, y float64) float64 { return math.Abs(math.Hypot(x-340, y-190)-48) - 11 }, glaze},
			{limb(170, 220, 105, 140, 22, 11), glaze},
			{ball(240, 200, 92), glaze},
			{func(x, y float64) float64 { return max(ball(240, 175, 88)(x, y), y-118) }, mottled([3]float64{196, 150, 60}, [3]float64{232, 190, 96}, 30, 32)},
			{ball(240, 84, 13), shoe},
		},
		missed: [2]place{
			{"handle", func(x, y float64) bool { return math.Hypot(x-240, y-200) > 95 && x > 300 }},
			{"left half", func(x, y float64) bool { return x < 230 }},
		},
		beside: shape{box(240, 318, 170, 22, 20), mottled([3]float64{170, 70, 60}, [3]float64{205, 110, 90}, 40, 33)}, // a tray
	}
	return []subject{person, dog, pot}
}

// grounds are what subjects stand before.
func grounds() map[string]func(x, y float64) [3]float64 {
	busy := mottled([3]float64{70, 92, 60}, [3]float64{150, 160, 120}, 45, 42)
	planks := striped([3]float64{0, 0, 0}, [3]float64{1, 1, 1}, 12, 0.5)
	return map[string]func(x, y float64) [3]float64{
		"wall": mottled([3]float64{150, 166, 190}, [3]float64{196, 206, 220}, 220, 41),
		"garden": func(x, y float64) [3]float64 {
			c := busy(x, y)
			if planks(x, y)[0] > 0 && y < 140 {
				for n := range c {
					c[n] = 0.6*c[n] + 70
				}
			}
			return c
		},
		// Much like the subjects' own colours.
		"dusk": mottled([3]float64{70, 62, 66}, [3]float64{190, 140, 110}, 120, 43),
	}
}

// tasksDrawn are the tasks that this file draws itself, before the grounds of
// the given names; at scale 1 they are 480 x 360 pixels.
func tasksDrawn(t testing.TB, scale float64, on ...string) []task {
	w, h := int(480*scale), int(360*scale)
	var all []task
	for _, ground := range on {
		back := grounds()[ground]
		for _, s := range subjects() {
			_, truth := drawing(w, h, scale, back, s.parts...)
			m, _ := drawing(w, h, scale, back, append([]shape{s.beside}, s.parts...)...)
			_, more := drawing(w, h, scale, back, s.beside)
			for _, c := range []struct {
				missed []place
				kept   bool
			}{{s.missed[:1], false}, {s.missed[1:], false}, {nil, true}, {s.missed[1:], true}} {
				wrong := image.NewGray(truth.Rect)
				copy(wrong.Pix, truth.Pix)
				title := s.name + ", " + ground
				for _, p := range c.missed {
					title += ", no " + p.name
					for i := range wrong.Pix {
						if p.has((float64(i%w)+0.5)/scale, (float64(i/w)+0.5)/scale) {
							wrong.Pix[i] = 0
						}
					}
				}
				if c.kept {
					title += ", more"
					for i, v := range more.Pix {
						wrong.Pix[i] = max(wrong.Pix[i], v)
					}
				}
				all = append(all, wrongly(t, title, m, truth, coarse(wrong)))
			}
		}
	}
	return all
}

// tasksPhoto are wrong cut-outs of a photo whose right mask is known: the far
// end of the subject or half of it is missing, the ground is kept about the
// near end or away from the subject, or both.
func tasksPhoto(t testing.TB, name string, m *image.NRGBA, truth *image.Gray, right matte.Mask) []task {
	w, h := truth.Rect.Dx(), truth.Rect.Dy()
	along := mainAxis(truth)
	var all []float64
	for i, v := range truth.Pix {
		if v >= 128 {
			all = append(all, along(i))
		}
	}
	slices.Sort(all)
	beyond := func(share float64) func(i int) bool {
		limit := all[int(share*float64(len(all)-1))]
		return func(i int) bool { return along(i) > limit }
	}
	side := float64(max(w, h))
	round := func(at int, r float64) func(i int) bool {
		return func(i int) bool { return math.Hypot(float64(i%w-at%w), float64(i/w-at/w)) < r }
	}
	near := slices.Index(truth.Pix, slices.Max(truth.Pix))
	far := 0
	free := depths(w, h, func(i int) bool { return truth.Pix[i] < 13 })
	for i := range free {
		if truth.Pix[i] >= 128 && along(i) < along(near) {
			near = i
		}
		// Not on the picture's border.
		if free[i] = min(free[i], float64(i%w), float64(i/w), float64(w-i%w), float64(h-i/w)); free[i] > free[far] {
			far = i
		}
	}
	bulge, patch := round(near, side/10), round(far, min(side/10, 0.8*free[far]))
	none := func(int) bool { return false }
	var tasks []task
	for _, c := range []struct {
		name        string
		miss, extra func(i int) bool
	}{
		{"no end", beyond(0.8), none}, {"no half", beyond(0.5), none},
		{"bulge", none, bulge}, {"patch", none, patch}, {"no end, bulge", beyond(0.8), bulge},
	} {
		wrong := matte.Mask{W: right.W, H: right.H, P: slices.Clone(right.P)}
		for i := range wrong.P {
			switch at := (i/wrong.W*h+h/2)/wrong.H*w + (i%wrong.W*w+w/2)/wrong.W; {
			case c.extra(at):
				wrong.P[i] = 1
			case c.miss(at):
				wrong.P[i] = 0
			}
		}
		tasks = append(tasks, wrongly(t, name+", "+c.name, m, truth, wrong))
	}
	return tasks
}

// mainAxis gives each pixel's place along the direction in which alpha
// extends the most.
func mainAxis(alpha *image.Gray) func(i int) float64 {
	w := alpha.Rect.Dx()
	var n, sx, sy, xx, xy, yy float64
	for i, v := range alpha.Pix {
		a, x, y := float64(v), float64(i%w), float64(i/w)
		n, sx, sy, xx, xy, yy = n+a, sx+a*x, sy+a*y, xx+a*x*x, xy+a*x*y, yy+a*y*y
	}
	angle := math.Atan2(2*(xy-sx*sy/n), xx-sx*sx/n-(yy-sy*sy/n)) / 2
	sin, cos := math.Sincos(angle)
	return func(i int) float64 { return float64(i%w)*cos + float64(i/w)*sin }
}

// report logs efforts and returns their counts of strokes, sorted, and how
// many reached the goal.
func report(t *testing.T, all []effort) (counts []int, good int) {
	t.Helper()
	sum := 0
	for _, e := range all {
		t.Log(e)
		counts = append(counts, e.strokes)
		sum += e.strokes
		if e.good() {
			good++
		}
	}
	slices.Sort(counts)
	t.Logf("%d of %d brought to %.2f; strokes: median %d, mean %.1f, 90 %% within %d, most %d", good, len(all), goodIoU,
		counts[len(counts)/2], float64(sum)/float64(len(counts)), counts[len(counts)*9/10], counts[len(counts)-1])
	return counts, good
}

// TestStrokesToMend counts strokes on drawings.
func TestStrokesToMend(t *testing.T) {
	var all []effort
	for _, k := range tasksDrawn(t, 1, "wall", "garden", "dusk") {
		e := mend(t, k)
		if e.iou[0] > 0.95 {
			t.Errorf("%s: IoU is %.3f before the first stroke, which is not wrong enough to tell anything", e.task, e.iou[0])
		}
		all = append(all, e)
	}
	counts, good := report(t, all)
	if good < len(all) {
		t.Errorf("%d were not mended by %d strokes", len(all)-good, mostStroke)
	}
	if n := counts[len(counts)/2]; n > 3 {
		t.Errorf("the median is %d strokes", n)
	}
	if n := counts[len(counts)*9/10]; n > 5 {
		t.Errorf("one in ten takes %d strokes and more", n)
	}
	if n := counts[len(counts)-1]; n > 10 {
		t.Errorf("one takes %d strokes", n)
	}
}

// TestStrokesToMendPhotos counts strokes on the photos of KIRINUKI_PHOTOS,
// which are not part of the product: on a lemur whose alpha is known, before
// its own and other grounds, and on photos where the best network's cut-out
// counts as the truth.
func TestStrokesToMendPhotos(t *testing.T) {
	dir := os.Getenv("KIRINUKI_PHOTOS")
	if dir == "" {
		t.Log("KIRINUKI_PHOTOS names no folder: nothing to count")
		return
	}
	var all []effort
	work := func(tasks []task) {
		for _, k := range tasks {
			e := mend(t, k)
			if e.strokes == 0 {
				t.Logf("%s: the wrong mask is good all the same (IoU %.3f), left out", e.task, e.iou[0])
				continue
			}
			all = append(all, e)
		}
	}
	read := func(name string) *image.NRGBA {
		p, err := picture.DecodeFile(filepath.Join(dir, name), picture.DefaultLimits)
		if err != nil {
			t.Fatal(err)
		}
		return p.Image.(*image.NRGBA)
	}
	lemur, front, alpha := read("lemur/lemur.png"), read("lemur/lemur_foreground.png"), read("lemur/lemur_alpha.png")
	w, h := lemur.Rect.Dx(), lemur.Rect.Dy()
	truth := image.NewGray(lemur.Rect)
	draw.Draw(truth, truth.Rect, alpha, image.Point{}, draw.Src)
	work(tasksPhoto(t, "lemur", lemur, truth, coarse(truth)))
	for _, ground := range []string{"wall", "garden", "dusk"} {
		m, _ := drawing(w, h, 1, grounds()[ground])
		for i, a := range truth.Pix {
			for n := 4 * i; n < 4*i+3; n++ {
				m.Pix[n] = uint8((int(front.Pix[n])*int(a) + int(m.Pix[n])*(255-int(a)) + 127) / 255)
			}
		}
		work(tasksPhoto(t, "lemur, "+ground, m, truth, coarse(truth)))
	}
	if _, good := report(t, all); good < len(all) {
		t.Errorf("%d cut-outs of the lemur were not mended by %d strokes", len(all)-good, mostStroke)
	}
	all = nil
	files, _ := filepath.Glob(filepath.Join(dir, "*.jpg"))
	e := engine.New(engine.Config{Library: infertest.Library(t)})
	defer e.Close()
	for _, f := range files {
		p := &picture.Picture{Image: read(filepath.Base(f)), Opaque: true}
		r, err := e.Remove(ctx, p, engine.Request{Method: engine.Network, Device: "cpu"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		work(tasksPhoto(t, fmt.Sprintf("%s (%s)", filepath.Base(f), r.Model), p.Image.(*image.NRGBA), r.Cutout.Alpha, r.Mask))
	}
	if _, good := report(t, all); 3*good < 2*len(all) {
		t.Errorf("of the photos' %d cut-outs only %d were mended by %d strokes", len(all), good, mostStroke)
	}
}

// BenchmarkStrokeToMend1MP is the first stroke on a drawing of 1.0 megapixels.
func BenchmarkStrokeToMend1MP(b *testing.B) {
	for _, k := range tasksDrawn(b, 2.4, "garden") {
		s, _ := nextStroke(k.source.Cutout.Alpha, k.truth)
		b.Run(strings.ReplaceAll(k.name, ", ", "_"), func(b *testing.B) {
			for b.Loop() {
				if _, err := compose.Retouch(ctx, k.source, compose.Edit{Strokes: []compose.Stroke{s}}, compose.RetouchOptions{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
