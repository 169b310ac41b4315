package tr_test

import (
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"kirinuki/assets"
	"kirinuki/assets/tr"
)

func TestTexts_AreTheSameInBothLanguages(t *testing.T) {
	if err := tr.Check(assets.Translations, "translations"); err != nil {
		t.Error(err)
	}
}

func TestCheck_FindsWhatIsWrong(t *testing.T) {
	for name, c := range map[string]struct{ en, ja, want string }{
		"english alone":   {`{"a":"x","b":"y"}`, `{"a":"x"}`, `"b" is not in ja.json`},
		"japanese alone":  {`{"a":"x"}`, `{"a":"x","b":"y"}`, `"b" is in ja.json and not in en.json`},
		"other arguments": {`{"a":"%[1]s"}`, `{"a":"%[2]s"}`, `"a" takes`},
		"no index":        {`{"a":"%s"}`, `{"a":"%s"}`, "has no index"},
		"blank":           {`{"a":"x"}`, `{"a":" "}`, "blank"},
		"japanese text":   {`{"a":"画像"}`, `{"a":"画像"}`, "not English"},
		"twice":           {`{"a":"x","a":"y"}`, `{"a":"x"}`, `"a" is twice in en.json`},
		"broken":          {`{"a":`, `{"a":"x"}`, "en.json"},
	} {
		err := tr.Check(fstest.MapFS{"en.json": {Data: []byte(c.en)}, "ja.json": {Data: []byte(c.ja)}}, ".")
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := tr.Check(fstest.MapFS{"en.json": {Data: []byte(`{"a":"b","b":"%[1]d 100%%"}`)}, "ja.json": {Data: []byte(`{"a":"b","b":"%[1]d、100%%"}`)}}, "."); err != nil {
		t.Error(err)
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
