package picture

import (
	"image"

	"golang.org/x/image/tiff"
)

// Tags of TIFF's directory beside those of Exif.
const (
	tagSubfile    = 254
	tagColours    = 262
	tagSamples    = 277
	tagExtra      = 338
	tagWidth      = 256
	tagHeight     = 257
	tagPlanar     = 284
	tagXMP        = 700
	tagICC        = 34675
	tagDNGVersion = 50706
)

func tiffHeader(src *source) (header, error) {
	r, off, ok := newDirReader(src, maxICC+maxXMP)
	if !ok {
		return header{}, errDamaged("no TIFF header")
	}
	d := r.read(off, func(tag uint16) bool {
		switch tag {
		case tagSubfile, tagColours, tagSamples, tagExtra, tagPlanar, tagXMP, tagICC, tagDNGVersion:
			return true
		}
		return false
	})
	if _, dng := d.find(tagDNGVersion); dng || d.uint(tagSubfile, 0)&1 != 0 {
		// Camera raw files are TIFF files whose first picture is a thumbnail.
		return header{}, errUnsupported("its first picture is only a thumbnail, as in camera raw files")
	}
	if d.uint(tagPlanar, 1) != 1 {
		return header{}, errUnsupported("colours stored in separate planes")
	}
	if d.uint(tagColours, 0) == 2 && d.uint(tagSamples, 3) > 3 && d.uint(tagExtra, 0) == 0 {
		return header{}, errUnsupported("a channel beside the colours that may be anything")
	}
	c, err := tiff.DecodeConfig(src.section(0, src.size))
	if err != nil {
		return header{}, err
	}
	h := header{size: image.Pt(c.Width, c.Height)}
	var x exif
	x, h.orient = readExif(src)
	h.meta.Exif = x.block()
	if e, ok := d.find(tagXMP); ok {
		h.meta.XMP = cleanXMP(e.data)
	}
	if e, ok := d.find(tagICC); ok {
		h.icc = e.data
	}
	h.pixels = func() (image.Image, error) { return tiff.Decode(src.section(0, src.size)) }
	return h, nil
}
