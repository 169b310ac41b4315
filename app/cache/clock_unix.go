//go:build unix

package cache

import (
	"time"

	"golang.org/x/sys/unix"
)

// started stands in where the system has no such clock.
var started = time.Now()

func sinceBoot() time.Duration {
	var t unix.Timespec
	if unix.ClockGettime(bootClock, &t) != nil {
		return time.Since(started)
	}
	return time.Duration(t.Nano())
}
