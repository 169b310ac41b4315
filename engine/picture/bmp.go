package picture

import (
	"image"

	"golang.org/x/image/bmp"
)

func bmpHeader(src *source) (header, error) {
	c, err := bmp.DecodeConfig(src.reader())
	if err != nil {
		return header{}, err
	}
	h := header{size: image.Pt(c.Width, c.Height)}
	h.least = area(h.size) / 8 // a pixel takes at least a bit
	h.pixels = func() (image.Image, error) {
		img, err := bmp.Decode(src.reader())
		if n, ok := img.(*image.NRGBA); ok && err == nil {
			ignoreBlankAlpha(n)
		}
		return img, err
	}
	return h, nil
}

// ignoreBlankAlpha makes a picture opaque whose alpha is 0 everywhere: many
// programs leave the fourth byte of a BMP's pixels unset.
func ignoreBlankAlpha(n *image.NRGBA) {
	for i := 3; i < len(n.Pix); i += 4 {
		if n.Pix[i] != 0 {
			return
		}
	}
	for i := 3; i < len(n.Pix); i += 4 {
		n.Pix[i] = 255
	}
}
