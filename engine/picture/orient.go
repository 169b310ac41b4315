package picture

import (
	"image"
	"image/draw"

	"github.com/disintegration/gift"
)

// orientation is Exif's: 1 is upright, 2..8 say how the stored pixels are
// mirrored and turned. The zero value is upright too.
type orientation int

// size returns the upright size of a picture that is stored with size p.
func (o orientation) size(p image.Point) image.Point {
	if o >= 5 {
		return image.Pt(p.Y, p.X)
	}
	return p
}

// upright turns an *image.NRGBA or *image.NRGBA64 as o says. gift calculates
// with 32-bit floats of straight colours, which hold each 16-bit value exactly.
func (o orientation) upright(img image.Image) image.Image {
	// gift turns against the clock.
	filter, ok := map[orientation]gift.Filter{
		2: gift.FlipHorizontal(),
		3: gift.Rotate180(),
		4: gift.FlipVertical(),
		5: gift.Transpose(),
		6: gift.Rotate270(),
		7: gift.Transverse(),
		8: gift.Rotate90(),
	}[o]
	if !ok {
		return img
	}
	size := image.Rectangle{Max: o.size(img.Bounds().Size())}
	var turned draw.Image
	if _, deep := img.(*image.NRGBA64); deep {
		turned = image.NewNRGBA64(size)
	} else {
		turned = image.NewNRGBA(size)
	}
	gift.New(filter).Draw(turned, img)
	return turned
}
