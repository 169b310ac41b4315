package compose

import (
	"image/color"
	"strconv"
	"strings"

	"kirinuki/engine/fault"
)

// colorNames are the few colours a person may say instead of digits.
var colorNames = map[string]color.NRGBA{
	"white":       {255, 255, 255, 255},
	"black":       {0, 0, 0, 255},
	"grey":        {128, 128, 128, 255},
	"gray":        {128, 128, 128, 255},
	"red":         {255, 0, 0, 255},
	"green":       {0, 128, 0, 255},
	"blue":        {0, 0, 255, 255},
	"transparent": {},
}

// ParseColor reads "#rgb", "#rrggbb" or "#rrggbbaa" (the # may be missing) or
// one of a few English names. Anything else is fault.Usage.
func ParseColor(s string) (color.NRGBA, error) {
	word := strings.ToLower(strings.TrimSpace(s))
	if c, ok := colorNames[word]; ok {
		return c, nil
	}
	digits := strings.TrimPrefix(word, "#")
	v, err := strconv.ParseUint(digits, 16, 32)
	// ParseUint takes no sign and, with a base given, no underscore.
	if err == nil {
		switch len(digits) {
		case 3:
			return color.NRGBA{uint8(v>>8) * 17, uint8(v>>4&15) * 17, uint8(v&15) * 17, 255}, nil
		case 6:
			return color.NRGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), 255}, nil
		case 8:
			return color.NRGBA{uint8(v >> 24), uint8(v >> 16), uint8(v >> 8), uint8(v)}, nil
		}
	}
	return color.NRGBA{}, fault.Newf(fault.Usage, "", "%q is no colour; write it like #ffffff", s)
}
