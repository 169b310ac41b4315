package say_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"kirinuki/app/say"
	"kirinuki/assets/tr"
	"kirinuki/engine/fault"
)

func TestSentence_EveryKindInEveryLanguage(t *testing.T) {
	defer tr.Use(tr.Lang())
	for _, l := range tr.Languages {
		tr.Use(l)
		seen := map[string]fault.Kind{}
		for _, k := range fault.Kinds() {
			what, hint := say.Sentence(fault.New(k, "写真.jpg", errors.New("the cause")))
			for _, s := range []string{what, hint} {
				if s == "" || strings.HasPrefix(s, "error.") || strings.HasPrefix(s, "hint.") || strings.Contains(s, "%!") || strings.Contains(s, "%[") {
					t.Errorf("%s, %v: %q", l, k, s)
				}
				if prev, ok := seen[s]; ok {
					t.Errorf("%s: %v says the same as %v: %q", l, k, prev, s)
				}
				seen[s] = k
			}
			if k != fault.NoRuntime && k != fault.Usage && !strings.Contains(what, "写真.jpg") {
				t.Errorf("%s, %v does not name the file: %q", l, k, what)
			}
		}
	}
}

func TestSentence(t *testing.T) {
	defer tr.Use(tr.Lang())
	_, gone := os.Open("/there/is/no/such.png")
	for _, c := range []struct {
		lang string
		err  error
		what string
	}{
		{"en", fault.New(fault.Damaged, "a.jpg", nil), "a.jpg is damaged or incomplete."},
		{"ja", fault.New(fault.Damaged, "a.jpg", nil), "「a.jpg」は壊れているか、途中までしかありません。"},
		{"en", fault.New(fault.Damaged, "", nil), "This picture is damaged or incomplete."},
		{"ja", fault.New(fault.Damaged, "", nil), "この画像は壊れているか、途中までしかありません。"},
		{"en", fmt.Errorf("while saving: %w", fault.New(fault.DiskFull, "b.png", fs.ErrInvalid)), "There is no space left for b.png."},
		{"en", gone, "such.png was not found."},
		{"en", context.Canceled, "Work on this picture was cancelled."},
		{"en", fault.Newf(fault.Usage, "", "unknown option --frmat"), "The command was not understood: unknown option --frmat."},
		{"en", fault.New(fault.Usage, "--frmat", nil), "The command was not understood: --frmat."},
		{"en", fault.New(fault.Empty, "x\x1b[2J\n\u202egnp.exe\xff", nil), "x�[2J��gnp.exe� is empty: it holds no data at all."},
		{"en", fault.New(fault.Empty, "100%d %[3]s.png", nil), "100%d %[3]s.png is empty: it holds no data at all."},
	} {
		tr.Use(c.lang)
		if what, _ := say.Sentence(c.err); what != c.what {
			t.Errorf("got  %q\nwant %q", what, c.what)
		}
	}
	if what, hint := say.Sentence(nil); what != "" || hint != "" {
		t.Errorf("no error says %q, %q", what, hint)
	}
}

// Engine and app name their notes by key; a note without words would be shown
// as the key.
func TestNotes_HaveWords(t *testing.T) {
	key := regexp.MustCompile(`"(note\.[a-z-]+)"`)
	found := 0
	for _, dir := range []string{"../../engine", "../../app"} {
		err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			b, err := os.ReadFile(path)
			for _, m := range key.FindAllSubmatch(b, -1) {
				found++
				if !tr.Has(string(m[1])) {
					t.Errorf("%s: %s has no words", path, m[1])
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if found == 0 {
		t.Error("no note was found; this test looks in the wrong place")
	}
}
