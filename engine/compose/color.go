package compose

import (
	"image/color"
	"strconv"
	"strings"

	"golang.org/x/image/colornames"

	"kirinuki/engine/fault"
)

// ParseColor reads "#rgb", "#rgba", "#rrggbb" or "#rrggbbaa" (the # may be missing) or
// a CSS colour name, or "transparent". Anything else is fault.Usage.
func ParseColor(s string) (color.NRGBA, error) {
	word := strings.ToLower(strings.TrimSpace(s))
	if word == "transparent" {
		return color.NRGBA{}, nil
	}
	if c, ok := colornames.Map[word]; ok {
		return color.NRGBA(c), nil // the named ones are opaque
	}
	digits := strings.TrimPrefix(word, "#")
	v, err := strconv.ParseUint(digits, 16, 32)
	// ParseUint takes no sign and, with a base given, no underscore.
	if err == nil {
		switch len(digits) {
		case 3:
			return color.NRGBA{uint8(v>>8) * 17, uint8(v>>4&15) * 17, uint8(v&15) * 17, 255}, nil
		case 4:
			return color.NRGBA{uint8(v>>12) * 17, uint8(v>>8&15) * 17, uint8(v>>4&15) * 17, uint8(v&15) * 17}, nil
		case 6:
			return color.NRGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), 255}, nil
		case 8:
			return color.NRGBA{uint8(v >> 24), uint8(v >> 16), uint8(v >> 8), uint8(v)}, nil
		}
	}
	return color.NRGBA{}, fault.Newf(fault.Usage, "", "%q is no colour; write it like #ffffff", s)
}
