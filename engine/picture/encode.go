package picture

import (
	"image"
	"io"
	"math"

	"kirinuki/engine/fault"
)

// Encode writes img in the format that o names:
//
//   - PNG, with 16 bits for *image.NRGBA64, grey for *image.Gray (a mask), and
//     without an alpha channel where all is opaque;
//   - TIFF, the same, deflated, with straight ("unassociated") alpha;
//   - WebP, lossless, 8 bits, at most 16,384 pixels a side;
//   - JPEG, 8 bits, which holds no transparency: img must be opaque.
//
// Every other type of image is converted as by FromImage. Straight alpha and
// the colours beneath full transparency are kept exactly.
//
// No metadata is written but what o.Meta has, and of that only what Metadata
// says. All four formats take all of it; in TIFF the Exif directories hang on
// the file's own one, as in any TIFF from a camera. What does not fit is left
// out: a profile of another colour space than the image's, and in JPEG an Exif
// or XMP block of more than 64 KB.
//
// Errors are w's own, or *fault.Error without a name: Usage for a format that
// is not written or transparency in JPEG, TooLarge for WebP.
func Encode(w io.Writer, img image.Image, o Options) error {
	size := img.Bounds().Size()
	if size.X <= 0 || size.Y <= 0 {
		return fault.Newf(fault.Usage, "", "a picture of %d x %d pixels", size.X, size.Y)
	}
	switch img.(type) {
	case *image.NRGBA, *image.NRGBA64, *image.Gray:
	default:
		img = FromImage(img).Image
	}
	extras := o.extras(img)
	switch o.Format {
	case PNG:
		return writePNG(w, img, extras)
	case TIFF:
		return writeTIFF(w, img, extras)
	case JPEG:
		if !opaque(img) {
			return fault.Newf(fault.Usage, "", "JPEG holds no transparency: choose a background")
		}
		return writeJPEG(w, img, o.Quality, extras)
	case WebP:
		if max(size.X, size.Y) > maxWebP {
			return fault.Newf(fault.TooLarge, "", "WebP holds at most %d pixels a side", maxWebP)
		}
		return writeWebP(w, img, extras)
	}
	return fault.Newf(fault.Usage, "", "%q is not a format that is written", o.Format)
}

// extras are what is written beside the pixels, fit for them and clean.
type extras struct {
	icc  []byte
	exif exif
	xmp  []byte
	dpi  float64 // 0 for none
}

func (o Options) extras(img image.Image) extras {
	var e extras
	fits := isRGB
	if _, grey := img.(*image.Gray); grey {
		fits = isGrey
	}
	if fits(o.ICC) {
		e.icc = o.ICC
	}
	if o.Meta.Exif != nil {
		e.exif, _ = parseExif(o.Meta.Exif)
	}
	if o.Meta.XMP != nil {
		e.xmp = cleanXMP(o.Meta.XMP)
	}
	if o.DPI > 0 && !math.IsInf(o.DPI, 0) {
		e.dpi = min(o.DPI, 65535)
	}
	return e
}

// opaque says whether one of the three types that Encode settles on is so.
func opaque(img image.Image) bool {
	o, ok := img.(interface{ Opaque() bool })
	return ok && o.Opaque()
}

// eightBits returns img with 8 bits, rounded to the nearest; img itself where
// it has no more.
func eightBits(img image.Image) image.Image {
	m, ok := img.(*image.NRGBA64)
	if !ok {
		return img
	}
	n := blank(m.Rect)
	eachRow(n, func(y int, dst []uint8) {
		src := m.Pix[y*m.Stride:]
		for i := range dst {
			v := uint32(src[2*i])<<8 | uint32(src[2*i+1])
			dst[i] = uint8((v + 128) / 257)
		}
	})
	return n
}
