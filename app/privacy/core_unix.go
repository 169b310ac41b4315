//go:build unix && !linux

package privacy

import "golang.org/x/sys/unix"

func ofCoreDumps() finding {
	var r unix.Rlimit
	switch err := unix.Getrlimit(unix.RLIMIT_CORE, &r); {
	case err != nil:
		return found(Unenforced, "unknown")
	case r.Cur != 0:
		return found(NotInEffect, "on")
	}
	return found(Kept, "off")
}
