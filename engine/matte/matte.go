// Package matte makes a fine alpha and clean foreground colours at full
// resolution out of a coarse mask. It knows pixels, not networks, files or
// windows.
package matte

import "image"

// Mask is a coarse foreground probability over a whole picture, in row-major
// order: P has W*H values in 0..1. Its aspect may differ from the picture's;
// it is stretched over it, pixel centres aligned by area.
type Mask struct {
	W, H int
	P    []float32
}

// Cutout is a subject freed from its background.
type Cutout struct {
	// Alpha is the matte at the picture's own size: 255 is subject, 0 is
	// background.
	Alpha *image.Gray
	// Foreground has the type and size of the source image and is opaque:
	// where Alpha is partial its colours are those of the subject alone;
	// elsewhere they are the source's, so that a part brought back later
	// has its colour.
	Foreground image.Image
}

// Quality says how much work goes into the edge.
type Quality string

// The qualities. Fine is the default.
const (
	Off   Quality = "off"   // bilinear resize of the mask
	Draft Quality = "draft" // as Fast, decided on a coarser picture; colours as they are: for a first look
	Fast  Quality = "fast"  // guided filter
	Fine  Quality = "fine"  // matting in the unknown band
)

// guided tells whether the guided filter makes the edge.
func (q Quality) guided() bool { return q == Fast || q == Draft }

// Hint is what a person says of a pixel.
type Hint uint8

// The hints, as values of Hints.V.
const (
	NoHint  Hint = iota
	Keep         // foreground for sure
	Remove       // background for sure
	Unknown      // hair, fur, glass: solve here
)

// Hints are a person's words about pixels, at the picture's own size: V has
// one Hint a pixel, row-major.
type Hints struct {
	W, H int
	V    []Hint
}
