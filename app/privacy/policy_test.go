package privacy

import (
	"encoding/xml"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"kirinuki/assets/tr"
)

func TestTexts(t *testing.T) {
	if err := tr.Check(translations, "translations"); err != nil {
		t.Error(err)
	}
}

// shape is a document without its words: what must be the same in every
// language.
func shape(d Document) string {
	var b strings.Builder
	fmt.Fprintln(&b, d.Version, d.Date, len(d.Intro))
	for _, p := range d.Short {
		fmt.Fprintln(&b, p.ID, p.Facts)
	}
	for _, s := range sections(d) {
		fmt.Fprintln(&b, s.Number, len(s.Text), s.Service != "", s.Program != "", s.Facts)
	}
	return b.String()
}

func sections(d Document) (all []Section) {
	for _, s := range d.Parts {
		all = append(append(all, s), s.Sections...)
	}
	return all
}

// sentences are all words of a document.
func sentences(d Document) []string {
	all := append([]string{d.Title, d.Version, d.Date, d.Binding, d.ShortTitle, d.ServiceTitle, d.ProgramTitle}, d.Intro...)
	for _, p := range d.Short {
		all = append(all, p.Title, p.Text)
	}
	for _, s := range sections(d) {
		all = append(append(all, s.Title), s.Text...)
		if s.Service != "" {
			all = append(all, s.Service, s.Program)
		}
	}
	return all
}

func TestPolicy_IsTheSameInBothLanguages(t *testing.T) {
	en, ja := Policy("en"), Policy("ja")
	if a, b := shape(en), shape(ja); a != b {
		t.Errorf("English is\n%s\nJapanese is\n%s", a, b)
	}
	if en.Lang != "en" || ja.Lang != "ja" || Policy("tlh").Lang != "en" || Policy("").Lang != "en" {
		t.Error("a language got the wrong text")
	}
	if !strings.Contains(en.Binding, "binding") || !strings.Contains(ja.Binding, "英語版") {
		t.Error("the policy does not say which text binds")
	}
	for _, d := range []Document{en, ja} {
		for i, s := range sentences(d) {
			if strings.TrimSpace(s) == "" || s != strings.TrimSpace(s) || !utf8.ValidString(s) {
				t.Errorf("%s: sentence %d is %q", d.Lang, i, s)
			}
		}
	}
}

func TestPolicy_HasEveryPart(t *testing.T) {
	var numbers, ids []string
	d := Policy("en")
	for _, s := range sections(d) {
		numbers = append(numbers, s.Number)
		if len(s.Sections) == 0 && (s.Service == "" || s.Program == "") {
			t.Errorf("%s does not say what a service would do and what this program does", s.Number)
		}
	}
	for _, p := range d.Short {
		ids = append(ids, p.ID)
		if len(p.Facts) == 0 {
			t.Errorf("the promise %q has no fact beside it", p.ID)
		}
	}
	if want := []string{"1", "2", "2.1", "2.2", "2.3", "3", "3.1", "3.2"}; !slices.Equal(numbers, want) {
		t.Errorf("parts %v", numbers)
	}
	if want := []string{"confidential", "transfer", "sharing", "deletion", "statistics", "results"}; !slices.Equal(ids, want) {
		t.Errorf("promises %v", ids)
	}
	// Every fact that the text names is measured, and every fact is named.
	var measured []string
	for _, f := range Facts("en", Probe{}) {
		measured = append(measured, f.ID)
	}
	named := map[string]bool{}
	for _, p := range d.Short {
		for _, id := range p.Facts {
			named[id] = true
		}
	}
	for _, s := range sections(d) {
		for _, id := range s.Facts {
			if !slices.Contains(measured, id) {
				t.Errorf("%s names the fact %q, which nobody measures", s.Number, id)
			}
			named[id] = true
		}
	}
	for _, id := range measured {
		if !named[id] {
			t.Errorf("no promise names the fact %q", id)
		}
	}
}

// squeeze leaves out white space, so that wrapped text compares.
func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \n\t　", r) {
			return -1
		}
		return r
	}, s)
}

