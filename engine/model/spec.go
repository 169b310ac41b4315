// Package model knows which networks exist and how each wants a picture: the
// catalogue, the folder where a person's networks lie, import with checks,
// and the way from pixels to a tensor and from a tensor to a mask. It runs no
// network itself.
package model

import (
	"fmt"
	"math"
	"regexp"
)

// Fit says how a picture is brought to the network's input size.
type Fit string

// The fits.
const (
	Stretch   Fit = "stretch"   // both sides scaled to the input's
	Letterbox Fit = "letterbox" // aspect kept, the rest filled with the mean colour
	Shorter   Fit = "shorter"   // aspect kept, the shorter side becomes the input's, both multiples of 32
)

// Activation says what turns the network's numbers into probabilities.
type Activation string

// The activations.
const (
	None    Activation = "none"    // they are probabilities
	Sigmoid Activation = "sigmoid" // they are logits
	MinMax  Activation = "minmax"  // they are stretched so that the least is 0 and the greatest 1
)

// Spec is one network: how to recognise its file, how it wants its input, and
// whose it is. A pixel value p in 0..1 becomes (p - Mean)/Scale per channel,
// red first.
//
// The JSON file that a person puts beside a network of their own states the
// same fields; width, height, mean and scale are required.
type Spec struct {
	Name        string     `json:"name"`  // lower case, a file name without extension
	Title       string     `json:"title"` // for people
	SHA256      string     `json:"sha256,omitempty"`
	MD5         string     `json:"md5,omitempty"` // as its publisher states it
	InputName   string     `json:"input,omitempty"`
	OutputName  string     `json:"output,omitempty"` // "" is the first
	W           int        `json:"width"`
	H           int        `json:"height"`
	Mean        [3]float32 `json:"mean"`
	Scale       [3]float32 `json:"scale"`
	Peak        bool       `json:"peak,omitempty"` // values are divided by the picture's greatest first
	Fit         Fit        `json:"fit,omitempty"`  // "" is Stretch
	Activation  Activation `json:"activation,omitempty"`
	License     string     `json:"license,omitempty"` // SPDX identifier
	LicenseNote string     `json:"license_note,omitempty"`
	Source      string     `json:"source,omitempty"`

	// Where it is: a file, or bytes inside the program. Both are empty for a
	// network that is not installed.
	Path string `json:"-"`
	Data []byte `json:"-"`
	Size int64  `json:"-"` // bytes; in the catalogue what its file has, 0 if unknown
	// Rank orders what is installed: the greatest is the best. What a person
	// added without the catalogue knowing it has 0.
	Rank int `json:"-"`
}

var namePattern = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)

// Validate says in a few words what is wrong with s, or nil.
func (s *Spec) Validate() error {
	if !namePattern.MatchString(s.Name) {
		return fmt.Errorf("%q cannot be a network's name", s.Name)
	}
	if s.W < 16 || s.H < 16 || s.W > 4096 || s.H > 4096 {
		return fmt.Errorf("width %d and height %d: each must be 16 to 4096", s.W, s.H)
	}
	for i := range 3 {
		if !finite(s.Mean[i]) || !finite(s.Scale[i]) || s.Scale[i] == 0 {
			return fmt.Errorf("mean %v and scale %v must be numbers, and no scale zero", s.Mean, s.Scale)
		}
	}
	switch s.Fit {
	case "", Stretch, Letterbox, Shorter:
	default:
		return fmt.Errorf("fit %q is not one of stretch, letterbox, shorter", s.Fit)
	}
	switch s.Activation {
	case "", None, Sigmoid, MinMax:
	default:
		return fmt.Errorf("activation %q is not one of none, sigmoid, minmax", s.Activation)
	}
	return nil
}

func finite(f float32) bool { return !math.IsNaN(float64(f)) && !math.IsInf(float64(f), 0) }

// Installed says whether the network is there to be run.
func (s *Spec) Installed() bool { return s.Path != "" || s.Data != nil }
