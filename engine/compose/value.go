package compose

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"

	"kirinuki/engine/fault"
)

// Equal says whether two edits say the same.
func (e Edit) Equal(f Edit) bool {
	return slices.EqualFunc(e.Strokes, f.Strokes, Stroke.Equal) &&
		slices.Equal(e.Parts, f.Parts) &&
		e.Edge == f.Edge && e.Background == f.Background && e.Shadow == f.Shadow &&
		e.Outline == f.Outline && e.Crop == f.Crop && e.Canvas == f.Canvas
}

// Equal says whether two strokes are the same.
func (s Stroke) Equal(t Stroke) bool {
	return s.Tool == t.Tool && s.Radius == t.Radius && s.Hardness == t.Hardness &&
		slices.Equal(s.Points, t.Points)
}

// Clone returns a copy that shares nothing with e.
func (e Edit) Clone() Edit {
	e.Strokes = slices.Clone(e.Strokes)
	for i := range e.Strokes {
		e.Strokes[i].Points = slices.Clone(e.Strokes[i].Points)
	}
	e.Parts = slices.Clone(e.Parts)
	return e
}

// Look returns e without what belongs to one picture alone (strokes, parts,
// a free crop), for presets and for "apply to all".
func (e Edit) Look() Edit {
	e.Strokes, e.Parts = nil, nil
	e.Crop.X, e.Crop.Y, e.Crop.W, e.Crop.H = 0, 0, 0, 0
	return e
}

// ParseEdit reads an Edit from JSON. Unknown fields, anything after the value
// and values that make no sense are refused as fault.Usage.
func ParseEdit(data []byte) (Edit, error) {
	var e Edit
	if err := strict(data, &e); err != nil {
		return Edit{}, err
	}
	return e, e.Check()
}

// strict decodes exactly one JSON value of exactly v's fields.
func strict(data []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	err := d.Decode(v)
	if err == nil {
		if _, end := d.Token(); !errors.Is(end, io.EOF) {
			err = errors.New("there is something after the end")
		}
	}
	if err != nil {
		return fault.New(fault.Usage, "", err)
	}
	return nil
}
