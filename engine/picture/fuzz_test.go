package picture_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"testing"

	"kirinuki/engine/fault"
	. "kirinuki/engine/picture"
)

// small keeps fuzzing fast: what is over it must be refused.
var small = Limits{Pixels: 1 << 16, Side: 1 << 12}

// check holds what every result of Decode must hold, and writes it again.
func check(t *testing.T, data []byte) *Picture {
	t.Helper()
	info, probeErr := Probe(bytes.NewReader(data), "x", small)
	p, err := Decode(bytes.NewReader(data), "x", small)
	for _, err := range []error{probeErr, err} {
		var e *fault.Error
		if err != nil && (!errors.As(err, &e) || e.Name != "x" || e.Kind == fault.Internal) {
			t.Fatalf("%v has no kind", err)
		}
	}
	if err != nil {
		return nil
	}
	size := p.Size()
	if probeErr != nil || info.Size != size || info.Format != p.Format {
		t.Fatalf("Probe says %v %v of %v", info, probeErr, size)
	}
	if size.X < 1 || size.Y < 1 || max(size.X, size.Y) > small.Side || int64(size.X*size.Y) > small.Pixels {
		t.Fatalf("%v is over the limit", size)
	}
	var pix int
	switch m := p.Image.(type) {
	case *image.NRGBA:
		pix = len(m.Pix) / 4
	case *image.NRGBA64:
		pix = len(m.Pix) / 8
	}
	if pix != size.X*size.Y || p.Image.Bounds().Min != (image.Point{}) {
		t.Fatalf("%T of %v has %d pixels", p.Image, p.Image.Bounds(), pix)
	}
	if p.Opaque != p.Image.(interface{ Opaque() bool }).Opaque() {
		t.Fatalf("opaque is %v", p.Opaque)
	}
	return p
}

// kept holds that metadata which was read is written as it is.
func kept(t *testing.T, p *Picture) {
	t.Helper()
	if p == nil || p.ICC == nil && p.Meta.Exif == nil && p.Meta.XMP == nil {
		return
	}
	_, q := encode(t, image.NewNRGBA(image.Rect(0, 0, 2, 1)), Options{Format: WebP, ICC: p.ICC, Meta: p.Meta})
	if !bytes.Equal(q.ICC, p.ICC) || !bytes.Equal(q.Meta.Exif, p.Meta.Exif) || !bytes.Equal(q.Meta.XMP, p.Meta.XMP) {
		t.Fatal("metadata changed on its way")
	}
}

// FuzzDecode reads any bytes.
func FuzzDecode(f *testing.F) {
	for _, name := range seeds(f) {
		f.Add(read(f, name))
	}
	for _, data := range claims(60000, 60000) {
		f.Add(data)
	}
	for _, data := range claims(200, 100) {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) { kept(t, check(t, data)) })
}

// FuzzExif reads any Exif block, in the file formats that carry one.
func FuzzExif(f *testing.F) {
	for _, name := range private {
		if p := decode(f, name); p.Meta.Exif != nil {
			f.Add(p.Meta.Exif)
		}
	}
	f.Add(exifBlock(map[uint16][]byte{271: []byte("maker"), 274: {0, 6, 0, 0}}, map[uint16][]byte{42033: []byte("number")}))
	webp, png := read(f, "webp-lossless.webp"), read(f, "png-rgb8.png")
	f.Fuzz(func(t *testing.T, block []byte) {
		p := check(t, withExif(webp, block))
		q := check(t, append(append(bytes.Clone(png[:33]), pngChunk("eXIf", block)...), png[33:]...))
		if p == nil || q == nil {
			t.Fatal("metadata must not keep a picture from being read")
		}
		if !bytes.Equal(p.Meta.Exif, q.Meta.Exif) || p.Size() != q.Size() {
			t.Fatal("WebP and PNG do not agree")
		}
		kept(t, p)
	})
}

// FuzzTIFF reads any directory, with pixels behind it.
func FuzzTIFF(f *testing.F) {
	for _, name := range seeds(f) {
		if data := read(f, name); len(data) > 8 && (data[0] == 'I' || data[0] == 'M') {
			f.Add(data[2:])
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) { kept(t, check(t, append([]byte("II"), data...))) })
}

// FuzzICC reads a profile out of any segments of a JPEG, and out of any chunk
// of a PNG.
func FuzzICC(f *testing.F) {
	icc := profile(200, "RGB ")
	f.Add(append([]byte{1, 2}, icc[:100]...), append([]byte{2, 2}, icc[100:]...))
	f.Add(append([]byte{1, 1}, icc...), []byte("x\x00\x00"))
	jpeg, png := read(f, "jpeg-444.jpg"), read(f, "png-rgb8.png")
	f.Fuzz(func(t *testing.T, a, b []byte) {
		data := bytes.Clone(jpeg[:2])
		for _, part := range [][]byte{a, b} {
			part = part[:min(len(part), 60000)]
			data = binary.BigEndian.AppendUint16(append(data, 0xff, 0xe2), uint16(14+len(part)))
			data = append(append(data, "ICC_PROFILE\x00"...), part...)
		}
		if p := check(t, append(data, jpeg[2:]...)); p == nil {
			t.Fatal("a profile must not keep a picture from being read")
		} else {
			kept(t, p)
		}
		if p := check(t, append(append(bytes.Clone(png[:33]), pngChunk("iCCP", a)...), png[33:]...)); p == nil {
			t.Fatal("a profile must not keep a picture from being read")
		} else {
			kept(t, p)
		}
	})
}

// FuzzXMP cleans any packet; what is clean stays as it is.
func FuzzXMP(f *testing.F) {
	for _, name := range private {
		if p := decode(f, name); p.Meta.XMP != nil {
			f.Add(p.Meta.XMP)
		}
	}
	f.Add([]byte(`<a xmlns:x="y"><xmp:Thumbnails>z</xmp:Thumbnails><tiff:Orientation>6</tiff:Orientation></a>`))
	f.Add([]byte(`<a tiff:Orientation = '3' GImage:Data="x"/>`))
	f.Fuzz(func(t *testing.T, packet []byte) {
		once := encodeXMP(t, packet)
		if once != nil && !bytes.Equal(encodeXMP(t, once), once) {
			t.Fatal("cleaning twice changes more")
		}
	})
}

// FuzzSniff reads any head.
func FuzzSniff(f *testing.F) {
	for _, name := range seeds(f) {
		f.Add(read(f, name)[:32])
	}
	f.Fuzz(func(t *testing.T, head []byte) {
		if kind, ok := Sniff(head); ok != (Extension(kind) != "") {
			t.Fatalf("%q %v", kind, ok)
		}
	})
}
