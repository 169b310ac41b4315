package engine

import (
	"bufio"
	"os"
	"runtime"
	"strings"
)

// processorName returns what the maker calls the processor, or its kind.
func processorName() string {
	if f, err := os.Open("/proc/cpuinfo"); err == nil {
		defer f.Close()
		for s := bufio.NewScanner(f); s.Scan(); {
			if k, v, ok := strings.Cut(s.Text(), ":"); ok && strings.TrimSpace(k) == "model name" {
				return strings.Join(strings.Fields(v), " ")
			}
		}
	}
	if id := os.Getenv("PROCESSOR_IDENTIFIER"); id != "" {
		return id
	}
	return runtime.GOARCH
}
