package app

import (
	"bufio"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"image"
	"image/draw"
	"io"

	"kirinuki/engine/fault"
	"kirinuki/engine/matte"
	"kirinuki/engine/picture"
)

// A cut-out is kept as what it adds to its original: the alpha, and the
// foreground's colours only where they differ from the original's, which is a
// thin band along the edge. Together with the original it comes back exactly,
// in about a hundredth of the room.

// Kinds of stored pixels.
const (
	noPixels byte = iota
	nrgba8
	nrgba16
)

// pixels returns the bytes of an image of the two kinds that pictures have,
// tightly packed, and the bytes per pixel.
func pixels(img image.Image) (kind byte, pix []byte, per int) {
	switch m := img.(type) {
	case nil:
		return noPixels, nil, 0
	case *image.NRGBA:
		return nrgba8, tight(m.Pix, m.Stride, m.Rect, 4), 4
	case *image.NRGBA64:
		return nrgba16, tight(m.Pix, m.Stride, m.Rect, 8), 8
	}
	m := image.NewNRGBA64(image.Rectangle{Max: img.Bounds().Size()})
	draw.Draw(m, m.Rect, img, img.Bounds().Min, draw.Src)
	return nrgba16, m.Pix, 8
}

func tight(pix []byte, stride int, r image.Rectangle, per int) []byte {
	row := r.Dx() * per
	if stride == row {
		return pix[:row*r.Dy()]
	}
	all := make([]byte, 0, row*r.Dy())
	for y := range r.Dy() {
		all = append(all, pix[y*stride:y*stride+row]...)
	}
	return all
}

// blank returns an empty image of a kind, and its pixels.
func blank(kind byte, size image.Point) (image.Image, []byte, error) {
	r := image.Rectangle{Max: size}
	switch kind {
	case nrgba8:
		m := image.NewNRGBA(r)
		return m, m.Pix, nil
	case nrgba16:
		m := image.NewNRGBA64(r)
		return m, m.Pix, nil
	}
	return nil, nil, errPack
}

var errPack = fault.Newf(fault.Damaged, "", "not a packed cut-out")

// opaqued copies pix with full alpha: what a foreground is where it is the
// original's.
func opaqued(to, pix []byte, per int) {
	copy(to, pix)
	for i := per - per/4; i < len(to); i += per {
		to[i] = 0xff
		if per == 8 {
			to[i+1] = 0xff
		}
	}
}

