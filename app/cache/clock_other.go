//go:build unix && !linux

package cache

import "golang.org/x/sys/unix"

// On macOS this clock goes on in sleep.
const bootClock = unix.CLOCK_MONOTONIC
