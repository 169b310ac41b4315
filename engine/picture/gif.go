package picture

import (
	"image"
	"image/draw"
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
		draw.Draw(img, frame.Bounds(), FromImage(frame).Image, image.Point{}, draw.Src)
		return img, nil
	}}, nil
}
