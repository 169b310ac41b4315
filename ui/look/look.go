// Package look is how Kirinuki looks: its colours, sizes, fonts and icons.
// The palette is calm and has one accent, and no surface is as bright as a
// picture may be. It knows no words and no pictures.
package look

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// Mode is a person's choice of light and dark.
type Mode string

// The modes. System follows the desktop.
const (
	System Mode = "system"
	Light  Mode = "light"
	Dark   Mode = "dark"
)

// Colours of our own beside Fyne's names.
const (
	ColorStage   fyne.ThemeColorName = "kirinuki.stage"   // around the picture
	ColorPanel   fyne.ThemeColorName = "kirinuki.panel"   // bars and side panels
	ColorRaised  fyne.ThemeColorName = "kirinuki.raised"  // a control resting on a panel
	ColorMuted   fyne.ThemeColorName = "kirinuki.muted"   // words of second rank
	ColorSoft    fyne.ThemeColorName = "kirinuki.soft"    // a chosen control's ground
	ColorChecker fyne.ThemeColorName = "kirinuki.checker" // the checkerboard's darker squares
	ColorCheckee fyne.ThemeColorName = "kirinuki.checkee" // ... and its lighter ones
)

// Sizes of our own.
const (
	SizeControl fyne.ThemeSizeName = "kirinuki.control" // a control's height
	SizeGap     fyne.ThemeSizeName = "kirinuki.gap"     // between groups
	SizeRadius  fyne.ThemeSizeName = "kirinuki.radius"  // a control's corners
)

// Theme is Kirinuki's theme. Make one with New; to change the mode set a new
// one.
type Theme struct {
	mode          Mode
	regular, bold fyne.Resource
}

var _ fyne.Theme = (*Theme)(nil)

// New returns the theme with the given fonts. A nil font leaves Fyne's own,
// which has no Japanese.
func New(mode Mode, regular, bold []byte) *Theme {
	t := &Theme{mode: mode}
	if len(regular) > 0 {
		t.regular = fyne.NewStaticResource("kirinuki-regular.otf", regular)
	}
	if len(bold) > 0 {
		t.bold = fyne.NewStaticResource("kirinuki-bold.otf", bold)
	}
	return t
}

// Variant returns light or dark: the mode's, or v where the desktop decides.
func (t *Theme) Variant(v fyne.ThemeVariant) fyne.ThemeVariant {
	switch t.mode {
	case Light:
		return theme.VariantLight
	case Dark:
		return theme.VariantDark
	}
	return v
}

// Font returns the program's own font; symbols and monospace are Fyne's.
func (t *Theme) Font(s fyne.TextStyle) fyne.Resource {
	switch {
	case s.Monospace, s.Symbol:
	case s.Bold && t.bold != nil:
		return t.bold
	case t.regular != nil:
		return t.regular
	}
	return theme.DefaultTheme().Font(s)
}

// Icon returns Fyne's icons.
func (t *Theme) Icon(n fyne.ThemeIconName) fyne.Resource { return theme.DefaultTheme().Icon(n) }

// Size returns generous spacing and round corners.
func (t *Theme) Size(n fyne.ThemeSizeName) float32 {
	if s, ok := sizes[n]; ok {
		return s
	}
	return theme.DefaultTheme().Size(n)
}

// Color returns the palette's colour.
func (t *Theme) Color(n fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	v = t.Variant(v)
	palette := dark
	if v == theme.VariantLight {
		palette = light
	}
	if c, ok := palette[n]; ok {
		return c
	}
	return theme.DefaultTheme().Color(n, v)
}

var sizes = map[fyne.ThemeSizeName]float32{
	theme.SizeNamePadding:            4,
	theme.SizeNameInnerPadding:       8,
	theme.SizeNameText:               14,
	theme.SizeNameCaptionText:        12,
	theme.SizeNameSubHeadingText:     17,
	theme.SizeNameHeadingText:        24,
	theme.SizeNameInlineIcon:         18,
	theme.SizeNameScrollBar:          10,
	theme.SizeNameScrollBarSmall:     4,
	theme.SizeNameSeparatorThickness: 1,
	theme.SizeNameInputRadius:        8,
	theme.SizeNameButtonRadius:       8,
	theme.SizeNameSelectionRadius:    6,
	theme.SizeNameModalBlurRadius:    0,
	SizeControl:                      34,
	SizeGap:                          16,
	SizeRadius:                       8,
}

func rgb(hex uint32) color.NRGBA {
	return color.NRGBA{uint8(hex >> 16), uint8(hex >> 8), uint8(hex), 255}
}

func rgba(hex uint32, a uint8) color.NRGBA {
	c := rgb(hex)
	c.A = a
	return c
}