func TestText_HoldsEveryWordInNarrowLines(t *testing.T) {
	for _, lang := range tr.Languages {
		d := Policy(lang)
		text := d.Text()
		all := squeeze(text)
		for _, s := range sentences(d) {
			if !strings.Contains(all, squeeze(s)) {
				t.Errorf("%s: the text lacks %q", lang, s)
			}
		}
		for line := range strings.Lines(text) {
			line = strings.TrimSuffix(line, "\n")
			if width(line) > columns+2 { // a 、 or 。 may hang over
				t.Errorf("%s: %d columns: %q", lang, width(line), line)
			}
			if r, _ := utf8.DecodeRuneInString(strings.TrimLeft(line, " ")); line != "" && strings.ContainsRune(notFirst, r) {
				t.Errorf("%s: a line starts with %q", lang, line)
			}
			if strings.TrimRight(line, " ") != line {
				t.Errorf("%s: trailing space in %q", lang, line)
			}
		}
		if !strings.HasSuffix(text, "\n") || strings.HasSuffix(text, "\n\n") {
			t.Errorf("%s: the text does not end in one newline", lang)
		}
		for _, s := range sentences(d) {
			if !strings.Contains(d.Markdown(), s) {
				t.Errorf("%s: the Markdown lacks %q", lang, s)
			}
		}
	}
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		in    string
		limit int
		want  string
	}{
		{"", 10, ""},
		{"one two three", 7, "one two|three"},
		{"one two three", 8, "one two|three"},
		{"incomprehensibilities here", 5, "incomprehensibilities|here"},
		{"画像を消します。次", 10, "画像を消し|ます。次"},
		{"画像を消した。次", 12, "画像を消し|た。次"}, // not before the full stop
		{"これは「引用」です", 8, "これは|「引用」|です"},
		{"Kirinukiは速い", 10, "Kirinukiは|速い"},
	} {
		if got := strings.Join(wrap(c.in, c.limit), "|"); got != c.want {
			t.Errorf("wrap(%q, %d) is %q, want %q", c.in, c.limit, got, c.want)
		}
	}
}

// The page may be printed or sent on; it must not reach out when opened.
func TestHTML_LoadsAndRunsNothing(t *testing.T) {
	hostile := []Fact{{ID: "x", Promise: `<script>alert(1)</script>`, Mechanism: `"><img src=http://x>`,
		State: Kept, Detail: `</table><iframe src="//x">`}}
	for _, lang := range tr.Languages {
		d := Policy(lang)
		page := d.HTML(hostile)
		if found := regexp.MustCompile(`(?i)<(script|img|iframe|link|object|embed|form|a|base|svg)\b|@import|\burl\(|\son\w+\s*=`).FindString(page); found != "" {
			t.Errorf("%s: the page holds %q", lang, found)
		}
		if !strings.Contains(page, "default-src 'none'") || !strings.Contains(page, `<html lang="`+lang+`">`) {
			t.Errorf("%s: the page lacks its head:\n%s", lang, page)
		}
		if !strings.Contains(page, "&lt;script&gt;") {
			t.Errorf("%s: the facts are not on the page", lang)
		}
		for _, s := range sentences(d) {
			if !strings.Contains(unescape(t, page), s) {
				t.Errorf("%s: the page lacks %q", lang, s)
			}
		}
		if strings.Contains(d.HTML(nil), "<table") {
			t.Errorf("%s: a table of no facts", lang)
		}
	}
}

// unescape returns the words of a page.
func unescape(t *testing.T, page string) string {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(page))
	d.Strict, d.AutoClose, d.Entity = false, append(xml.HTMLAutoClose, "meta"), xml.HTMLEntity
	var b strings.Builder
	for {
		token, err := d.Token()
		if err == io.EOF {
			return b.String()
		}
		if err != nil {
			t.Fatal(err)
		}
		if c, ok := token.(xml.CharData); ok {
			b.Write(c)
		}
	}
}

// Words of a web service that this program does not have may stand in the
// policy only where it says what a service would do.
func TestPolicy_NamesNoServerOfOurs(t *testing.T) {
	for _, lang := range tr.Languages {
		for _, s := range sentences(Policy(lang)) {
			if strings.Contains(s, "http") || strings.Contains(s, "@") {
				t.Errorf("%s: an address in %q", lang, s)
			}
		}
	}
}
