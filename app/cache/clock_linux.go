package cache

import "golang.org/x/sys/unix"

const bootClock = unix.CLOCK_BOOTTIME
