package settings

import (
	"slices"
	"strings"

	"kirinuki/engine/compose"
)

// Preset is a named edit.
type Preset struct {
	Name string       `json:"name"`
	Edit compose.Edit `json:"edit"`
}

func clonePresets(all []Preset) []Preset { return slices.Clone(all) }

// goodPresets drops presets without a name and the later one of two with the
// same name.
func goodPresets(all []Preset) []Preset {
	var good []Preset
	for _, p := range all {
		taken := slices.ContainsFunc(good, func(q Preset) bool { return q.Name == p.Name })
		if strings.TrimSpace(p.Name) != "" && len(p.Name) <= 200 && !taken && len(good) < MaxPresets {
			good = append(good, p)
		}
	}
	return good
}
