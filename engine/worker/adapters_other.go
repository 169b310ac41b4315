//go:build !linux || !cgo

package worker

import "runtime"

// adapters names what every machine with this system has.
func adapters() []Adapter {
	switch runtime.GOOS {
	case "darwin":
		return []Adapter{{Name: "Metal"}}
	case "windows":
		return []Adapter{{Name: "Direct3D 12"}}
	}
	return []Adapter{{Reason: "built without cgo"}}
}
