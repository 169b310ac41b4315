package engine

import (
	"encoding/json"
	"os"
	"path/filepath"
)

// memory is what is known of this machine's devices: small, and safe to lose.
type memory struct {
	Version int `json:"version"`
	// Trials is keyed by network, device and driver, so that a new driver is
	// tried anew.
	Trials map[string]trial `json:"trials"`
	// Crashes counts how often a device with its driver took its process
	// down.
	Crashes map[string]int `json:"crashes"`
}

// trial is what trying a network on a device gave.
type trial struct {
	Seconds    float64 `json:"seconds"`     // one run
	First      float64 `json:"first"`       // the first run, with its preparations
	CPU        float64 `json:"cpu_seconds"` // one run on the processor
	Difference int     `json:"difference"`  // largest of the final alphas, 0..255
	Reason     string  `json:"reason"`      // why the device is refused, "" where it is not
	Detail     string  `json:"detail,omitempty"`
}

const memoryVersion = 1

// cost is the time for one picture of ten: the first carries the device's
// preparations, which come again after every pause.
func (t trial) cost() float64 { return (t.First + 9*t.Seconds) / 10 }

// recall reads the file; what cannot be read is forgotten.
func recall(path string) memory {
	m := memory{Version: memoryVersion}
	if path != "" {
		if text, err := os.ReadFile(path); err == nil && (json.Unmarshal(text, &m) != nil || m.Version != memoryVersion) {
			m = memory{Version: memoryVersion}
		}
	}
	if m.Trials == nil {
		m.Trials = map[string]trial{}
	}
	if m.Crashes == nil {
		m.Crashes = map[string]int{}
	}
	return m
}

// keep writes the file, in whole or not at all. What cannot be written is
// measured again next time.
func (m *memory) keep(path string) {
	if path == "" {
		return
	}
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil || os.MkdirAll(filepath.Dir(path), 0o700) != nil {
		return
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".devices-*")
	if err != nil {
		return
	}
	_, err = f.Write(text)
	if f.Close() != nil || err != nil || os.Rename(f.Name(), path) != nil {
		os.Remove(f.Name())
	}
}
