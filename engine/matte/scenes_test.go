package matte

import (
	"image"
	"math"
	"math/rand"
)

// scene is a picture whose answer is known.
type scene struct {
	name   string
	src    *image.NRGBA
	alpha  *image.Gray
	fore   *image.NRGBA
	trimap *image.Gray
	mask   Mask // as a network would see it: coarse, soft and a little wrong
}

// noise returns smooth random values in 0..1 with features of the given size.
func noise(r *rand.Rand, w, h int, size float64) []float32 {
	gw, gh := int(float64(w)/size)+3, int(float64(h)/size)+3
	g := make([]float32, gw*gh)
	for i := range g {
		g[i] = r.Float32()
	}
	out := make([]float32, w*h)
	smooth := func(t float64) float64 { return t * t * (3 - 2*t) }
	for y := 0; y < h; y++ {
		for x := 0; x < w; x++ {
			u, v := float64(x)/size, float64(y)/size
			i, j := int(u), int(v)
			u, v = smooth(u-float64(i)), smooth(v-float64(j))
			a := float64(g[j*gw+i])*(1-u) + float64(g[j*gw+i+1])*u
			b := float64(g[(j+1)*gw+i])*(1-u) + float64(g[(j+1)*gw+i+1])*u
			out[y*w+x] = float32(a*(1-v) + b*v)
		}
	}
	return out
}

// backdrop makes a background: "smooth" is one slow gradient, "busy" has
// detail of all sizes and hard lines, "similar" has the foreground's own
// colours in another arrangement.
func backdrop(kind string, seed int64, w, h int, fore *image.NRGBA) *image.NRGBA {
	r := rand.New(rand.NewSource(seed))
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	var c [3][3]float64
	for i := range c {
		for k := range c[i] {
			c[i][k] = r.Float64() * 255
		}
	}
	large, middle, fine := noise(r, w, h, 160), noise(r, w, h, 24), noise(r, w, h, 4)
	angle := r.Float64() * math.Pi
	for y := 0; y < h; y++ {
		for x := 0; x < w; x++ {
			i := y*w + x
			t := float64(large[i])
			o := m.Pix[4*i : 4*i+4]
			for k := 0; k < 3; k++ {
				var v float64
				switch kind {
				case "smooth":
					v = c[0][k]*(1-t) + c[1][k]*t + 4*(float64(fine[i])-0.5)
				case "busy":
					u := 0.5*t + 0.3*float64(middle[i]) + 0.4*float64(fine[i]) - 0.1
					v = c[0][k]*(1-u) + c[1][k]*u
					if math.Mod(1000+float64(x)*math.Cos(angle)+float64(y)*math.Sin(angle)+20*float64(middle[i]), 23) < 6 {
						v = 0.3*v + 0.7*c[2][k]
					}
				case "similar":
					// The foreground's pixels from elsewhere, in soft patches.
					sx := (x + w/3 + int(60*large[i])) % w
					sy := (y/2 + h/3 + int(20*middle[i])) % h
					v = float64(fore.Pix[4*(sy*w+sx)+k]) + 30*(t-0.5)
				}
				o[k] = uint8(math.Max(0, math.Min(255, v)))
			}
			o[3] = 255
		}
	}
	if kind != "busy" {
		blurPix(m, 3)
	}
	return m
}

// blurPix is a box blur of radius r.
func blurPix(m *image.NRGBA, r int) {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	p, room := make([]float32, w*h), make([]float32, w*h)
	for k := 0; k < 3; k++ {
		for i := range p {
			p[i] = float32(m.Pix[4*i+k])
		}
		boxMean(p, room, w, h, r)
		boxMean(p, room, w, h, r)
		for i := range p {
			m.Pix[4*i+k] = uint8(p[i] + 0.5)
		}
	}
}

// compose puts fore over back with alpha.
func compose(fore, back *image.NRGBA, alpha *image.Gray) *image.NRGBA {
	m := image.NewNRGBA(fore.Rect)
	for i, a := range alpha.Pix {
		for k := 0; k < 3; k++ {
			f, b := int(fore.Pix[4*i+k]), int(back.Pix[4*i+k])
			m.Pix[4*i+k] = uint8((f*int(a) + b*(255-int(a)) + 127) / 255)
		}
		m.Pix[4*i+3] = 255
	}
	return m
}

