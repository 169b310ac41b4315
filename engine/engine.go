// Package engine removes the background of a picture. It knows pictures,
// networks and mattes; it knows neither windows nor users and opens no
// connection. On disk it keeps the networks that a person adds and what it
// learnt about devices, nothing of any picture.
package engine

import (
	"time"

	"kirinuki/engine/matte"
)

// Method says what tells subject from background.
type Method string

// The methods.
const (
	Auto     Method = "auto"    // the colour key where the border is one plain colour, else the network
	Network  Method = "network" // a neural network
	ColorKey Method = "key"     // the plain background's own colour
)

// Names that Request.Model takes beside those of the catalogue.
const (
	Best    = "best"     // the best network that is installed
	BuiltIn = "built-in" // the small network inside the program; also "fast"
)

// Request says how to remove one picture's background. The zero value is the
// best that is installed, on the best device, with fine edges.
type Request struct {
	Method  Method        // "" means Auto
	Model   string        // catalogue name, Best or BuiltIn; "" means Best
	Device  string        // "auto", "cpu", "gpu", "cuda", ...; "" means auto
	Quality matte.Quality // "" means Fine
	Hints   *matte.Hints  // nil for none
	Holes   bool          // colour key: also remove enclosed areas of the background's colour
}

// Result is what Remove returns.
type Result struct {
	Cutout *matte.Cutout
	Mask   matte.Mask // what the network or the key said, for later hints
	Method Method     // the method that was used
	Model  string     // the network that was used, "" for the colour key
	Device string     // the device that was used, "" for the colour key
	Note   string     // translation key of one plain line to show, "" for none (a fallback happened)
	Took   time.Duration
}
