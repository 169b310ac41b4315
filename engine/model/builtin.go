package model

import (
	"strings"

	builtin "kirinuki/assets/model"
)

// BuiltInName is the name of the network inside the program.
const BuiltInName = "built-in"

// builtIn returns the network inside the program.
func builtIn() (Spec, bool) {
	data := builtin.Bytes()
	if len(data) == 0 {
		return Spec{}, false
	}
	mean, scale := float32(builtin.Mean/255.), float32(builtin.Scale/255.)
	return Spec{
		Name: BuiltInName, Title: "Kirinuki", Rank: 10,
		SHA256:    strings.TrimSpace(builtin.SHA256()),
		InputName: builtin.InputName, OutputName: builtin.OutputName,
		W: builtin.InputSize, H: builtin.InputSize,
		Mean: [3]float32{mean, mean, mean}, Scale: [3]float32{scale, scale, scale},
		License: builtin.License, Data: data, Size: int64(len(data)),
	}, true
}
