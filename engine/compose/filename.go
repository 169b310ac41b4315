package compose

import (
	"path/filepath"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"kirinuki/engine/picture"
)

// DefaultPattern names a result after its source.
const DefaultPattern = "{name}-cutout"

// nameLength is how many bytes FileName gives at most. It leaves room for
// the number that a taken name gets, on every common file system.
const nameLength = 200

// FileName makes a file's name out of a pattern in which {name} is the
// source's name without its extension and {i} the number i of the picture in
// the batch, and adds the extension of format f. What some system does not
// allow in names is replaced, so the same name works everywhere. "" as
// pattern is DefaultPattern.
func FileName(pattern, name string, i int, f picture.Format) string {
	if pattern == "" {
		pattern = DefaultPattern
	}
	if ext := filepath.Ext(name); len(ext) > 1 && len(ext) < len(name) && isPicture(ext) {
		name = strings.TrimSuffix(name, ext)
	}
	s := strings.NewReplacer("{name}", name, "{i}", strconv.Itoa(i)).Replace(pattern)
	ext := picture.Extension(f)
	return harmless(s, nameLength-len(ext)) + ext
}

// isPicture says whether ext is an extension of pictures.
func isPicture(ext string) bool {
	if _, ok := picture.ParseFormat(ext); ok {
		return true
	}
	switch strings.ToLower(ext) {
	case ".heic", ".heif", ".avif", ".jxl":
		return true
	}
	return false
}

// harmless replaces what file systems refuse, shells trip over or eyes are
// fooled by (control and direction characters), and cuts to most bytes
// between two characters.
func harmless(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == utf8.RuneError, unicode.IsControl(r), strings.ContainsRune(`/\:*?"<>|`, r):
			return '_'
		case unicode.Is(unicode.Bidi_Control, r), r == '\u2028', r == '\u2029', r == '\ufeff':
			return '_'
		}
		return r
	}, s)
	s = strings.TrimLeft(s, " .") // not hidden, not the folder above
	for len(s) >= most {
		_, n := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-n]
	}
	s = strings.TrimRight(s, " .")
	if s == "" {
		return "picture"
	}
	stem, _, _ := strings.Cut(strings.ToUpper(s), ".")
	switch stem = strings.TrimRight(stem, " "); {
	case stem == "CON", stem == "PRN", stem == "AUX", stem == "NUL":
		return "_" + s
	case len(stem) == 4 && (stem[:3] == "COM" || stem[:3] == "LPT") && stem[3] >= '0' && stem[3] <= '9':
		return "_" + s
	}
	return s
}
