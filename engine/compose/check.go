package compose

import (
	"math"

	"kirinuki/engine/fault"
)

// Check says whether every value of the edit makes sense; a value that does
// not is fault.Usage and named.
func (e Edit) Check() error {
	const far = 1e6 // pixels; beyond any picture
	for _, s := range e.Strokes {
		switch s.Tool {
		case Keep, Remove, Hair, Erase, Restore:
		default:
			return fault.Newf(fault.Usage, "", "unknown tool %q", s.Tool)
		}
		if err := span("stroke radius", s.Radius, 0, far); err != nil {
			return err
		}
		if err := span("stroke hardness", s.Hardness, 0, 1); err != nil {
			return err
		}
		for _, p := range s.Points {
			if err := p.check("stroke point", far); err != nil {
				return err
			}
		}
	}
	for _, p := range e.Parts {
		if err := p.At.check("part", far); err != nil {
			return err
		}
		if p.After < 0 {
			return fault.Newf(fault.Usage, "", "a part after stroke %d", p.After)
		}
	}
	if err := oneOf("background kind", e.Background.Kind, "", "color", "picture", "blur"); err != nil {
		return err
	}
	if err := oneOf("background fit", e.Background.Fit, "", "fill", "fit"); err != nil {
		return err
	}
	if err := oneOf("shadow kind", e.Shadow.Kind, "", "drop", "contact"); err != nil {
		return err
	}
	for _, c := range []string{e.Background.Color, e.Outline.Color} {
		if c == "" {
			continue
		}
		if _, err := ParseColor(c); err != nil {
			return err
		}
	}
	for _, v := range []struct {
		name   string
		v      float64
		lo, hi float64
	}{
		{"edge shift", e.Edge.Shift, -10, 10},
		{"edge feather", e.Edge.Feather, 0, 50},
		{"background scale", e.Background.Scale, 0, 100},
		{"background x", e.Background.X, -100, 100},
		{"background y", e.Background.Y, -100, 100},
		{"background blur", e.Background.Blur, 0, 1},
		{"shadow angle", e.Shadow.Angle, -360, 360},
		{"shadow distance", e.Shadow.Distance, 0, 2},
		{"shadow softness", e.Shadow.Softness, 0, 1},
		{"shadow strength", e.Shadow.Strength, 0, 1},
		{"outline width", e.Outline.Width, 0, 1000},
		{"crop margin", e.Crop.Margin, 0, 10},
		{"crop x", float64(e.Crop.X), -far, far},
		{"crop y", float64(e.Crop.Y), -far, far},
		{"crop width", float64(e.Crop.W), 0, far},
		{"crop height", float64(e.Crop.H), 0, far},
		{"canvas width", float64(e.Canvas.W), 0, 65535},
		{"canvas height", float64(e.Canvas.H), 0, 65535},
		{"canvas aspect width", e.Canvas.AspectW, 0, 1e5},
		{"canvas aspect height", e.Canvas.AspectH, 0, 1e5},
		{"canvas dpi", e.Canvas.DPI, 0, 100_000},
	} {
		if err := span(v.name, v.v, v.lo, v.hi); err != nil {
			return err
		}
	}
	if (e.Crop.W > 0) != (e.Crop.H > 0) {
		return fault.Newf(fault.Usage, "", "a crop needs both width and height")
	}
	if (e.Canvas.AspectW > 0) != (e.Canvas.AspectH > 0) {
		return fault.Newf(fault.Usage, "", "an aspect needs both width and height")
	}
	return nil
}

func span(name string, v, lo, hi float64) error {
	if math.IsNaN(v) || v < lo || v > hi {
		return fault.Newf(fault.Usage, "", "%s %v is not in %v..%v", name, v, lo, hi)
	}
	return nil
}

func (p Point) check(name string, far float64) error {
	if err := span(name, p.X, -far, far); err != nil {
		return err
	}
	return span(name, p.Y, -far, far)
}

func oneOf(name, s string, all ...string) error {
	for _, a := range all {
		if s == a {
			return nil
		}
	}
	return fault.Newf(fault.Usage, "", "unknown %s %q", name, s)
}
