// Package builtin holds the network that lies inside the program, so that the
// first picture needs no download, and says how it wants its input. It knows
// no runtime: engine/model lists it, engine/infer runs it. MODEL_CARD.md says
// what it was taught with and how good it is; README.md how it is made.
package builtin

import _ "embed"

// How the network wants its picture: stretched to InputSize by InputSize
// pixels whatever its shape, RGB, each value v of 0..255 given as
// (v - Mean) / Scale, planes one after the other: float32 [1 3 InputSize
// InputSize]. Its answer is float32 [1 1 InputSize InputSize] in 0..1, where
// 1 is the subject, to be stretched back over the picture.
const (
	InputSize  = 256
	Mean       = 0.0
	Scale      = 1.0
	InputName  = "input"
	OutputName = "output"
)

// License is the licence of the weights, which are ours to give.
const License = "MIT"

//go:embed builtin.onnx
var onnx []byte

//go:embed builtin.sha256
var hash string

// Bytes returns the network: ONNX, opset 13. Its weights lie there as int8 and
// float16; a runtime widens them once, when it loads them, and computes in
// float32. The caller must not change the bytes.
func Bytes() []byte { return onnx }

// SHA256 returns the hash that Bytes must have, in lower-case hex.
func SHA256() string { return hash }
