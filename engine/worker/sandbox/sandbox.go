// Package sandbox takes rights away from the running process for good: the
// internet, and files. It is a leaf: the window's process uses it for the
// promise that no picture leaves the computer, the child process that runs
// networks for that and more.
//
// What it holds on Linux: the kernel refuses the calls, on every thread and in
// every program started from here, and nothing takes it back. What it does
// not hold: a program that ran before, and that this process can talk to over
// a local socket (a desktop's services), may use the network on its own
// account. On other systems the functions return errors.ErrUnsupported, and
// the program says so.
package sandbox

// Files says what RestrictFiles achieved.
type Files struct {
	// ABI is the kernel's Landlock version, 0 where it has none: then nothing
	// is restricted.
	ABI int
}

// DenyInternet makes every attempt to open a socket other than a local one
// (AF_UNIX) or one to the kernel (AF_NETLINK) fail with EACCES, as well as
// what would go round that: io_uring, sockets of 32-bit code, and taking open
// sockets from other processes. Sockets that are open already stay. It may be
// called more than once.
func DenyInternet() error { return denyInternet() }

// DenySockets is DenyInternet for local sockets too.
func DenySockets() error { return denySockets() }

// RestrictFiles lets this process from now on read only what lies at or below
// the paths in read, write and control only the devices (and what lies below
// them) in devices, and run no program. Paths that do not exist are left out.
// Files that are open already stay open. Signals and connections to programs
// outside are refused where the kernel can. It does as much as the kernel
// offers and says how much that was.
func RestrictFiles(read, devices []string) (Files, error) { return restrictFiles(read, devices) }
