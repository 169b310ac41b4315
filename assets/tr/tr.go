// Package tr turns keys into sentences in the language of the person. It
// knows texts and nothing else: packages with texts of their own add them
// with AddFS, and T reads them.
//
// A text file is one flat JSON object, "key": "text", per language. Texts are
// fmt formats whose verbs carry their index ("%[1]s"), because the order of
// words differs between languages.
package tr

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
	"sync"

	"kirinuki/assets"
)

// Languages are the languages that every text exists in. The first one is
// what T falls back to.
var Languages = []string{"en", "ja"}

// One table for the whole program, as the chosen language is one setting.
var (
	mu    sync.RWMutex
	lang  = Languages[0]
	texts = map[string]map[string]string{} // by language, then key
)

func init() {
	if err := AddFS(assets.Translations, "translations"); err != nil {
		panic("the program's own texts: " + err.Error())
	}
	Use("")
}

// Use chooses the language of every later T: "en", "ja", or "" for that of
// the system (LC_ALL, LC_MESSAGES, LANG). A language without texts is
// English.
func Use(language string) {
	if language == "" {
		language = System()
	}
	mu.Lock()
	defer mu.Unlock()
	lang = known(language)
}

// Lang returns the language in use, "en" or "ja".
func Lang() string {
	mu.RLock()
	defer mu.RUnlock()
	return lang
}

// System returns the language of the person's environment as POSIX orders
// its variables, or "en".
func System() string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := os.Getenv(name); v != "" {
			return known(v)
		}
	}
	return Languages[0]
}

// known returns the entry of Languages that a locale such as "ja_JP.UTF-8"
// belongs to, or the first.
func known(locale string) string {
	base, _, _ := strings.Cut(strings.ToLower(locale), "_")
	base, _, _ = strings.Cut(base, "-")
	base, _, _ = strings.Cut(base, ".")
	for _, l := range Languages {
		if base == l {
			return l
		}
	}
	return Languages[0]
}

// T returns the text of key in the language in use, with args put in. It
// falls back to English and then to the key itself. Without args the text is
// returned as it stands.
func T(key string, args ...any) string { return In(Lang(), key, args...) }

// In is T in a language of the caller's choice.
func In(language, key string, args ...any) string {
	mu.RLock()
	text, ok := texts[known(language)][key]
	if !ok {
		text, ok = texts[Languages[0]][key]
	}
	mu.RUnlock()
	if !ok {
		return key
	}
	if len(args) == 0 || !strings.Contains(text, "%") {
		return text
	}
	return fmt.Sprintf(text, args...)
}

// N is T for a text that counts: it takes the key "<key>.one" where n is 1,
// else key. n is the first argument of the text, args follow it.
func N(key string, n int, args ...any) string {
	if n == 1 {
		key += ".one"
	}
	return T(key, append([]any{n}, args...)...)
}

// Has tells whether key has a text in English.
func Has(key string) bool {
	mu.RLock()
	defer mu.RUnlock()
	_, ok := texts[Languages[0]][key]
	return ok
}

// AddFS adds the texts of dir's <language>.json files to those there are; a
// key that is already there is replaced. A missing file is an error.
func AddFS(fsys fs.FS, dir string) error {
	var errs []error
	for _, l := range Languages {
		b, err := fs.ReadFile(fsys, path.Join(dir, l+".json"))
		more := map[string]string{}
		if err == nil {
			err = json.Unmarshal(b, &more)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s.json: %w", l, err))
			continue
		}
		mu.Lock()
		if texts[l] == nil {
			texts[l] = map[string]string{}
		}
		for k, v := range more {
			texts[l][k] = v
		}
		mu.Unlock()
	}
	return errors.Join(errs...)
}
