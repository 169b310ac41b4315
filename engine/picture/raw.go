package picture

import (
	"image"
	"io"
)

// Raw is a picture as its file stores it: decoded, but neither upright nor in
// the one layout that a Picture has. Bringing it there takes a photo as long
// again as a third of decoding it, and longer where it must be turned; who is
// in a hurry takes a Small one first.
type Raw struct {
	src    *source // for errors
	format Format
	header header
	img    image.Image
}

// Read decodes as Decode does, with its errors, and leaves the rest to the
// methods.
func Read(r io.Reader, name string, l Limits) (*Raw, error) {
	l = l.orDefault()
	src, err := newSource(r, name, l)
	if err != nil {
		return nil, err
	}
	return src.read(l)
}

// read decodes the whole picture.
func (s *source) read(l Limits) (raw *Raw, err error) {
	f, h, err := s.header(l)
	if err != nil {
		return nil, err
	}
	defer s.recover(&err)
	img, err := h.pixels()
	if err != nil {
		return nil, s.fault(err)
	}
	return &Raw{src: s, format: f, header: h, img: img}, nil
}

// Size returns width and height in pixels, upright.
func (r *Raw) Size() image.Point { return r.header.orient.size(r.img.Bounds().Size()) }

// Picture returns the whole picture. It may share its pixels with r.
func (r *Raw) Picture() (p *Picture, err error) {
	defer r.src.recover(&err)
	p = FromImage(r.img)
	p.Image = r.header.orient.upright(p.Image)
	p.Format = r.format
	p.Meta = r.header.meta
	if isRGB(r.header.icc) {
		p.ICC = r.header.icc
	}
	return p, nil
}

// Small returns an upright copy no larger than most, each pixel the mean of
// those that it stands for, or nil where the whole Picture is had as quickly:
// for all but JPEGs in colour that are larger than that.
func (r *Raw) Small(most image.Point) (small *image.NRGBA) {
	var err error
	defer r.src.recover(&err)
	m, ok := r.img.(*image.YCbCr)
	size := r.header.orient.size(most) // as stored
	if !ok || m.Rect.Min != (image.Point{}) || m.Rect.Dx() <= size.X && m.Rect.Dy() <= size.Y {
		return nil
	}
	full := m.Rect.Size()
	if full.X*size.Y > full.Y*size.X {
		size.Y = max(1, full.Y*size.X/full.X)
	} else {
		size.X = max(1, full.X*size.Y/full.Y)
	}
	return r.header.orient.upright(smallYCbCr(m, size)).(*image.NRGBA)
}
