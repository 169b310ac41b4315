package look_test

import (
	"image/color"
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

	"kirinuki/ui/look"
)

// luminance is that of WCAG 2.1.
func luminance(c color.Color) float64 {
	n := color.NRGBAModel.Convert(c).(color.NRGBA)
	f := func(v uint8) float64 {
		x := float64(v) / 255
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return 0.2126*f(n.R) + 0.7152*f(n.G) + 0.0722*f(n.B)
}

func contrast(a, b color.Color) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func TestTheme_WordsCanBeReadOnEveryGround(t *testing.T) {
	test.NewTempApp(t)
	for _, mode := range []look.Mode{look.Light, look.Dark} {
		th := look.New(mode, nil, nil)
		at := func(n fyne.ThemeColorName) color.Color { return th.Color(n, theme.VariantDark) }
		for _, c := range []struct {
			ink, ground fyne.ThemeColorName
			least       float64
		}{
			{theme.ColorNameForeground, look.ColorPanel, 7},
			{theme.ColorNameForeground, look.ColorRaised, 7},
			{theme.ColorNameForeground, look.ColorSoft, 7},
			{theme.ColorNameForeground, look.ColorStage, 7},
			{theme.ColorNameForeground, theme.ColorNameMenuBackground, 7},
			{theme.ColorNameForeground, theme.ColorNameInputBackground, 7},
			{look.ColorMuted, look.ColorPanel, 4.5},
			{look.ColorMuted, look.ColorRaised, 4.5},
			{look.ColorMuted, look.ColorStage, 4.5},
			{theme.ColorNameError, look.ColorPanel, 4.5},
			{theme.ColorNameSuccess, look.ColorPanel, 4.5},
			{theme.ColorNameWarning, look.ColorPanel, 4.5},
			{theme.ColorNamePrimary, look.ColorPanel, 4.5},
			{theme.ColorNameForegroundOnPrimary, theme.ColorNamePrimary, 4.5},
			{theme.ColorNameHyperlink, look.ColorPanel, 4.5},
			{theme.ColorNamePlaceHolder, theme.ColorNameInputBackground, 4},
		} {
			if got := contrast(at(c.ink), at(c.ground)); got < c.least {
				t.Errorf("%s: %s on %s has a contrast of %.2f, less than %.1f", mode, c.ink, c.ground, got, c.least)
			}
		}
	}
}

func TestTheme_NoSurfaceIsAsBrightAsAPicture(t *testing.T) {
	test.NewTempApp(t)
	for _, mode := range []look.Mode{look.Light, look.Dark} {
		th := look.New(mode, nil, nil)
		for _, n := range []fyne.ThemeColorName{look.ColorPanel, look.ColorStage, look.ColorRaised, look.ColorCheckee, theme.ColorNameBackground} {
			if l := luminance(th.Color(n, theme.VariantLight)); l > 0.9 {
				t.Errorf("%s: %s is as bright as white paper (%.2f)", mode, n, l)
			}
		}
	}
}

func TestMode_DecidesUnlessTheDesktopDoes(t *testing.T) {
	for mode, want := range map[look.Mode]fyne.ThemeVariant{look.Light: theme.VariantLight, look.Dark: theme.VariantDark} {
		for _, desktop := range []fyne.ThemeVariant{theme.VariantLight, theme.VariantDark} {
			if got := look.New(mode, nil, nil).Variant(desktop); got != want {
				t.Errorf("%s on a desktop of %v gives %v", mode, desktop, got)
			}
			if got := look.New(look.System, nil, nil).Variant(desktop); got != desktop {
				t.Errorf("the desktop's %v becomes %v", desktop, got)
			}
		}
	}
}

func TestIcons_AllDrawSomethingInTheirColour(t *testing.T) {
	test.NewTempApp(t)
	red := color.NRGBA{255, 0, 0, 255}
	for _, i := range look.Icons() {
		img := canvas.NewImageFromResource(i.Resource(red))
		img.FillMode = canvas.ImageFillContain
		w := test.NewWindow(img)
		w.SetPadded(false)
		w.Resize(fyne.NewSize(48, 48))
		shot := w.Canvas().Capture()
		inked := 0
		for y := range 48 {
			for x := range 48 {
				if r, g, b, _ := shot.At(x, y).RGBA(); r > 0xc000 && g < 0x6000 && b < 0x6000 {
					inked++
				}
			}
		}
		if inked < 30 {
			t.Errorf("icon %s draws %d pixels", i, inked)
		}
		w.Close()
	}
	if look.IconNone.Resource(red) != nil {
		t.Error("no icon draws something")
	}
}
