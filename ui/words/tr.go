package words

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"kirinuki/assets/tr"
	"kirinuki/ui/translations"
)

// LanguageNames are the languages of tr.Languages in their own words.
var LanguageNames = map[string]string{"en": "English", "ja": "日本語"}

func init() {
	if err := tr.AddFS(translations.FS, "."); err != nil {
		panic("the window's own texts: " + err.Error())
	}
}

// Use makes language the one that T speaks, and Fyne's own menus and dialogs
// with it; "" takes the system's. Call it before widgets are made: those that
// stand do not change.
func Use(language string) {
	tr.Use(language)
	data, err := translations.FS.ReadFile("fyne." + tr.Lang() + ".json")
	if err != nil {
		return
	}
	// Fyne has no switch: it always speaks the desktop's language, so the
	// chosen words are given to it under that language's name.
	name := lang.SystemLocale().LanguageString() + ".json"
	_ = lang.AddTranslations(fyne.NewStaticResource(name, data))
}

// T returns the text of key in the language in use; see tr.T.
func T(key string, args ...any) string { return tr.T(key, args...) }

// N returns the text of key for n things; see tr.N.
func N(key string, n int, args ...any) string { return tr.N(key, n, args...) }

// Has tells whether key has a text.
func Has(key string) bool { return tr.Has(key) }
