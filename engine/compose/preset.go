package compose

import (
	"math"
	"strings"
	"unicode/utf8"

	"kirinuki/engine/fault"
	"kirinuki/engine/picture"
)

// Export says how a finished picture becomes a file. The zero value is a PNG
// beside the original, named "{name}-cutout".
type Export struct {
	Format       picture.Format `json:"format,omitempty"`  // PNG, WebP, TIFF or JPEG; "" means PNG
	Quality      int            `json:"quality,omitempty"` // JPEG 1..100; 0 means the default
	NamePattern  string         `json:"name_pattern,omitempty"`
	Folder       string         `json:"folder,omitempty"` // "" means beside the original
	KeepMetadata bool           `json:"keep_metadata,omitempty"`
	Mask         bool           `json:"mask,omitempty"` // the alpha alone
}

// FileFormat is the format that is written: Format, or PNG where it is "".
func (x Export) FileFormat() picture.Format {
	if x.Format == "" {
		return picture.PNG
	}
	return x.Format
}

// Pattern is the name pattern that holds: NamePattern, or the usual one.
func (x Export) Pattern() string {
	switch {
	case x.NamePattern != "":
		return x.NamePattern
	case x.Mask:
		return "{name}-mask"
	}
	return DefaultPattern
}

// FileName is the base name for the i-th picture, from its own name.
func (x Export) FileName(name string, i int) string {
	return FileName(x.Pattern(), name, i, x.FileFormat())
}

// Check says whether the export makes sense; fault.Usage where not.
func (x Export) Check() error {
	switch x.Format {
	case "", picture.PNG, picture.WebP, picture.TIFF, picture.JPEG:
	default:
		return fault.Newf(fault.Usage, "", "cannot write the format %q", x.Format)
	}
	if x.Quality < 0 || x.Quality > 100 {
		return fault.Newf(fault.Usage, "", "quality %d is not in 0..100", x.Quality)
	}
	if len(x.NamePattern) > 200 || strings.ContainsAny(x.NamePattern, "/\\\x00") {
		return fault.Newf(fault.Usage, "", "the name pattern %.40q is no file name", x.NamePattern)
	}
	if len(x.Folder) > 4096 || strings.ContainsRune(x.Folder, 0) {
		return fault.Newf(fault.Usage, "", "the folder %.40q is no folder", x.Folder)
	}
	return nil
}

// Preset is a look and a way to save it, under a name: what a shop or a form
// asks for. It holds for any picture, so its Edit has no strokes and parts.
type Preset struct {
	Name   string `json:"name,omitempty"`
	Edit   Edit   `json:"edit,omitzero"`
	Export Export `json:"export,omitzero"`
}

// ParsePreset reads a preset from JSON as strictly as ParseEdit.
func ParsePreset(data []byte) (Preset, error) {
	var p Preset
	if err := strict(data, &p); err != nil {
		return Preset{}, err
	}
	return p, p.Check()
}

// Check says whether the preset makes sense; fault.Usage where not.
func (p Preset) Check() error {
	if len(p.Name) > 200 || !utf8.ValidString(p.Name) {
		return fault.Newf(fault.Usage, "", "the preset's name is too long or damaged")
	}
	if len(p.Edit.Strokes) > 0 || len(p.Edit.Parts) > 0 {
		return fault.Newf(fault.Usage, "", "a preset is for any picture and cannot have strokes or parts")
	}
	if err := p.Edit.Check(); err != nil {
		return err
	}
	return p.Export.Check()
}

// Pixels is how many pixels mm millimetres are at dpi.
func Pixels(mm, dpi float64) int { return int(math.Round(mm / 25.4 * dpi)) }

// photo is an ID photo of a size in millimetres: the head and shoulders
// standing on the lower edge, before a plain light background.
func photo(name string, wmm, hmm, dpi float64, color string) Preset {
	return Preset{
		Name: name,
		Edit: Edit{
			Background: Background{Kind: "color", Color: color},
			Crop:       Crop{Trim: true, Margin: 0.1},
			Canvas:     Canvas{W: Pixels(wmm, dpi), H: Pixels(hmm, dpi), DPI: dpi},
		},
		Export: Export{Format: picture.JPEG, Quality: 95, NamePattern: "{name}-" + name},
	}
}

// Presets returns the built-in presets. Their names are keys for the window
// to translate ("preset." + name), and what the command line may take.
func Presets() []Preset {
	white := Background{Kind: "color", Color: "#ffffff"}
	return []Preset{
		{Name: "transparent", Export: Export{Format: picture.PNG, NamePattern: "{name}-cutout"}},
		{Name: "shop", Edit: Edit{
			Background: white,
			Crop:       Crop{Trim: true, Margin: 0.06},
			Canvas:     Canvas{W: 2000, H: 2000, Center: true},
		}, Export: Export{Format: picture.JPEG, Quality: 92, NamePattern: "{name}-shop"}},
		{Name: "shop-shadow", Edit: Edit{
			Background: white,
			Crop:       Crop{Trim: true, Margin: 0.1},
			Canvas:     Canvas{W: 2000, H: 2000, Center: true},
			Shadow:     Shadow{Kind: "contact", Softness: 0.03, Strength: 0.5},
		}, Export: Export{Format: picture.JPEG, Quality: 92, NamePattern: "{name}-shop"}},
		{Name: "slide", Edit: Edit{
			Crop:   Crop{Trim: true, Margin: 0.05},
			Canvas: Canvas{W: 1920, H: 1080, Center: true},
		}, Export: Export{Format: picture.PNG, NamePattern: "{name}-16x9"}},
		{Name: "sticker", Edit: Edit{
			Crop:    Crop{Trim: true, Margin: 0.02},
			Outline: Outline{Width: 12, Color: "#ffffff"},
		}, Export: Export{Format: picture.PNG, NamePattern: "{name}-sticker"}},
		photo("id-35x45", 35, 45, 300, "#ffffff"),
		photo("id-35x45-600", 35, 45, 600, "#ffffff"),
		photo("id-30x40", 30, 40, 300, "#dbe9f6"),
		photo("id-30x40-600", 30, 40, 600, "#dbe9f6"),
		photo("id-33x48", 33, 48, 300, "#ffffff"),
		photo("id-33x48-600", 33, 48, 600, "#ffffff"),
		photo("id-2x2in", 50.8, 50.8, 300, "#ffffff"),
		photo("id-2x2in-600", 50.8, 50.8, 600, "#ffffff"),
	}
}

// FindPreset returns the built-in preset of that name.
func FindPreset(name string) (Preset, bool) {
	for _, p := range Presets() {
		if p.Name == name {
			return p, true
		}
	}
	return Preset{}, false
}
