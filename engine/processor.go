package engine

import (
	"bufio"
	"fmt"
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

// littleMemory says whether this machine is better off with a slower network
// that takes less memory: below 6 GiB.
func littleMemory() bool {
	const little = 6 << 20 // KiB
	f, err := os.Open("/proc/meminfo")
	if err != nil {
		return false
	}
	defer f.Close()
	var total int
	_, err = fmt.Fscanf(f, "MemTotal: %d kB", &total)
	return err == nil && total < little
}
