// Package settings keeps a person's choices in one local JSON file. Content
// that it does not know or cannot use never stops the program: it falls back
// to the defaults. It holds no picture and sends nothing.
package settings

import (
	"regexp"
	"slices"
	"strings"

	"kirinuki/engine/compose"
)

// Settings are a person's choices: a plain value. Zero values of optional
// fields mean "as the program thinks best".
type Settings struct {
	Language     string `json:"language"` // "" follows the system, "en", "ja"
	Theme        string `json:"theme"`    // "system", "light", "dark"
	WindowWidth  int    `json:"window_width"`
	WindowHeight int    `json:"window_height"`

	Quality string `json:"quality"` // "fast": the built-in network, "best": preview, then the best network
	Model   string `json:"model"`   // "" for the best installed, else a catalogue name
	Device  string `json:"device"`  // "auto", "cpu", "gpu", ...
	Method  string `json:"method"`  // "auto", "network", "key"
	Holes   bool   `json:"holes"`   // colour key: also remove enclosed areas
	Edges   string `json:"edges"`   // "fine", "fast", "off"

	Format         string `json:"format"` // "png", "webp", "tiff", "jpeg"
	JPEGQuality    int    `json:"jpeg_quality"`
	JPEGBackground string `json:"jpeg_background"` // "#rrggbb"
	NamePattern    string `json:"name_pattern"`
	KeepMetadata   bool   `json:"keep_metadata"`
	OpenFolder     string `json:"open_folder"` // last folders of the file dialogs
	SaveFolder     string `json:"save_folder"`

	ClearAfter int  `json:"clear_after"` // minutes: 15, 30 or 60
	Statistics bool `json:"statistics"`
	Log        bool `json:"log"` // the diagnostic log

	RecentColors []string         `json:"recent_colors"` // "#rrggbb" or "#rrggbbaa", newest first
	Presets      []compose.Preset `json:"presets"`       // a person's own, beside compose.Presets
	UndoLimit    int              `json:"undo_limit"`    // steps
}

// Bounds of what is kept.
const (
	MaxRecentColors = 12
	MaxPresets      = 100
)

// Default returns the settings of a first start.
func Default() Settings {
	return Settings{
		Theme: "system", WindowWidth: 1180, WindowHeight: 760,
		Quality: "best", Device: "auto", Method: "auto", Edges: "fine",
		Format: "png", JPEGQuality: 92, JPEGBackground: "#ffffff", NamePattern: "{name}-cutout",
		ClearAfter: 30, Statistics: true, UndoLimit: 200,
	}
}

// Clone returns a copy that shares no memory with s.
func (s Settings) Clone() Settings {
	s.RecentColors = slices.Clone(s.RecentColors)
	s.Presets = clonePresets(s.Presets)
	return s
}

var (
	colorRE  = regexp.MustCompile(`^#([0-9a-f]{6}|[0-9a-f]{8})$`)
	simpleRE = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)
)

// Valid returns s with every field that makes no sense set to its default.
func (s Settings) Valid() Settings {
	d := Default()
	s = s.Clone()
	oneOf := func(v *string, fallback string, allowed ...string) {
		if !slices.Contains(allowed, *v) {
			*v = fallback
		}
	}
	between := func(v *int, low, high, fallback int) {
		if *v < low || *v > high {
			*v = fallback
		}
	}
	oneOf(&s.Language, d.Language, "", "en", "ja")
	oneOf(&s.Theme, d.Theme, "system", "light", "dark")
	between(&s.WindowWidth, 200, 16384, d.WindowWidth)
	between(&s.WindowHeight, 200, 16384, d.WindowHeight)
	oneOf(&s.Quality, d.Quality, "fast", "best")
	if s.Model != "" && !simpleRE.MatchString(strings.ToLower(s.Model)) {
		s.Model = d.Model
	}
	if !simpleRE.MatchString(s.Device) {
		s.Device = d.Device
	}
	oneOf(&s.Method, d.Method, "auto", "network", "key")
	oneOf(&s.Edges, d.Edges, "fine", "fast", "off")
	oneOf(&s.Format, d.Format, "png", "webp", "tiff", "jpeg")
	between(&s.JPEGQuality, 1, 100, d.JPEGQuality)
	s.JPEGBackground = strings.ToLower(s.JPEGBackground)
	if !colorRE.MatchString(s.JPEGBackground) || len(s.JPEGBackground) != 7 {
		s.JPEGBackground = d.JPEGBackground
	}
	if !goodPattern(s.NamePattern) {
		s.NamePattern = d.NamePattern
	}
	if s.ClearAfter != 15 && s.ClearAfter != 30 && s.ClearAfter != 60 {
		s.ClearAfter = d.ClearAfter
	}
	between(&s.UndoLimit, 10, 10_000, d.UndoLimit)
	s.RecentColors = goodColors(s.RecentColors)
	s.Presets = goodPresets(s.Presets)
	return s
}

// goodPattern tells whether p can name a file: no folder, no control
// characters, not too long for file systems once the name is in.
func goodPattern(p string) bool {
	if strings.TrimSpace(p) == "" || len(p) > 120 {
		return false
	}
	return !strings.ContainsFunc(p, func(r rune) bool {
		return r < ' ' || r == 0x7f || r == '/' || r == '\\'
	})
}

func goodColors(all []string) []string {
	var good []string
	for _, c := range all {
		c = strings.ToLower(c)
		if colorRE.MatchString(c) && !slices.Contains(good, c) && len(good) < MaxRecentColors {
			good = append(good, c)
		}
	}
	return good
}

// UseColor puts c in front of the recent colours.
func (s *Settings) UseColor(c string) {
	s.RecentColors = goodColors(append([]string{c}, s.RecentColors...))
}
