package picture

import (
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"unicode/utf8"
)

// nameLengths are the lengths in bytes that a name may have, tried in turn:
// 255 is what nearly all file systems take, 143 what encrypted folders leave
// of it, 80 what is left of a very long path.
var nameLengths = []int{255, 143, 80}

// numbered returns base with a number before its extension, none for 1, cut to
// most bytes between two characters.
func numbered(base string, i, most int) string {
	ext := filepath.Ext(base)
	if len(ext) > 16 || len(ext) == len(base) {
		ext = "" // a point in a sentence, or a hidden file
	}
	stem := strings.TrimSuffix(base, ext)
	if i > 1 {
		ext = "-" + strconv.Itoa(i) + ext
	}
	for len(stem)+len(ext) > most {
		_, n := utf8.DecodeLastRuneInString(stem)
		stem = stem[:len(stem)-n]
	}
	return stem + ext
}

// legalName changes what the system does not allow in a file's name.
func legalName(base string) string {
	if runtime.GOOS == "windows" {
		return windowsName(base)
	}
	return strings.ReplaceAll(base, "\x00", "_")
}

// windowsName is legalName for Windows, which forbids some characters, names
// of devices, and spaces and points at the end.
func windowsName(base string) string {
	base = strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`<>:"/\|?*`, r) {
			return '_'
		}
		return r
	}, base)
	base = strings.TrimRight(base, " .")
	stem, _, _ := strings.Cut(base, ".")
	switch s := strings.ToUpper(strings.TrimRight(stem, " ")); {
	case s == "CON", s == "PRN", s == "AUX", s == "NUL", s == "CONIN$", s == "CONOUT$",
		len(s) >= 4 && (s[:3] == "COM" || s[:3] == "LPT") && strings.Contains("0123456789¹²³", s[3:]):
		base = "_" + base
	}
	if base == "" {
		return "_"
	}
	return base
}
