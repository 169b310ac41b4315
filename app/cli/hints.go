package cli

import (
	"image"
	"path/filepath"

	"kirinuki/assets/tr"
	"kirinuki/engine/fault"
	"kirinuki/engine/matte"
	"kirinuki/engine/picture"
)

// readHints reads a hint picture of the given size: white keeps, black
// removes, mid grey is unknown (hair, fur, glass), transparent says nothing.
func readHints(path string, size image.Point, limits picture.Limits) (*matte.Hints, error) {
	pic, err := picture.DecodeFile(path, limits)
	if err != nil {
		return nil, err
	}
	if pic.Size() != size {
		return nil, fault.Newf(fault.Usage, "", "%s", tr.T("cli.hint-size", filepath.Base(path),
			pic.Size().X, pic.Size().Y, size.X, size.Y))
	}
	h := &matte.Hints{W: size.X, H: size.Y, V: make([]matte.Hint, size.X*size.Y)}
	for y := range size.Y {
		for x := range size.X {
			r, g, b, a := pic.Image.At(x, y).RGBA()
			if a < 0x8000 {
				continue
			}
			switch grey := (r + g + b) / 3; {
			case grey >= 0xc000:
				h.V[y*size.X+x] = matte.Keep
			case grey < 0x4000:
				h.V[y*size.X+x] = matte.Remove
			default:
				h.V[y*size.X+x] = matte.Unknown
			}
		}
	}
	return h, nil
}