// The accent is asagi, the green-blue of dyed cloth.
var dark = map[fyne.ThemeColorName]color.NRGBA{
	theme.ColorNameBackground:          rgb(0x1c1f23),
	ColorPanel:                         rgb(0x1c1f23),
	ColorStage:                         rgb(0x131518),
	ColorRaised:                        rgb(0x2a2e34),
	ColorSoft:                          rgb(0x1f4048),
	ColorMuted:                         rgb(0x9ca4ad),
	ColorChecker:                       rgb(0x2d3136),
	ColorCheckee:                       rgb(0x373c42),
	theme.ColorNameButton:              rgb(0x2a2e34),
	theme.ColorNameDisabledButton:      rgb(0x24272c),
	theme.ColorNameDisabled:            rgb(0x626a73),
	theme.ColorNameError:               rgb(0xe5786d),
	theme.ColorNameFocus:               rgba(0x4fb6c6, 0x66),
	theme.ColorNameForeground:          rgb(0xe4e7ea),
	theme.ColorNameForegroundOnPrimary: rgb(0x08191c),
	theme.ColorNameForegroundOnError:   rgb(0x1c0a08),
	theme.ColorNameHeaderBackground:    rgb(0x22262a),
	theme.ColorNameHover:               rgba(0xffffff, 0x12),
	theme.ColorNameHyperlink:           rgb(0x6cc7d5),
	theme.ColorNameInputBackground:     rgb(0x25292e),
	theme.ColorNameInputBorder:         rgb(0x3a4047),
	theme.ColorNameMenuBackground:      rgb(0x25292e),
	theme.ColorNameOverlayBackground:   rgb(0x202328),
	theme.ColorNamePlaceHolder:         rgb(0x838b94),
	theme.ColorNamePressed:             rgba(0xffffff, 0x22),
	theme.ColorNamePrimary:             rgb(0x4fb6c6),
	theme.ColorNameScrollBar:           rgba(0xffffff, 0x40),
	theme.ColorNameScrollBarBackground: rgba(0xffffff, 0x00),
	theme.ColorNameSelection:           rgba(0x4fb6c6, 0x48),
	theme.ColorNameSeparator:           rgb(0x2d3238),
	theme.ColorNameShadow:              rgba(0x000000, 0x66),
	theme.ColorNameSuccess:             rgb(0x7dc48f),
	theme.ColorNameWarning:             rgb(0xe0b15c),
}

var light = map[fyne.ThemeColorName]color.NRGBA{
	theme.ColorNameBackground:          rgb(0xeff1f3),
	ColorPanel:                         rgb(0xeff1f3),
	ColorStage:                         rgb(0xdde1e5),
	ColorRaised:                        rgb(0xe2e6e9),
	ColorSoft:                          rgb(0xcbe4e8),
	ColorMuted:                         rgb(0x5a636c),
	ColorChecker:                       rgb(0xd3d7db),
	ColorCheckee:                       rgb(0xe9ebed),
	theme.ColorNameButton:              rgb(0xe2e6e9),
	theme.ColorNameDisabledButton:      rgb(0xe8ebed),
	theme.ColorNameDisabled:            rgb(0x9aa2aa),
	theme.ColorNameError:               rgb(0xb63a2e),
	theme.ColorNameFocus:               rgba(0x157586, 0x55),
	theme.ColorNameForeground:          rgb(0x22272c),
	theme.ColorNameForegroundOnPrimary: rgb(0xf6fbfc),
	theme.ColorNameForegroundOnError:   rgb(0xfdf6f5),
	theme.ColorNameHeaderBackground:    rgb(0xe6e9ec),
	theme.ColorNameHover:               rgba(0x000000, 0x0d),
	theme.ColorNameHyperlink:           rgb(0x12687a),
	theme.ColorNameInputBackground:     rgb(0xf7f8f9),
	theme.ColorNameInputBorder:         rgb(0xc5cbd0),
	theme.ColorNameMenuBackground:      rgb(0xf4f5f7),
	theme.ColorNameOverlayBackground:   rgb(0xf2f4f5),
	theme.ColorNamePlaceHolder:         rgb(0x6f7881),
	theme.ColorNamePressed:             rgba(0x000000, 0x1c),
	theme.ColorNamePrimary:             rgb(0x157586),
	theme.ColorNameScrollBar:           rgba(0x000000, 0x44),
	theme.ColorNameScrollBarBackground: rgba(0x000000, 0x00),
	theme.ColorNameSelection:           rgba(0x157586, 0x38),
	theme.ColorNameSeparator:           rgb(0xd5d9dd),
	theme.ColorNameShadow:              rgba(0x000000, 0x30),
	theme.ColorNameSuccess:             rgb(0x2b7a45),
	theme.ColorNameWarning:             rgb(0x8a5e00),
}

// onTrack is the theme of sliders: the part up to the knob in the accent, the
// rest seen on a panel.
type onTrack struct{ fyne.Theme }

// OnTrack returns the theme for a slider under the running theme.
func OnTrack() fyne.Theme { return onTrack{fyne.CurrentApp().Settings().Theme()} }

func (t onTrack) Color(n fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	switch n {
	case theme.ColorNameForeground:
		n = theme.ColorNamePrimary
	case theme.ColorNameInputBackground:
		n = theme.ColorNameInputBorder
	}
	return t.Theme.Color(n, v)
}

// Color returns the running theme's colour called n.
func Color(n fyne.ThemeColorName) color.NRGBA {
	return color.NRGBAModel.Convert(theme.Color(n)).(color.NRGBA)
}

// Size returns the running theme's size called n.
func Size(n fyne.ThemeSizeName) float32 { return theme.Size(n) }
