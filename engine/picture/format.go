package picture

import (
	"bytes"
	"encoding/binary"
	"strings"
)

// sniffLen is how many of a file's first bytes Sniff wants to see.
const sniffLen = 32

// Sniff tells the format of a file by its first bytes (32 are enough). ok is
// false where it is none of the formats that are read.
func Sniff(head []byte) (f Format, ok bool) {
	has := func(prefix string) bool { return bytes.HasPrefix(head, []byte(prefix)) }
	switch {
	case has("\xff\xd8\xff"):
		return JPEG, true
	case has(pngSignature):
		return PNG, true
	case has("GIF87a"), has("GIF89a"):
		return GIF, true
	case has("II*\x00"), has("MM\x00*"):
		return TIFF, true
	case has("RIFF") && len(head) >= 12 && string(head[8:12]) == "WEBP":
		return WebP, true
	case has("BM") && len(head) >= 18:
		// "BM" alone begins many texts, so the header's size must be one that
		// exists.
		switch binary.LittleEndian.Uint32(head[14:]) {
		case 12, 16, 40, 52, 56, 64, 108, 124:
			return BMP, true
		}
	}
	return "", false
}

// unread names well-known kinds of files that are not read, so that the error
// can say what the file is instead of only what it is not.
func unread(head []byte) string {
	if len(head) >= 12 && string(head[4:8]) == "ftyp" {
		switch brand := string(head[8:12]); brand {
		case "heic", "heix", "heim", "heis", "hevc", "mif1", "msf1":
			return "a HEIC picture"
		case "avif", "avis":
			return "an AVIF picture"
		case "crx ":
			return "a camera raw file"
		}
		return "a video"
	}
	for _, k := range []struct{ prefix, what string }{
		{"\xff\x0a", "a JPEG XL picture"},
		{"\x00\x00\x00\x0cJXL ", "a JPEG XL picture"},
		{"\x00\x00\x00\x0cjP  ", "a JPEG 2000 picture"},
		{"8BPS", "a Photoshop document"},
		{"gimp xcf", "a GIMP document"},
		{"%PDF", "a PDF document"},
		{"II+\x00", "a BigTIFF picture"},
		{"MM\x00+", "a BigTIFF picture"},
		{"FUJIFILMCCD", "a camera raw file"},
		{"IIRO", "a camera raw file"},
		{"IIU\x00", "a camera raw file"},
		{"\x00\x00\x01\x00", "an icon"},
		{"qoif", "a QOI picture"},
		{"PK\x03\x04", "an archive"},
		{"<svg", "an SVG drawing"},
		{"<?xml", "an XML document"},
		{"<!DOCTYPE", "a web page"},
		{"<html", "a web page"},
	} {
		if bytes.HasPrefix(head, []byte(k.prefix)) {
			return k.what
		}
	}
	return "no picture format that is known"
}

// Extension returns the extension of f with its dot, as most people write it,
// for example ".jpg"; "" for an unknown format.
func Extension(f Format) string {
	switch f {
	case JPEG:
		return ".jpg"
	case PNG, GIF, BMP, TIFF, WebP:
		return "." + string(f)
	}
	return ""
}

// ParseFormat returns the format that s names, in any case and with or
// without a dot: "png", "JPG", ".tif".
func ParseFormat(s string) (f Format, ok bool) {
	switch s := strings.ToLower(strings.TrimPrefix(s, ".")); s {
	case "jpg", "jpe", "jfif":
		return JPEG, true
	case "tif":
		return TIFF, true
	case string(PNG), string(JPEG), string(GIF), string(BMP), string(TIFF), string(WebP):
		return Format(s), true
	}
	return "", false
}
