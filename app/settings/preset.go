package settings

import (
	"slices"
	"strings"

	"kirinuki/engine/compose"
)

func clonePresets(all []compose.Preset) []compose.Preset { return slices.Clone(all) }

// goodPresets drops presets that make no sense, those without a name, and the
// later one of two with the same name.
func goodPresets(all []compose.Preset) []compose.Preset {
	var good []compose.Preset
	for _, p := range all {
		taken := slices.ContainsFunc(good, func(q compose.Preset) bool { return q.Name == p.Name })
		if strings.TrimSpace(p.Name) != "" && p.Check() == nil && !taken && len(good) < MaxPresets {
			good = append(good, p)
		}
	}
	return good
}
