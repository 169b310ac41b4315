package picture

import (
	"bytes"
	"encoding/xml"
	"io"
	"regexp"
	"slices"
	"strings"
)

// maxXMP is the largest XMP packet that is kept.
const maxXMP = 1 << 20

// xmpPictures are the names of XMP properties that hold pictures: thumbnails,
// and the originals and depth maps that phones put there. They would show what
// was cut away.
var xmpPictures = []string{"Thumbnails", "GImage:Data", "GDepth:Data", "GAudio:Data", "RelitInputImageData", "HasExtendedXMP"}

func isXMPPicture(n xml.Name) bool {
	return slices.Contains(xmpPictures, n.Local) || slices.Contains(xmpPictures, n.Space+":"+n.Local)
}

// xmpAttributes finds the attributes in a tag: name, quote and all.
var xmpAttributes = regexp.MustCompile(`\s+([A-Za-z_][\w.-]*):([A-Za-z_][\w.-]*)\s*=\s*("[^"]*"|'[^']*')`)

// cleanXMP returns an XMP packet without the pictures in it, and with an
// orientation of 1 where it states one; nil where it cannot be read as XML.
// All else stays as it is, byte for byte.
func cleanXMP(packet []byte) []byte {
	d := xml.NewDecoder(bytes.NewReader(packet))
	var (
		out    []byte
		seen   bool // any element
		open   int  // elements
		depth  int  // inside of a property that is left out
		turned bool
	)
	for {
		from := d.InputOffset()
		token, err := d.RawToken()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil
		}
		raw := packet[from:d.InputOffset()]
		switch t := token.(type) {
		case xml.StartElement:
			seen = true
			open++
			if depth > 0 || isXMPPicture(t.Name) {
				depth++
				raw = nil
				break
			}
			turned = t.Name.Local == "Orientation"
			raw = cleanAttributes(raw)
		case xml.EndElement:
			open--
			turned = false
			if depth > 0 {
				depth--
				raw = nil
			}
		case xml.CharData:
			if turned && len(strings.TrimSpace(string(t))) > 0 {
				raw = []byte("1")
			}
		}
		if depth == 0 {
			out = append(out, raw...)
		}
	}
	if !seen || open != 0 {
		return nil
	}
	return out
}

// cleanAttributes does the same to properties that are written as attributes.
func cleanAttributes(tag []byte) []byte {
	return xmpAttributes.ReplaceAllFunc(tag, func(attr []byte) []byte {
		m := xmpAttributes.FindSubmatch(attr)
		name := xml.Name{Space: string(m[1]), Local: string(m[2])}
		switch {
		case isXMPPicture(name):
			return nil
		case name.Local == "Orientation":
			return bytes.Replace(attr, m[3], []byte(`"1"`), 1)
		}
		return attr
	})
}
