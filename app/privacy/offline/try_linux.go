package offline

import (
	"errors"
	"os"
	"runtime"
	"strconv"

	"golang.org/x/sys/unix"
)

// refused tries every kind of internet socket. A kernel without that kind
// (EAFNOSUPPORT) cannot give it out either, but only the lock itself says no
// to a plain AF_INET one: without that, nothing counts as refused.
func refused() bool {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for _, family := range []int{unix.AF_INET, unix.AF_INET6} {
		for _, kind := range []int{unix.SOCK_STREAM, unix.SOCK_DGRAM} {
			fd, err := unix.Socket(family, kind|unix.SOCK_CLOEXEC, 0)
			switch {
			case err == nil:
				unix.Close(fd)
				return false
			case errors.Is(err, unix.EACCES):
			case errors.Is(err, unix.EAFNOSUPPORT) && family == unix.AF_INET6:
			default:
				return false // some other trouble proves nothing
			}
		}
	}
	return true
}

// Connections counts the sockets that this process holds open and that could
// lead off this computer: of the internet, Bluetooth, packet sockets,
// anything but local ones and those to the kernel. Such a socket may be older
// than the lock or come from the program that started this one. ok is false
// where they cannot be counted.
func Connections() (n int, ok bool) {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return 0, false
	}
	for _, e := range entries {
		fd, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		family, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_DOMAIN)
		if err == nil && family != unix.AF_UNIX && family != unix.AF_NETLINK {
			n++
		}
	}
	return n, true
}
