package worker

import "strings"

// softwareName says whether an adapter's name is that of a program that lets
// the processor do a graphics processor's work.
func softwareName(name string) bool {
	name = strings.ToLower(name)
	for _, s := range []string{"llvmpipe", "lavapipe", "swiftshader", "softpipe", "swrast", "basic render", "warp"} {
		if strings.Contains(name, s) {
			return true
		}
	}
	return false
}
