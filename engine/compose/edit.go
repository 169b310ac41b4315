// Package compose finishes a cut-out: strokes, edge, background, shadow,
// outline, crop and canvas. An Edit is a plain value that says all of it and
// Render is a pure function of a cut-out and an Edit, so undo is a list of
// values.
package compose

// Edit is everything a person decided about one picture. The zero value
// leaves the cut-out as it is, on transparency. Lengths are in pixels of the
// picture at full size unless said otherwise. It is stored as JSON in
// presets.
type Edit struct {
	Strokes    []Stroke   `json:"strokes,omitempty"`
	Parts      []Part     `json:"parts,omitempty"`
	Edge       Edge       `json:"edge,omitzero"`
	Background Background `json:"background,omitzero"`
	Shadow     Shadow     `json:"shadow,omitzero"`
	Outline    Outline    `json:"outline,omitzero"`
	Crop       Crop       `json:"crop,omitzero"`
	Canvas     Canvas     `json:"canvas,omitzero"`
}

// Point is a position in the picture; (0, 0) is the top left pixel's corner.
type Point struct {
	X float64 `json:"x"`
	Y float64 `json:"y"`
}

// Tool is what a stroke does.
type Tool string

// The tools. Keep, Remove and Hair are hints to the matting solver; Erase and
// Restore paint the alpha itself.
const (
	Keep    Tool = "keep"
	Remove  Tool = "remove"
	Hair    Tool = "hair"
	Erase   Tool = "erase"
	Restore Tool = "restore"
)

// Stroke is one pull of the brush.
type Stroke struct {
	Tool     Tool    `json:"tool"`
	Radius   float64 `json:"radius"`
	Hardness float64 `json:"hardness"` // 0..1, for Erase and Restore
	Points   []Point `json:"points"`
}

// Part is a click on a connected part of the subject: keep or drop it.
type Part struct {
	At    Point `json:"at"`
	Keep  bool  `json:"keep"`
	After int   `json:"after,omitempty"` // how many strokes had been drawn before the click: len(Edit.Strokes) at that moment
}

// Edge moves and softens the outline.
type Edge struct {
	Shift   float64 `json:"shift,omitempty"`   // -10..+10, positive grows the subject
	Feather float64 `json:"feather,omitempty"` // 0..50, the soft edge's width
}

// Background is what stands behind the subject.
type Background struct {
	Kind  string  `json:"kind,omitempty"`  // "", "color", "picture", "blur"
	Color string  `json:"color,omitempty"` // "#rrggbb" or "#rrggbbaa"
	Path  string  `json:"path,omitempty"`  // the other picture
	Fit   string  `json:"fit,omitempty"`   // "fill" (default), "fit"
	Scale float64 `json:"scale,omitempty"` // of the other picture after fitting; 0 means 1
	X     float64 `json:"x,omitempty"`     // moved by this share of the canvas' width
	Y     float64 `json:"y,omitempty"`     // ... and height
	Blur  float64 `json:"blur,omitempty"`  // radius for "blur", as a share of the longer side; 0 means 0.02
}

// Shadow falls behind the subject.
type Shadow struct {
	Kind     string  `json:"kind,omitempty"`     // "", "drop", "contact"
	Angle    float64 `json:"angle,omitempty"`    // degrees; 0 falls to the right, 90 down
	Distance float64 `json:"distance,omitempty"` // share of the subject's longer side
	Softness float64 `json:"softness,omitempty"` // share of the subject's longer side
	Strength float64 `json:"strength,omitempty"` // 0..1
}

// Outline is a band of one colour around the subject.
type Outline struct {
	Width float64 `json:"width,omitempty"`
	Color string  `json:"color,omitempty"`
}

// Crop says which part of the picture is kept.
type Crop struct {
	Trim   bool    `json:"trim,omitempty"`   // to the subject
	Margin float64 `json:"margin,omitempty"` // around the trimmed subject, share of its longer side
	// X, Y, W, H is a free rectangle in pixels; W and H of 0 mean none.
	X int `json:"x,omitempty"`
	Y int `json:"y,omitempty"`
	W int `json:"w,omitempty"`
	H int `json:"h,omitempty"`
}

// Canvas is the finished picture's size. The subject is never enlarged
// unless Upscale says so.
type Canvas struct {
	W       int     `json:"w,omitempty"` // pixels; 0 leaves the crop's own size
	H       int     `json:"h,omitempty"`
	AspectW float64 `json:"aspect_w,omitempty"` // only an aspect, no size
	AspectH float64 `json:"aspect_h,omitempty"`
	DPI     float64 `json:"dpi,omitempty"`    // stated in the file
	Center  bool    `json:"center,omitempty"` // subject centred, else as it stands
	Upscale bool    `json:"upscale,omitempty"`
}
