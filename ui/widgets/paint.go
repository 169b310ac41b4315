package widgets

import (
	"image"
	"image/color"
	"math"
	"runtime"
	"sync"
)

// Veil is how a picture with transparency is shown.
type Veil int

// The veils.
const (
	Plain   Veil = iota // over the backdrop
	Overlay             // what is removed is tinted
	Grey                // the alpha alone
)

// ground is what shows through a picture: a checkerboard of two colours, or
// one colour where both are equal.
type ground struct {
	a, b   color.NRGBA
	square int // screen pixels
}

// layer is one picture on the screen, from column left to column right.
type layer struct {
	pic         mips
	ratio       float64 // pixels of pic[0] per picture pixel of the camera
	left, right int
	top, bottom int // rows; 0, 0 for all
	veil        Veil
	tint        color.NRGBA
}

// paint draws l into dst as cam sees it. Outside the picture dst is left as
// it is.
func paint(dst *image.RGBA, cam *camera, l layer, g ground) {
	if len(l.pic) == 0 || cam.zoom <= 0 {
		return
	}
	src := l.pic.level(cam.zoom / l.ratio)
	sw, sh := src.Rect.Dx(), src.Rect.Dy()
	// Source pixels per screen pixel, and the source position of the first
	// screen pixel's centre.
	stepX := float64(sw) / cam.picW / cam.zoom
	stepY := float64(sh) / cam.picH / cam.zoom
	x0v, y0v := cam.toView(pt(0, 0))
	x1v, y1v := cam.toView(pt(cam.picW, cam.picH))
	x0 := max(l.left, int(math.Round(x0v)), 0)
	x1 := min(l.right, int(math.Round(x1v)), dst.Rect.Dx())
	y0 := max(int(math.Round(y0v)), l.top, 0)
	y1 := min(int(math.Round(y1v)), dst.Rect.Dy())
	if l.bottom > 0 {
		y1 = min(y1, l.bottom)
	}
	if x0 >= x1 || y0 >= y1 {
		return
	}
	smooth := cam.zoom/l.ratio < 4 // above that a person wants to see pixels
	columns := make([]int32, x1-x0)
	for i := range columns {
		columns[i] = fixed((float64(x0+i)+0.5-x0v)*stepX, smooth, sw)
	}
	originX, originY := int(math.Round(x0v)), int(math.Round(y0v))
	eachRow(y0, y1, func(y int) {
		fy := fixed((float64(y)+0.5-y0v)*stepY, smooth, sh)
		r0 := int(fy >> 8)
		r1 := min(r0+1, sh-1)
		wy := uint32(fy & 255)
		if !smooth {
			wy = 0
		}
		top, bottom := src.Pix[r0*src.Stride:], src.Pix[r1*src.Stride:]
		out := dst.Pix[y*dst.Stride+4*x0:]
		rowSquare := 0
		if g.square > 0 {
			rowSquare = (y - originY) / g.square
		}
		for i, fx := range columns {
			c0 := int(fx >> 8)
			var p [4]uint32
			if wx := uint32(fx & 255); smooth && (wx|wy) != 0 {
				c1 := min(c0+1, sw-1)
				a, b := top[4*c0:4*c0+4], top[4*c1:4*c1+4]
				c, d := bottom[4*c0:4*c0+4], bottom[4*c1:4*c1+4]
				for k := range 4 {
					t := uint32(a[k])*(256-wx) + uint32(b[k])*wx
					u := uint32(c[k])*(256-wx) + uint32(d[k])*wx
					p[k] = (t*(256-wy) + u*wy + 1<<15) >> 16
				}
			} else {
				a := top[4*c0 : 4*c0+4]
				p = [4]uint32{uint32(a[0]), uint32(a[1]), uint32(a[2]), uint32(a[3])}
			}
			switch {
			case l.veil == Grey:
				p = [4]uint32{p[3], p[3], p[3], 255}
			case l.veil == Overlay:
				// The picture is there already; what the matte leaves out
				// is tinted.
				m := (255 - p[3]) * uint32(l.tint.A) / 255
				o := out[4*i : 4*i+4]
				p[0] = (uint32(o[0])*(255-m) + uint32(l.tint.R)*m) / 255
				p[1] = (uint32(o[1])*(255-m) + uint32(l.tint.G)*m) / 255
				p[2] = (uint32(o[2])*(255-m) + uint32(l.tint.B)*m) / 255
			case p[3] < 255:
				under := g.a
				if g.square > 0 && (rowSquare+(x0+i-originX)/g.square)&1 == 1 {
					under = g.b
				}
				rest := 255 - p[3]
				p[0] += (uint32(under.R)*rest + 127) / 255
				p[1] += (uint32(under.G)*rest + 127) / 255
				p[2] += (uint32(under.B)*rest + 127) / 255
			}
			o := out[4*i : 4*i+4]
			o[0], o[1], o[2], o[3] = uint8(min(255, p[0])), uint8(min(255, p[1])), uint8(min(255, p[2])), 255
		}
	})
}

// fixed returns position v of a row of n samples in 24.8 fixed point: between
// samples' centres where smooth, else the sample that v lies in.
func fixed(v float64, smooth bool, n int) int32 {
	if smooth {
		v -= 0.5
	}
	v = max(0, min(v, float64(n-1)+0.996))
	if smooth {
		v = min(v, float64(n-1))
	}
	return int32(v * 256)
}

// eachRow calls f for every row, in bands on all cores.
func eachRow(y0, y1 int, f func(y int)) {
	n := min(runtime.GOMAXPROCS(0), 8)
	band := (y1 - y0 + n - 1) / n
	if band < 16 {
		for y := y0; y < y1; y++ {
			f(y)
		}
		return
	}
	var wait sync.WaitGroup
	for from := y0; from < y1; from += band {
		wait.Go(func() {
			for y := from; y < min(from+band, y1); y++ {
				f(y)
			}
		})
	}
	wait.Wait()
}

// fill makes all of dst one opaque colour.
func fill(dst *image.RGBA, c color.NRGBA) {
	if len(dst.Pix) < 4 {
		return
	}
	copy(dst.Pix, []uint8{c.R, c.G, c.B, 255})
	for n := 4; n < len(dst.Pix); n *= 2 {
		copy(dst.Pix[n:], dst.Pix[:n])
	}
}