// packCutout writes cut as what it adds to original.
func packCutout(to io.Writer, original image.Image, cut *matte.Cutout) error {
	z, err := flate.NewWriter(to, flate.BestSpeed)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(z, 64<<10)
	size := cut.Alpha.Rect.Size()
	kind, fore, per := pixels(cut.Foreground)
	baseKind, base, _ := pixels(original)
	relative := kind == baseKind && len(fore) == len(base)
	w.WriteByte(kind)
	if relative {
		w.WriteByte(1)
	} else {
		w.WriteByte(0)
	}
	putUint(w, uint64(size.X))
	putUint(w, uint64(size.Y))
	w.Write(tight(cut.Alpha.Pix, cut.Alpha.Stride, cut.Alpha.Rect, 1))
	if relative {
		packSpans(w, base, fore, per)
	} else {
		w.Write(fore)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return z.Close()
}

// packSpans writes the runs of pixels in which fore is not base made opaque:
// how many pixels to skip, how many follow, their bytes. A run of none ends.
func packSpans(w *bufio.Writer, base, fore []byte, per int) {
	same := func(i int) bool {
		a, b := base[i:i+per], fore[i:i+per]
		if per == 4 {
			return a[0] == b[0] && a[1] == b[1] && a[2] == b[2] && b[3] == 0xff
		}
		return bytes.Equal(a[:6], b[:6]) && b[6] == 0xff && b[7] == 0xff
	}
	last := 0
	for i := 0; i < len(fore); {
		if same(i) {
			i += per
			continue
		}
		end := i + per
		for end < len(fore) && !same(end) {
			end += per
		}
		putUint(w, uint64((i-last)/per))
		putUint(w, uint64((end-i)/per))
		w.Write(fore[i:end])
		i, last = end, end
	}
	putUint(w, 0)
	putUint(w, 0)
}

func putUint(w *bufio.Writer, v uint64) {
	var b [binary.MaxVarintLen64]byte
	w.Write(b[:binary.PutUvarint(b[:], v)])
}

// readHead reads what both kinds of pack begin with: the kind of pixels, a
// flag of the pack's own, and the size.
func readHead(r *bufio.Reader) (kind, flag byte, size image.Point, err error) {
	if kind, err = r.ReadByte(); err != nil {
		return
	}
	if flag, err = r.ReadByte(); err != nil {
		return
	}
	size, err = readSize(r)
	return
}

// unpackCutout reads what packCutout wrote about the same original.
func unpackCutout(from io.Reader, original image.Image) (*matte.Cutout, error) {
	z := flate.NewReader(from)
	defer z.Close()
	r := bufio.NewReaderSize(z, 64<<10)
	kind, relative, size, err := readHead(r)
	if err != nil {
		return nil, err
	}
	if size != original.Bounds().Size() {
		return nil, errPack
	}
	cut := &matte.Cutout{Alpha: image.NewGray(image.Rectangle{Max: size})}
	if _, err := io.ReadFull(r, cut.Alpha.Pix); err != nil {
		return nil, err
	}
	if kind == noPixels {
		return cut, nil
	}
	fore, pix, err := blank(kind, size)
	if err != nil {
		return nil, err
	}
	cut.Foreground = fore
	if relative == 0 {
		_, err = io.ReadFull(r, pix)
		return cut, err
	}
	baseKind, base, per := pixels(original)
	if baseKind != kind || len(base) != len(pix) {
		return nil, errPack
	}
	opaqued(pix, base, per)
	return cut, unpackSpans(r, pix, per)
}

func unpackSpans(r *bufio.Reader, pix []byte, per int) error {
	at := uint64(0)
	for {
		skip, err := binary.ReadUvarint(r)
		if err != nil {
			return err
		}
		n, err := binary.ReadUvarint(r)
		if err != nil {
			return err
		}
		if n == 0 {
			return nil
		}
		total := uint64(len(pix) / per)
		if skip > total || n > total || at+skip+n > total {
			return errPack
		}
		at += skip
		if _, err := io.ReadFull(r, pix[at*uint64(per):(at+n)*uint64(per)]); err != nil {
			return err
		}
		at += n
	}
}

func readSize(r *bufio.Reader) (size image.Point, err error) {
	w, err := binary.ReadUvarint(r)
	if err != nil {
		return size, err
	}
	h, err := binary.ReadUvarint(r)
	if err != nil {
		return size, err
	}
	if w > 1<<20 || h > 1<<20 || w*h > 1<<30 {
		return size, errPack
	}
	return image.Pt(int(w), int(h)), nil
}

// packPicture writes pixels that never were a file (pasted, captured).
func packPicture(to io.Writer, p *picture.Picture) error {
	z, err := flate.NewWriter(to, flate.BestSpeed)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(z, 64<<10)
	kind, pix, _ := pixels(p.Image)
	w.WriteByte(kind)
	opaque := byte(0)
	if p.Opaque {
		opaque = 1
	}
	w.WriteByte(opaque)
	putUint(w, uint64(p.Size().X))
	putUint(w, uint64(p.Size().Y))
	w.Write(pix)
	if err := w.Flush(); err != nil {
		return err
	}
	return z.Close()
}

// unpackPicture reads what packPicture wrote.
func unpackPicture(from io.Reader) (*picture.Picture, error) {
	z := flate.NewReader(from)
	defer z.Close()
	r := bufio.NewReaderSize(z, 64<<10)
	kind, opaque, size, err := readHead(r)
	if err != nil {
		return nil, err
	}
	img, pix, err := blank(kind, size)
	if err != nil {
		return nil, err
	}
	if _, err := io.ReadFull(r, pix); err != nil {
		return nil, err
	}
	return &picture.Picture{Image: img, Opaque: opaque == 1, Format: picture.PNG}, nil
}
