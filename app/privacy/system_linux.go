package privacy

import (
	"bytes"
	"debug/elf"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// ofCoreDumps reads back whether the system would write this process's memory
// to disk when it crashes: the size limit, which nothing can raise again, and,
// where dumps go to a collecting program instead, which ignores the limit,
// the filter of what it is given.
func ofCoreDumps() finding {
	var r unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_CORE, &r); err != nil {
		return found(Unenforced, "unknown")
	}
	pattern, _ := os.ReadFile("/proc/sys/kernel/core_pattern")
	piped := bytes.HasPrefix(pattern, []byte("|"))
	switch {
	case r.Cur != 0 && !(r.Cur == 1 && piped):
		return found(NotInEffect, "on")
	case piped && !filterEmpty():
		return found(NotInEffect, "piped")
	case r.Max != 0:
		return found(NotInEffect, "soft")
	}
	return found(Kept, "off")
}

// filterEmpty tells whether no kind of memory is put into a core dump.
func filterEmpty() bool {
	b, err := os.ReadFile("/proc/self/coredump_filter")
	if err != nil {
		return false
	}
	n, err := strconv.ParseUint(strings.TrimSpace(string(b)), 16, 64)
	return err == nil && n == 0
}

// libraryVersion reads the version that a build of ONNX Runtime states to the
// linker ("VERS_1.27.0"), or "". Nothing of the library is run.
func libraryVersion(path string) string {
	f, err := elf.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	versions, err := f.DynamicVersions()
	if err != nil {
		return ""
	}
	for _, v := range versions {
		if n, ok := strings.CutPrefix(v.Name, "VERS_"); ok {
			return n
		}
	}
	return ""
}