// coarseMask is what a network would say of alpha: warped by a pixel or two,
// blurred, steepened, and at a quarter of the size.
func coarseMask(alpha *image.Gray, seed int64, shrink int, wrong float64) Mask {
	w, h := alpha.Rect.Dx(), alpha.Rect.Dy()
	r := rand.New(rand.NewSource(seed))
	dx, dy := noise(r, w, h, 30), noise(r, w, h, 30)
	p, room := make([]float32, w*h), make([]float32, w*h)
	for y := 0; y < h; y++ {
		for x := 0; x < w; x++ {
			i := y*w + x
			sx := x + int(math.Round(2*wrong*(float64(dx[i])-0.5)))
			sy := y + int(math.Round(2*wrong*(float64(dy[i])-0.5)))
			p[i] = float32(alpha.Pix[min(max(sy, 0), h-1)*alpha.Stride+min(max(sx, 0), w-1)]) / 255
		}
	}
	boxMean(p, room, w, h, shrink)
	boxMean(p, room, w, h, shrink)
	for i, v := range p {
		p[i] = unit(0.5 + 1.4*(v-0.5))
	}
	return Resize(Mask{w, h, p}, max(1, w/shrink), max(1, h/shrink))
}

// trimapAround marks as unknown what lies within r pixels of where alpha is
// partial or changes.
func trimapAround(alpha *image.Gray, r float64) *image.Gray {
	w, h := alpha.Rect.Dx(), alpha.Rect.Dy()
	side := func(in bool) []float32 {
		d := make([]float32, w*h)
		for i, v := range alpha.Pix {
			if in && v == 255 || !in && v == 0 {
				d[i] = far
			}
		}
		squaredDistance(ctxTest, d, w, h)
		return d
	}
	a, b := side(true), side(false)
	t := image.NewGray(alpha.Rect)
	for i, v := range alpha.Pix {
		t.Pix[i] = v
		if v != 0 && v != 255 || v == 255 && a[i] <= float32(r*r) || v == 0 && b[i] <= float32(r*r) {
			t.Pix[i] = unknown
		}
	}
	return t
}

// hairBall is a disc with hairs of about a pixel's width growing out of it.
func hairBall(w, h int, seed int64) (*image.Gray, *image.NRGBA) {
	r := rand.New(rand.NewSource(seed))
	const n = 3 // samples a side of a pixel
	cover := make([]bool, n*w*n*h)
	dot := func(x, y, rad float64) {
		for sy := int((y - rad) * n); sy <= int((y+rad)*n); sy++ {
			for sx := int((x - rad) * n); sx <= int((x+rad)*n); sx++ {
				if sx < 0 || sy < 0 || sx >= n*w || sy >= n*h {
					continue
				}
				if math.Hypot((float64(sx)+.5)/n-x, (float64(sy)+.5)/n-y) <= rad {
					cover[sy*n*w+sx] = true
				}
			}
		}
	}
	cx, cy, rad := float64(w)/2, float64(h)/2, float64(min(w, h))*0.28
	dot(cx, cy, rad)
	for range 260 {
		a := r.Float64() * 2 * math.Pi
		x, y := cx+0.97*rad*math.Cos(a), cy+0.97*rad*math.Sin(a)
		thick := 0.5 + 0.5*r.Float64()
		a += 0.6 * (r.Float64() - 0.5)
		bend := 0.03 * (r.Float64() - 0.5)
		length := int(rad * (0.15 + 0.35*r.Float64()) * 2)
		for i := range length {
			dot(x, y, thick*(1-0.7*float64(i)/float64(length)))
			x += 0.5 * math.Cos(a)
			y += 0.5 * math.Sin(a)
			a += bend
		}
	}
	alpha := image.NewGray(image.Rect(0, 0, w, h))
	for y := 0; y < h; y++ {
		for x := 0; x < w; x++ {
			s := 0
			for k := range n * n {
				if cover[(y*n+k/n)*n*w+x*n+k%n] {
					s++
				}
			}
			alpha.Pix[y*w+x] = uint8(s * 255 / (n * n))
		}
	}
	fore := image.NewNRGBA(alpha.Rect)
	t, u := noise(r, w, h, 40), noise(r, w, h, 5)
	for i := range t {
		v := 0.6*t[i] + 0.4*u[i]
		fore.Pix[4*i] = uint8(90 + 110*v)
		fore.Pix[4*i+1] = uint8(50 + 80*v)
		fore.Pix[4*i+2] = uint8(30 + 40*v)
		fore.Pix[4*i+3] = 255
	}
	return alpha, fore
}
