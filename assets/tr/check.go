package tr

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

var (
	verb     = regexp.MustCompile(`%(\[\d+\])?[-+# 0-9.]*[a-zA-Z%]`)
	indexed  = regexp.MustCompile(`^%\[\d+\]`)
	japanese = regexp.MustCompile(`[ぁ-んァ-ヶ一-龠]`)
)

// Check holds the texts of dir against each other, for the tests of packages
// with texts of their own: every key is there in every language and only
// once, takes the same arguments by index, is not blank, and English has no
// Japanese in it. What it lets through does not show up as a key or as
// "%!s(MISSING)" on somebody's screen.
func Check(fsys fs.FS, dir string) error {
	var problems []error
	bad := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }
	all := map[string]map[string]string{}
	for _, l := range Languages {
		b, err := fs.ReadFile(fsys, path.Join(dir, l+".json"))
		if err != nil {
			return err
		}
		m, twice, err := parse(b)
		if err != nil {
			return fmt.Errorf("%s.json: %w", l, err)
		}
		for _, k := range twice {
			bad("%q is twice in %s.json", k, l)
		}
		all[l] = m
	}
	base := all[Languages[0]]
	for _, l := range Languages {
		for k, text := range all[l] {
			if strings.TrimSpace(text) == "" {
				bad("%q is blank in %s.json", k, l)
			}
			english, ok := base[k]
			if !ok {
				bad("%q is in %s.json and not in %s.json", k, l, Languages[0])
			} else if a, b := verbs(english), verbs(text); !slices.Equal(a, b) {
				bad("%q takes %v in %s.json and %v in %s.json", k, a, Languages[0], b, l)
			}
			for _, v := range verbs(text) {
				if v != "%%" && !indexed.MatchString(v) {
					bad("%q: %s has no index in %s.json", k, v, l)
				}
			}
		}
		for k, text := range base {
			if _, ok := all[l][k]; !ok {
				bad("%q is not in %s.json", k, l)
			}
			if l == Languages[0] && japanese.MatchString(text) {
				bad("%q is not English: %q", k, text)
			}
		}
	}
	return errors.Join(problems...)
}

// verbs returns a text's fmt verbs, sorted.
func verbs(text string) []string {
	v := verb.FindAllString(text, -1)
	slices.Sort(v)
	return v
}

// parse reads one file and names the keys that are in it more than once,
// which encoding/json would pass over.
func parse(b []byte) (m map[string]string, twice []string, err error) {
	if err := json.Unmarshal(b, &m); err != nil {
		return nil, nil, err
	}
	d := json.NewDecoder(strings.NewReader(string(b)))
	seen := map[string]bool{}
	for isKey := false; ; isKey = !isKey {
		t, err := d.Token()
		if err != nil {
			return m, twice, nil
		}
		if _, ok := t.(json.Delim); ok {
			isKey = false
			continue
		}
		if k, ok := t.(string); ok && isKey {
			if seen[k] {
				twice = append(twice, k)
			}
			seen[k] = true
		}
	}
}
