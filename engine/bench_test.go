//go:build cgo

package engine

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"testing"
	"time"

	"kirinuki/engine/infer/infertest"
	"kirinuki/engine/model"
	"kirinuki/engine/picture"
	"kirinuki/engine/worker"
)

// BenchmarkRemove12MP takes a JPEG of twelve megapixels to a PNG with the best
// network of KIRINUKI_MODELS in a child process, in turns with the bare run of
// the same network in the same child, and reports the ratio of the times.
func BenchmarkRemove12MP(b *testing.B) {
	spec, err := model.Find(Best)
	if err != nil {
		b.Fatal(err)
	}
	e := New(Config{Library: infertest.Library(b), Child: []string{os.Args[0], worker.Flag}})
	defer e.Close()
	file := photo(4000, 3000)
	in := model.Prepare(&spec, model.Sample())
	ctx := context.Background()
	request := Request{Method: Network, Device: cpu}
	whole := func() {
		pic, err := picture.Decode(bytes.NewReader(file), "photo.jpg", picture.DefaultLimits)
		if err != nil {
			b.Fatal(err)
		}
		r, err := e.Remove(ctx, pic, request, nil)
		if err != nil {
			b.Fatal(err)
		}
		img := r.Cutout.Foreground.(*image.NRGBA)
		for i, a := range r.Cutout.Alpha.Pix {
			img.Pix[4*i+3] = a
		}
		var out bytes.Buffer
		if err := picture.Encode(&out, img, picture.Options{Format: picture.PNG}); err != nil {
			b.Fatal(err)
		}
	}
	bare := func() {
		if _, err := e.warm.run(ctx, spec, cpu, in, func(float64) {}); err != nil {
			b.Fatal(err)
		}
	}
	whole()
	var tWhole, tBare time.Duration
	for b.Loop() {
		start := time.Now()
		whole()
		half := time.Now()
		bare()
		tWhole += half.Sub(start)
		tBare += time.Since(half)
	}
	b.ReportMetric(tWhole.Seconds()/tBare.Seconds(), "whole/bare")
	b.Log(spec.Name)
}

// photo is the fixed sample as a large JPEG.
func photo(w, h int) []byte {
	small := model.Sample()
	large := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := small.NRGBAAt(x*320/w, y*320/h)
			n := uint8((x*7919 + y*104729) >> 3 % 7)
			large.SetNRGBA(x, y, color.NRGBA{c.R + n, c.G + n, c.B + n, 255})
		}
	}
	var file bytes.Buffer
	jpeg.Encode(&file, large, &jpeg.Options{Quality: 92})
	return file.Bytes()
}
