// Package export turns a cut-out, an edit and a choice of format into the
// bytes of a file. The window and the command line both save through it, so
// the same preset gives the same bytes in either.
package export

import (
	"context"
	"image"
	"io"

	"kirinuki/engine/compose"
	"kirinuki/engine/matte"
	"kirinuki/engine/picture"
)

// Write renders cut with edit e and encodes it as x says. A JPEG, which knows
// no transparency, gets a white background unless e has another. A mask
// (x.Mask) is the alpha alone, as a grey picture. The colour profile of pic
// is kept; its metadata only where x.KeepMetadata asks for it. It returns the
// size of what it wrote, in pixels.
func Write(ctx context.Context, w io.Writer, pic *picture.Picture, cut *matte.Cutout, e compose.Edit, x compose.Export) (image.Point, error) {
	o := picture.Options{Format: x.FileFormat(), Quality: x.Quality, DPI: e.Canvas.DPI}
	if x.KeepMetadata {
		o.Meta = pic.Meta
	}
	source := compose.Source{Original: pic.Image, Cutout: cut}
	options := compose.Options{Load: loadBackground}
	if x.Mask {
		mask, err := compose.RenderMask(ctx, source, e, options)
		if err != nil {
			return image.Point{}, err
		}
		return mask.Bounds().Size(), picture.Encode(w, mask, o)
	}
	if o.Format == picture.JPEG && e.Background.Kind == "" {
		e.Background = compose.Background{Kind: "color", Color: "#ffffff"}
	}
	o.ICC = pic.ICC
	finished, err := compose.Render(ctx, source, e, options)
	if err != nil {
		return image.Point{}, err
	}
	return finished.Image.Bounds().Size(), picture.Encode(w, finished.Image, o)
}

func loadBackground(path string) (image.Image, error) {
	pic, err := picture.DecodeFile(path, picture.DefaultLimits)
	if err != nil {
		return nil, err
	}
	return pic.Image, nil
}

// Writes tells whether results can be saved in format f.
func Writes(f picture.Format) bool {
	switch f {
	case picture.PNG, picture.WebP, picture.TIFF, picture.JPEG:
		return true
	}
	return false
}
