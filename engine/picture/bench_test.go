package picture_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"math"
	"sync"
	"testing"

	. "kirinuki/engine/picture"
)

// photo is a picture of 12 megapixels that compresses as a photo does: soft
// shapes, some grain.
var photo = sync.OnceValue(func() *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, 4000, 3000))
	grain := make([]uint8, 4096)
	noise(grain, 1)
	for y := range 3000 {
		for x := range 4000 {
			fx, fy := float64(x), float64(y)
			g := float64(grain[(x*131+y*977)%4096]&7) - 3.5
			p := m.Pix[4*(4000*y+x):]
			p[0] = uint8(128 + 80*math.Sin(fx/180)*math.Cos(fy/240) + 20*math.Sin(fx/11+fy/17) + g)
			p[1] = uint8(120 + 70*math.Sin(fx/210+fy/320) + 15*math.Sin(fx/7) + g)
			p[2] = uint8(110 + 90*math.Cos(fy/150) + g)
			p[3] = 255
		}
	}
	return m
})

// cutOut is the photo within a soft circle.
var cutOut = sync.OnceValue(func() *image.NRGBA {
	m := image.NewNRGBA(photo().Rect)
	copy(m.Pix, photo().Pix)
	for y := range 3000 {
		for x := range 4000 {
			p := m.Pix[4*(4000*y+x):][:4]
			p[3] = uint8(255 * min(max((1300-math.Hypot(float64(x-2000), float64(y-1500)))/40, 0), 1))
			if p[3] == 0 {
				clear(p)
			}
		}
	}
	return m
})

var photoJPEG = sync.OnceValue(func() []byte {
	m := photo()
	var buf bytes.Buffer
	jpeg.Encode(&buf, &image.RGBA{Pix: m.Pix, Stride: m.Stride, Rect: m.Rect}, &jpeg.Options{Quality: 90})
	return buf.Bytes()
})

// BenchmarkDecodeJPEG12MP is to be read beside the standard library alone,
// which stops at YCbCr.
func BenchmarkDecodeJPEG12MP(b *testing.B) {
	data := photoJPEG()
	for b.Loop() {
		if _, err := Decode(bytes.NewReader(data), "x", Limits{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkStandardDecodeJPEG12MP(b *testing.B) {
	data := photoJPEG()
	for b.Loop() {
		if _, err := jpeg.Decode(bytes.NewReader(data)); err != nil {
			b.Fatal(err)
		}
	}
}

func benchEncode(b *testing.B, f Format) {
	m := cutOut()
	if f == JPEG {
		m = photo()
	}
	var n countWriter
	for b.Loop() {
		n = 0
		if err := Encode(&n, m, Options{Format: f}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n)/(1<<20), "MiB")
}

type countWriter int

func (n *countWriter) Write(p []byte) (int, error) { *n += countWriter(len(p)); return len(p), nil }

func BenchmarkEncodePNG12MP(b *testing.B)  { benchEncode(b, PNG) }
func BenchmarkEncodeTIFF12MP(b *testing.B) { benchEncode(b, TIFF) }
func BenchmarkEncodeJPEG12MP(b *testing.B) { benchEncode(b, JPEG) }
func BenchmarkEncodeWebP12MP(b *testing.B) { benchEncode(b, WebP) }

func BenchmarkStandardEncodePNG12MP(b *testing.B) {
	for _, level := range []struct {
		name string
		png.CompressionLevel
	}{{"default", png.DefaultCompression}, {"fast", png.BestSpeed}} {
		b.Run(level.name, func(b *testing.B) {
			e := png.Encoder{CompressionLevel: level.CompressionLevel}
			var n countWriter
			for b.Loop() {
				n = 0
				if err := e.Encode(io.Writer(&n), cutOut()); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(n)/(1<<20), "MiB")
		})
	}
}
