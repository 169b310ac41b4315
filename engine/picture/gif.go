package picture

import (
	"image"
	"image/gif"
)

// gifHeader reads the size of the screen that the frames are placed on. What
// else a GIF says beside its pixels is not kept.
func gifHeader(src *source) (header, error) {
	c, err := gif.DecodeConfig(src.reader())
	if err != nil {
		return header{}, err
	}
	screen := image.Rect(0, 0, c.Width, c.Height)
	return header{size: screen.Max, pixels: func() (image.Image, error) {
		frame, err := gif.Decode(src.reader()) // the first
		if err != nil || frame.Bounds() == screen {
			return frame, err
		}
		img := image.NewNRGBA(screen)
		paste(img, FromImage(frame).Image, frame.Bounds().Min)
		return img, nil
	}}, nil
}

// paste copies src onto an image that it fits on, at a place. The standard
// library's draw would round colours where alpha is partial.
func paste(img *image.NRGBA, src image.Image, at image.Point) {
	m := src.(*image.NRGBA)
	eachRow(m, func(y int, row []uint8) { copy(img.Pix[img.PixOffset(at.X, at.Y+y):], row) })
}
