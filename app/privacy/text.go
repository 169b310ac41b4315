package privacy

import (
	"strings"
	"unicode"
)

// columns is the width of Text, in cells of a terminal.
const columns = 76

// Text returns the policy as plain text for a terminal or a text file, lines
// of at most 76 columns (a Japanese character takes two).
func (d Document) Text() string {
	var b strings.Builder
	line := func(s string) { b.WriteString(s + "\n") }
	para := func(indent, s string) {
		for _, l := range wrap(s, columns-width(indent)) {
			line(indent + l)
		}
		line("")
	}
	line(d.Title)
	line(strings.Repeat("=", width(d.Title)))
	line("")
	para("", d.edition())
	for _, p := range d.Intro {
		para("", p)
	}
	line(d.ShortTitle)
	line(strings.Repeat("-", width(d.ShortTitle)))
	line("")
	for _, p := range d.Short {
		line("* " + p.Title)
		para("  ", p.Text)
	}
	var section func(s Section)
	section = func(s Section) {
		head := s.Number + "  " + s.Title
		line(head)
		line(strings.Repeat("-", width(head)))
		line("")
		for _, p := range s.Text {
			para("", p)
		}
		if s.Service != "" {
			para("", d.instead(d.ServiceTitle, s.Service))
			para("", d.instead(d.ProgramTitle, s.Program))
		}
		for _, sub := range s.Sections {
			section(sub)
		}
	}
	for _, s := range d.Parts {
		section(s)
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// Markdown returns the policy as Markdown.
func (d Document) Markdown() string {
	var b strings.Builder
	para := func(s string) { b.WriteString(s + "\n\n") }
	para("# " + d.Title)
	para("*" + d.edition() + "*")
	for _, p := range d.Intro {
		para(p)
	}
	para("## " + d.ShortTitle)
	for _, p := range d.Short {
		para("**" + p.Title + "**")
		para(p.Text)
	}
	var section func(mark string, s Section)
	section = func(mark string, s Section) {
		para(mark + " " + s.Number + " " + s.Title)
		for _, p := range s.Text {
			para(p)
		}
		if s.Service != "" {
			para("**" + d.ServiceTitle + "** " + s.Service)
			para("**" + d.ProgramTitle + "** " + s.Program)
		}
		for _, sub := range s.Sections {
			section(mark+"#", sub)
		}
	}
	for _, s := range d.Parts {
		section("##", s)
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// edition is the line below the title: version, date, which text binds.
func (d Document) edition() string {
	if d.Lang == "ja" {
		return d.Version + "版　" + d.Date + "　" + d.Binding
	}
	return "Version " + d.Version + ", " + d.Date + ". " + d.Binding
}

// instead joins a heading and its sentence in the manner of the language.
func (d Document) instead(title, text string) string {
	if d.Lang == "ja" {
		return title + "：" + text
	}
	return title + " " + text
}

// width is how many cells of a terminal s takes.
func width(s string) int {
	n := 0
	for _, r := range s {
		n += cells(r)
	}
	return n
}

func cells(r rune) int {
	if r >= 0x1100 && !(r >= 0xff61 && r <= 0xff9f) {
		return 2
	}
	return 1
}

// Characters that must not start a line, and those that must not end one
// (the common core of the Japanese rules, JIS X 4051).
const (
	notFirst = "、。，．・：；？！」』）】〕〉》ーぁぃぅぇぉっゃゅょァィゥェォッャュョ%,.:;?!)"
	notLast  = "「『（【〔〈《("
)

// wrap breaks a paragraph into lines of at most limit cells: between words,
// and between any two wide characters that the rules let apart. A word longer
// than a line stays whole.
func wrap(s string, limit int) []string {
	var lines []string
	for width(s) > limit {
		cut, used := 0, 0 // byte offset of the best place to break
		var last rune
		for i, r := range s {
			line := used // the line up to here, without a space at its end
			if last == ' ' {
				line--
			}
			if i > 0 && breakable(last, r) && (line <= limit || cut == 0) {
				cut = i
			}
			if used > limit && cut > 0 {
				break
			}
			used += cells(r)
			last = r
		}
		if cut == 0 {
			break
		}
		lines = append(lines, strings.TrimRightFunc(s[:cut], unicode.IsSpace))
		s = strings.TrimLeftFunc(s[cut:], unicode.IsSpace)
	}
	return append(lines, s)
}

// breakable tells whether a line may end between a and b.
func breakable(a, b rune) bool {
	if b == ' ' || strings.ContainsRune(notFirst, b) || strings.ContainsRune(notLast, a) {
		return false
	}
	return a == ' ' || cells(a) == 2 || cells(b) == 2
}
