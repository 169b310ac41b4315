package picture

import (
	"bytes"
	"image"
	"image/jpeg"
	"image/png"
	"io"

	"github.com/HugoSmits86/nativewebp"
	"golang.org/x/image/tiff"

	"kirinuki/engine/fault"
)

// Encode writes img in the format that o names.
func Encode(w io.Writer, img image.Image, o Options) error {
	switch img.(type) {
	case *image.NRGBA, *image.NRGBA64, *image.Gray:
	default:
		img = FromImage(img).Image
	}
	switch o.Format {
	case PNG:
		return png.Encode(w, img)
	case TIFF:
		return tiff.Encode(w, img, &tiff.Options{Compression: tiff.Deflate})
	case JPEG:
		if n, ok := img.(interface{ Opaque() bool }); ok && !n.Opaque() {
			return fault.Newf(fault.Usage, "", "JPEG cannot hold transparency")
		}
		return jpeg.Encode(w, img, &jpeg.Options{Quality: 92})
	case WebP:
		var buf bytes.Buffer
		if err := nativewebp.Encode(&buf, img, nil); err != nil {
			return err
		}
		_, err := w.Write(buf.Bytes())
		return err
	}
	return fault.Newf(fault.Usage, "", "%q is not written", o.Format)
}
