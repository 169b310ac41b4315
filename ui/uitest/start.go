package uitest

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"kirinuki/assets"
	"kirinuki/ui/look"
	"kirinuki/ui/words"
)

// Start makes a test app with the program's own theme and fonts in one
// language.
func Start(t testing.TB, mode look.Mode, language string) fyne.App {
	t.Helper()
	a := test.NewTempApp(t)
	words.Use(language)
	t.Cleanup(func() { words.Use("en") })
	a.Settings().SetTheme(look.New(mode, assets.FontRegular(), assets.FontBold()))
	return a
}

// Looks are the ways that everything must look good in.
var Looks = []struct {
	Name     string
	Mode     look.Mode
	Language string
}{
	{"en-light", look.Light, "en"},
	{"en-dark", look.Dark, "en"},
	{"ja-light", look.Light, "ja"},
	{"ja-dark", look.Dark, "ja"},
}
