// Package picture turns files into pixels and pixels into files: formats,
// orientation, colour profile, metadata and limits. It knows nothing of
// networks, cut-outs or windows.
package picture

import "image"

// Format is a file format by its content, never by its extension.
type Format string

// The formats. All are read; PNG, WebP, TIFF and JPEG are also written.
const (
	PNG  Format = "png"
	JPEG Format = "jpeg"
	GIF  Format = "gif"
	BMP  Format = "bmp"
	TIFF Format = "tiff"
	WebP Format = "webp"
)

// Picture is a decoded picture, upright.
type Picture struct {
	// Image is an *image.NRGBA (8 bits) or *image.NRGBA64 (16 bits) whose
	// bounds start at (0, 0). Alpha is straight, not premultiplied.
	Image image.Image
	// Opaque is false where the file itself had transparent pixels.
	Opaque bool
	// ICC is the colour profile as found in the file, or nil. Pixels are not
	// converted; the profile is written back with the result.
	ICC []byte
	// Meta is the metadata found beside the pixels (Exif, XMP), upright. It
	// is written only where a person asks to keep it.
	Meta Metadata
	// Format is what the file was.
	Format Format
}

// Metadata is what a file says beside its pixels. It may identify a person
// or a place, so it is dropped unless asked for. It never holds pictures, such
// as thumbnails, which would show what was cut away, nor a maker's notes, which
// may; comments, IPTC and Photoshop blocks are not read at all. GIF's and BMP's
// metadata is not kept.
type Metadata struct {
	Exif []byte // TIFF-structured Exif block without the "Exif\0\0" header; orientation reset to 1
	XMP  []byte // XMP packet
}

// Size returns width and height in pixels.
func (p *Picture) Size() image.Point { return p.Image.Bounds().Size() }

// Limits bound what Decode accepts; they are checked against the header
// before any pixel is allocated. A limit of 0 is the one of DefaultLimits.
type Limits struct {
	Pixels int64 // width*height
	Side   int   // longest side
}

// DefaultLimits are 150 megapixels and 65,535 pixels a side.
var DefaultLimits = Limits{Pixels: 150_000_000, Side: 65_535}

// Options say how Encode writes.
type Options struct {
	Format  Format
	Quality int      // JPEG 1..100; 0 means 92
	ICC     []byte   // colour profile to embed, or nil
	Meta    Metadata // metadata to embed; zero means none
	DPI     float64  // pixel density to state, 0 for none; WebP cannot
}
