package matte

// Options say how Refine and Touch work. The zero value is the program's
// default: fine edges, clean foreground colours, a solid interior, no specks.
type Options struct {
	Quality Quality // "" means Fine
	Hints   *Hints  // nil for none
	// KeepSpecks keeps small islands of subject and small holes in it, which
	// are removed otherwise.
	KeepSpecks bool
	// Translucent keeps the half-transparent interiors that the mask shows.
	// Otherwise they are made solid, unless the picture says that the
	// background shines through.
	Translucent bool
	// NoForeground leaves the source's colours in partly transparent pixels,
	// and with them a fringe of the old background.
	NoForeground bool
}
