package words_test

import (
	"encoding/json"
	"image"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"kirinuki/assets/tr"
	"kirinuki/ui/translations"
	"kirinuki/ui/words"
)

func TestTexts_SameKeysAndVerbsInEveryLanguage(t *testing.T) {
	verb := regexp.MustCompile(`%\[\d\][sd]`)
	tables := map[string]map[string]string{}
	for _, l := range tr.Languages {
		data, err := translations.FS.ReadFile(l + ".json")
		if err != nil {
			t.Fatal(err)
		}
		table := map[string]string{}
		if err := json.Unmarshal(data, &table); err != nil {
			t.Fatal(err)
		}
		tables[l] = table
	}
	for key, english := range tables["en"] {
		japanese, ok := tables["ja"][key]
		if !ok {
			t.Errorf("no Japanese for %q", key)
			continue
		}
		a, b := verb.FindAllString(english, -1), verb.FindAllString(japanese, -1)
		slices.Sort(a)
		slices.Sort(b)
		if !slices.Equal(a, b) {
			t.Errorf("%q: verbs %v and %v", key, a, b)
		}
		for _, text := range []string{english, japanese} {
			if bare := verb.ReplaceAllString(text, ""); strings.Contains(strings.ReplaceAll(strings.ReplaceAll(bare, "100 %", ""), "100 %", ""), "%") {
				t.Errorf("%q: a verb without its place in %q", key, text)
			}
		}
	}
	for key := range tables["ja"] {
		if _, ok := tables["en"][key]; !ok {
			t.Errorf("no English for %q", key)
		}
	}
}

func TestUse_SwitchesTheProgramAndFyne(t *testing.T) {
	defer words.Use("en")
	words.Use("ja")
	if got := words.T("button.save"); got != "保存" {
		t.Errorf("Save is %q", got)
	}
	words.Use("en")
	if got := words.T("button.save"); got != "Save" {
		t.Errorf("Save is %q", got)
	}
}

func TestLeft(t *testing.T) {
	for d, want := range map[time.Duration]string{
		41*time.Minute + 7*time.Second: "41:07", 0: "0:00", -time.Second: "0:00",
		59*time.Second + 200*time.Millisecond: "1:00", time.Hour: "60:00", time.Nanosecond: "0:01",
	} {
		if got := words.Left(d); got != want {
			t.Errorf("Left(%v) = %q, want %q", d, got, want)
		}
	}
}

func TestBytes(t *testing.T) {
	for n, want := range map[int64]string{0: "0 B", 999: "999 B", 1000: "1 KB", 820_400: "820 KB", 999_600: "1.0 MB", 3_400_000: "3.4 MB", 2_100_000_000: "2.1 GB"} {
		if got := words.Bytes(n); got != want {
			t.Errorf("Bytes(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestSize(t *testing.T) {
	if words.Size(image.Point{}) != "" || words.Size(image.Pt(4000, 3000)) != "4000 × 3000" {
		t.Error(words.Size(image.Pt(4000, 3000)))
	}
}

func FuzzShorten(f *testing.F) {
	f.Add("holiday-in-kamakura-2024.jpg", 12)
	f.Add("写真", 1)
	f.Fuzz(func(t *testing.T, s string, n int) {
		n %= 1000
		got := words.Shorten(s, n)
		if long := len([]rune(got)); n >= 5 && long > max(n, 0) && long > 0 {
			t.Errorf("Shorten(%q, %d) = %q", s, n, got)
		}
	})
}
