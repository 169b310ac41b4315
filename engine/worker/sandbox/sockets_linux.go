package sandbox

import (
	"errors"
	"fmt"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// abi is one way of calling the kernel: the numbers of the calls that make
// sockets. socketcall is the old 32-bit call that does everything; its
// arguments lie in memory, where a filter cannot look, except for which.
type abi struct {
	arch, socket, socketpair, socketcall, uring, getfd uint32
}

const none = ^uint32(0)

// abis are the ways a process can call this kernel, by Go's name of it: the
// native one and the 32-bit ones that the same hardware understands.
var abis = map[string][]abi{
	"amd64": {
		{unix.AUDIT_ARCH_X86_64, 41, 53, none, 425, 438},
		{unix.AUDIT_ARCH_I386, 359, 360, 102, 425, 438},
	},
	"arm64": {
		{unix.AUDIT_ARCH_AARCH64, 198, 199, none, 425, 438},
		{unix.AUDIT_ARCH_ARM, 281, 288, 102, 425, 438},
	},
}

// x32 marks the calls of amd64's third ABI, which has numbers of its own.
const x32 = 0x40000000

// Where seccomp_data has its fields (linux/seccomp.h); arguments are read by
// their low halves, which the kernel alone looks at for an int.
const (
	offNumber = 0
	offArch   = 4
	offArg0   = 16
)

// filter assembles the program (seccomp(2)). Domains other than those in
// local are refused; where local is nil, so is every one.
func filter(arch string, local []uint32) ([]unix.SockFilter, error) {
	list, ok := abis[arch]
	if !ok {
		return nil, fmt.Errorf("no list of calls for %s: %w", arch, errors.ErrUnsupported)
	}
	const (
		load  = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS
		equal = unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K
		atop  = unix.BPF_JMP | unix.BPF_JGE | unix.BPF_K
		ret   = unix.BPF_RET | unix.BPF_K
	)
	allow := unix.SockFilter{Code: ret, K: unix.SECCOMP_RET_ALLOW}
	refuse := unix.SockFilter{Code: ret, K: unix.SECCOMP_RET_ERRNO | uint32(unix.EACCES)}
	unknown := unix.SockFilter{Code: ret, K: unix.SECCOMP_RET_ERRNO | uint32(unix.ENOSYS)}

	prog := []unix.SockFilter{{Code: load, K: offArch}}
	for _, a := range list {
		// What to do with one call: body ends in a verdict, and is jumped over
		// where the number is another.
		part := []unix.SockFilter{{Code: load, K: offNumber}}
		on := func(number uint32, body ...unix.SockFilter) {
			if number != none {
				part = append(part, unix.SockFilter{Code: equal, K: number, Jf: uint8(len(body))})
				part = append(part, body...)
			}
		}
		if a.arch == unix.AUDIT_ARCH_X86_64 {
			part = append(part, unix.SockFilter{Code: atop, K: x32, Jf: 1}, unknown)
		}
		on(a.uring, refuse)
		on(a.getfd, refuse)
		on(a.socketcall, unix.SockFilter{Code: load, K: offArg0},
			unix.SockFilter{Code: equal, K: 1, Jt: 2}, // socket
			unix.SockFilter{Code: equal, K: 8, Jt: 1}, // socketpair
			allow, refuse)
		domains := []unix.SockFilter{{Code: load, K: offArg0}}
		for _, d := range local {
			domains = append(domains, unix.SockFilter{Code: equal, K: d, Jf: 1}, allow)
		}
		domains = append(domains, refuse)
		on(a.socket, domains...)
		on(a.socketpair, domains...)
		part = append(part, allow)
		prog = append(prog, unix.SockFilter{Code: equal, K: a.arch, Jf: uint8(len(part))})
		prog = append(prog, part...)
	}
	return append(prog, unknown), nil
}

func denyInternet() error { return install([]uint32{unix.AF_UNIX, unix.AF_NETLINK}) }

func denySockets() error { return install(nil) }

// install puts a filter on all threads of the process at once.
func install(local []uint32) error {
	prog, err := filter(runtime.GOARCH, local)
	if err != nil {
		return err
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	// Without privileges, a filter needs the promise that none are gained
	// later. The kernel passes the promise on to the other threads together
	// with the filter.
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("no_new_privs: %w", err)
	}
	fprog := unix.SockFprog{Len: uint16(len(prog)), Filter: &prog[0]}
	left, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER,
		unix.SECCOMP_FILTER_FLAG_TSYNC, uintptr(unsafe.Pointer(&fprog)))
	runtime.KeepAlive(prog)
	if errno != 0 {
		return fmt.Errorf("seccomp: %w", errno)
	}
	if left != 0 {
		return fmt.Errorf("seccomp: thread %d could not be included", left)
	}
	return nil
}
