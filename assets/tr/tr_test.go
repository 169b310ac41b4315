package tr_test

import (
	"encoding/json"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"kirinuki/assets"
	"kirinuki/assets/tr"
)

func load(t *testing.T, lang string) map[string]string {
	t.Helper()
	b, err := fs.ReadFile(assets.Translations, "translations/"+lang+".json")
	if err != nil {
		t.Fatal(err)
	}
	m := map[string]string{}
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

var (
	verb     = regexp.MustCompile(`%(\[\d+\])?[-+# 0-9.]*[a-zA-Z%]`)
	indexed  = regexp.MustCompile(`%\[\d+\]`)
	japanese = regexp.MustCompile(`[ぁ-んァ-ヶ一-龠]`)
)

// A text that exists in one language alone, or takes other arguments in the
// other, would show up as a key or as %!s(MISSING) on somebody's screen.
func TestTexts_AreTheSameInBothLanguages(t *testing.T) {
	en, ja := load(t, "en"), load(t, "ja")
	for k := range ja {
		if _, ok := en[k]; !ok {
			t.Errorf("%q is in ja.json alone", k)
		}
	}
	for k, e := range en {
		j, ok := ja[k]
		if !ok {
			t.Errorf("%q is in en.json alone", k)
			continue
		}
		ve, vj := verb.FindAllString(e, -1), verb.FindAllString(j, -1)
		slices.Sort(ve)
		slices.Sort(vj)
		if !slices.Equal(ve, vj) {
			t.Errorf("%q takes %v in English and %v in Japanese", k, ve, vj)
		}
		for _, v := range ve {
			if v != "%%" && !indexed.MatchString(v) {
				t.Errorf("%q: %s has no index", k, v)
			}
		}
		if strings.TrimSpace(e) == "" || strings.TrimSpace(j) == "" {
			t.Errorf("%q is blank", k)
		}
		if japanese.MatchString(e) {
			t.Errorf("%q is not English: %q", k, e)
		}
	}
	for k, j := range ja {
		if strings.HasPrefix(k, "error.") && !japanese.MatchString(j) {
			t.Errorf("%q is not Japanese: %q", k, j)
		}
	}
}

func TestUse_FollowsTheSystem(t *testing.T) {
	defer tr.Use(tr.Lang())
	for _, c := range []struct{ all, messages, lang, want string }{
		{"", "", "", "en"},
		{"", "", "ja_JP.UTF-8", "ja"},
		{"", "ja_JP", "en_US.UTF-8", "ja"},
		{"C", "ja_JP", "ja_JP", "en"},
		{"", "", "ja", "ja"},
		{"", "", "JA-jp", "ja"},
		{"", "", "jam_JM", "en"}, // Jamaican Creole
		{"", "", "de_DE.UTF-8", "en"},
		{"ja.UTF-8", "", "", "ja"},
	} {
		t.Setenv("LC_ALL", c.all)
		t.Setenv("LC_MESSAGES", c.messages)
		t.Setenv("LANG", c.lang)
		if tr.Use(""); tr.Lang() != c.want {
			t.Errorf("%+v: got %s", c, tr.Lang())
		}
	}
	for in, want := range map[string]string{"ja": "ja", "en": "en", "tlh": "en", "ja_JP": "ja"} {
		if tr.Use(in); tr.Lang() != want {
			t.Errorf("Use(%q) is %s", in, tr.Lang())
		}
	}
}

func TestT(t *testing.T) {
	defer tr.Use(tr.Lang())
	err := tr.AddFS(fstest.MapFS{
		"t/en.json": {Data: []byte(`{"test.order":"%[1]s before %[2]s","test.half":"half","test.plain":"50 % of it","test.n":"%[1]d copies","test.n.one":"%[1]d copy"}`)},
		"t/ja.json": {Data: []byte(`{"test.order":"%[2]sの前に%[1]s","test.n":"%[1]d件","test.n.one":"%[1]d件"}`)},
	}, "t")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ got, want string }{
		{tr.In("en", "test.order", "a", "b"), "a before b"},
		{tr.In("ja", "test.order", "a", "b"), "bの前にa"},
		{tr.In("ja", "test.half"), "half"},
		{tr.In("ja", "no.such.key", 1), "no.such.key"},
		{tr.In("en", "test.plain"), "50 % of it"},
		{tr.In("en", "test.half", "spare"), "half"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
	tr.Use("en")
	for n, want := range []string{"0 copies", "1 copy", "2 copies"} {
		if got := tr.N("test.n", n); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if !tr.Has("test.half") || tr.Has("test.none") {
		t.Error("Has is wrong")
	}
}

func TestAddFS_SaysWhatIsWrong(t *testing.T) {
	good := &fstest.MapFile{Data: []byte(`{}`)}
	for name, fsys := range map[string]fstest.MapFS{
		"missing": {"en.json": good},
		"broken":  {"en.json": good, "ja.json": {Data: []byte(`{"a":`)}},
		"nested":  {"en.json": good, "ja.json": {Data: []byte(`{"a":{"b":"c"}}`)}},
	} {
		err := tr.AddFS(fsys, ".")
		if err == nil || !strings.Contains(err.Error(), "ja.json") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The language may change in the settings while pictures are worked on.
func TestUse_WhileOthersRead(t *testing.T) {
	defer tr.Use(tr.Lang())
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 500 {
				if s := tr.T("error.damaged", "x"); !strings.Contains(s, "x") {
					t.Errorf("got %q", s)
				}
			}
		})
	}
	for i := range 500 {
		tr.Use(tr.Languages[i%2])
	}
	wg.Wait()
}
