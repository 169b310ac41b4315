package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A sandbox cannot be left, so each test closes one around a second run of
// this test binary, which tries to break out and reports on standard output.
const roleEnv = "KIRINUKI_SANDBOX_TEST"

var roles = map[string]func() map[string]string{}

// A thread of C's own; set where the tests are built with cgo.
var (
	startThread  func() bool
	threadSocket func(domain int) int
)

func TestMain(m *testing.M) {
	if role := roles[os.Getenv(roleEnv)]; role != nil {
		json.NewEncoder(os.Stdout).Encode(role())
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// inside runs a role in a process of its own.
func inside(t *testing.T, role string, env ...string) map[string]string {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(append(os.Environ(), roleEnv+"="+role), env...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v", role, err)
	}
	var got map[string]string
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("%s said %q: %v", role, out, err)
	}
	return got
}

// verdict names what a try led to.
func verdict(err error) string {
	switch {
	case err == nil:
		return "open"
	case errors.Is(err, unix.EACCES):
		return "refused"
	}
	return err.Error()
}

// attempts are all the ways out. They need no network: a socket is refused
// before anything is sent, and where it is not, the listener is on this host.
func attempts(lock func() error) map[string]string {
	got := map[string]string{}
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return map[string]string{"listen": err.Error()}
	}
	address := tcp.Addr().String()
	if startThread != nil && !startThread() {
		got["thread"] = "could not be started"
	}
	// Goroutines on threads of their own, started before the lock.
	ready, ask, answer := make(chan bool), make(chan bool), make(chan error)
	for range 8 {
		go func() {
			ready <- true
			<-ask
			fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
			if err == nil {
				unix.Close(fd)
			}
			answer <- err
		}()
		<-ready
	}
	got["lock"] = verdict(lock())

	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	try := func(name string, f func() error) { got[name] = verdict(f()) }
	dial := func(network, addr string) func() error {
		return func() error {
			c, err := (&net.Dialer{}).DialContext(ctx, network, addr)
			if err == nil {
				c.Close()
			}
			return err
		}
	}
	try("tcp", dial("tcp", address))
	try("tcp6", dial("tcp6", "[::1]:80"))
	try("udp", dial("udp", "127.0.0.1:53"))
	try("dns", func() error {
		r := net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, "127.0.0.1:53")
		}}
		_, err := r.LookupHost(ctx, "example.invalid")
		if err != nil && strings.Contains(err.Error(), "permission denied") {
			return unix.EACCES
		}
		return err
	})
	for name, domain := range map[string]int{"raw": unix.AF_PACKET, "vsock": unix.AF_VSOCK, "bluetooth": unix.AF_BLUETOOTH, "unix": unix.AF_UNIX, "netlink": unix.AF_NETLINK} {
		try(name, func() error {
			fd, err := unix.Socket(domain, unix.SOCK_RAW, 0)
			if err == nil {
				unix.Close(fd)
			}
			return err
		})
	}
	try("io_uring", func() error {
		var params [120]byte
		_, _, errno := unix.Syscall(unix.SYS_IO_URING_SETUP, 4, uintptr(unsafe.Pointer(&params[0])), 0)
		if errno != 0 {
			return errno
		}
		return nil
	})
	close(ask)
	for range 8 {
		if err := <-answer; verdict(err) != "refused" {
			got["goroutine"] = verdict(err)
		}
	}
	if threadSocket != nil {
		try("thread", func() error {
			if e := threadSocket(unix.AF_INET); e != 0 {
				return unix.Errno(e)
			}
			return nil
		})
	}
	// A program of its own, and one that it starts.
	host, port, _ := net.SplitHostPort(address)
	try("child", func() error {
		out, err := exec.CommandContext(ctx, "bash", "-c", fmt.Sprintf("bash -c ': >/dev/tcp/%s/%s'", host, port)).CombinedOutput()
		if strings.Contains(string(out), "Permission denied") {
			return unix.EACCES
		}
		return err
	})
	return got
}

func init() {
	roles["open"] = func() map[string]string { return attempts(func() error { return nil }) }
	roles["internet"] = func() map[string]string { return attempts(DenyInternet) }
	roles["twice"] = func() map[string]string {
		return attempts(func() error { return errors.Join(DenyInternet(), DenyInternet()) })
	}
	roles["sockets"] = func() map[string]string { return attempts(DenySockets) }
	roles["files"] = files
}

func TestDenyInternetRefusesEveryWayOut(t *testing.T) {
	// The test must be able to fail: without the lock these ways are open.
	before := inside(t, "open")
	for _, way := range []string{"tcp", "udp", "child", "thread"} {
		if got, tried := before[way]; tried && got != "open" {
			t.Errorf("without a lock %s is %q", way, got)
		}
	}
	for _, role := range []string{"internet", "twice", "sockets"} {
		got := inside(t, role)
		for way, v := range got {
			want := "refused"
			if way == "lock" || role != "sockets" && (way == "unix" || way == "netlink") {
				want = "open"
			}
			if v != want {
				t.Errorf("%s: %s is %q, want %q", role, way, v, want)
			}
		}
		if len(got) < 12 {
			t.Errorf("%s: only tried %v", role, got)
		}
	}
}

// files locks itself to one folder and one device and tries others.
func files() map[string]string {
	dir := os.Getenv("KIRINUKI_SANDBOX_DIR")
	got := map[string]string{}
	done, err := RestrictFiles([]string{filepath.Join(dir, "in"), filepath.Join(dir, "gone")}, []string{"/dev/null"})
	got["lock"], got["abi"] = verdict(err), fmt.Sprint(done.ABI)
	try := func(name string, f func() error) { got[name] = verdict(f()) }
	try("read inside", func() error { _, err := os.ReadFile(filepath.Join(dir, "in", "a")); return err })
	try("device", func() error { return os.WriteFile("/dev/null", []byte("x"), 0) })
	try("write inside", func() error { return os.WriteFile(filepath.Join(dir, "in", "new"), nil, 0o600) })
	try("overwrite inside", func() error { return os.WriteFile(filepath.Join(dir, "in", "a"), nil, 0o600) })
	try("delete inside", func() error { return os.Remove(filepath.Join(dir, "in", "a")) })
	try("read outside", func() error { _, err := os.ReadFile(filepath.Join(dir, "b")); return err })
	try("through a link", func() error { _, err := os.ReadFile(filepath.Join(dir, "in", "link")); return err })
	try("list outside", func() error { _, err := os.ReadDir(dir); return err })
	try("write outside", func() error { return os.WriteFile(filepath.Join(dir, "new"), nil, 0o600) })
	try("run a program", func() error { return exec.Command("/bin/true").Run() })
	try("on another thread", func() error {
		c := make(chan error)
		for range 8 {
			go func() { _, err := os.ReadFile(filepath.Join(dir, "b")); c <- err }()
		}
		var err error
		for range 8 {
			if e := <-c; !errors.Is(e, unix.EACCES) {
				err = fmt.Errorf("a thread got %v", e)
			}
		}
		if err == nil {
			return unix.EACCES
		}
		return err
	})
	return got
}

func TestRestrictFiles(t *testing.T) {
	dir := t.TempDir()
	in := filepath.Join(dir, "in")
	if err := errors.Join(os.Mkdir(in, 0o700), os.WriteFile(filepath.Join(in, "a"), []byte("a"), 0o600),
		os.WriteFile(filepath.Join(dir, "b"), []byte("b"), 0o600), os.Symlink(filepath.Join(dir, "b"), filepath.Join(in, "link"))); err != nil {
		t.Fatal(err)
	}
	got := inside(t, "files", "KIRINUKI_SANDBOX_DIR="+dir)
	if got["abi"] == "0" {
		// The kernel has no Landlock: then nothing may be claimed.
		if got["read outside"] != "open" {
			t.Errorf("no Landlock, but %v", got)
		}
		t.Log("this kernel has no Landlock")
		return
	}
	for way, v := range got {
		want := "refused"
		switch way {
		case "lock", "read inside", "device":
			want = "open"
		case "abi":
			continue
		}
		if v != want {
			t.Errorf("%s is %q, want %q", way, v, want)
		}
	}
}

// run interprets a filter as the kernel would.
func run(t *testing.T, prog []unix.SockFilter, arch, number, arg0 uint32) uint32 {
	t.Helper()
	data := map[uint32]uint32{offNumber: number, offArch: arch, offArg0: arg0}
	var acc uint32
	for pc := 0; pc < len(prog); pc++ {
		in := prog[pc]
		jump := func(yes bool) {
			if yes {
				pc += int(in.Jt)
			} else {
				pc += int(in.Jf)
			}
		}
		switch in.Code {
		case unix.BPF_LD | unix.BPF_W | unix.BPF_ABS:
			acc = data[in.K]
		case unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K:
			jump(acc == in.K)
		case unix.BPF_JMP | unix.BPF_JGE | unix.BPF_K:
			jump(acc >= in.K)
		case unix.BPF_RET | unix.BPF_K:
			return in.K
		default:
			t.Fatalf("instruction %#x", in.Code)
		}
	}
	t.Fatal("fell off the end")
	return 0
}

func TestFilterCoversEveryABI(t *testing.T) {
	const allow = unix.SECCOMP_RET_ALLOW
	refuse := unix.SECCOMP_RET_ERRNO | uint32(unix.EACCES)
	unknown := unix.SECCOMP_RET_ERRNO | uint32(unix.ENOSYS)
	const x64, i386, a64, a32 = unix.AUDIT_ARCH_X86_64, unix.AUDIT_ARCH_I386, unix.AUDIT_ARCH_AARCH64, unix.AUDIT_ARCH_ARM
	cases := []struct {
		host               string
		arch, number, arg0 uint32
		want               uint32
		what               string
	}{
		{"amd64", x64, 41, unix.AF_INET, refuse, "socket(AF_INET)"},
		{"amd64", x64, 41, unix.AF_INET6, refuse, "socket(AF_INET6)"},
		{"amd64", x64, 41, unix.AF_UNIX, allow, "socket(AF_UNIX)"},
		{"amd64", x64, 41, unix.AF_NETLINK, allow, "socket(AF_NETLINK)"},
		{"amd64", x64, 53, unix.AF_UNIX, allow, "socketpair(AF_UNIX)"},
		{"amd64", x64, 53, unix.AF_TIPC, refuse, "socketpair(AF_TIPC)"},
		{"amd64", x64, 425, 1, refuse, "io_uring_setup"},
		{"amd64", x64, 438, 1, refuse, "pidfd_getfd"},
		{"amd64", x64, 0, unix.AF_INET, allow, "read"},
		{"amd64", x64, 42, unix.AF_INET, allow, "connect"},
		{"amd64", x64, x32 | 41, unix.AF_UNIX, unknown, "x32 socket"},
		{"amd64", i386, 102, 1, refuse, "32-bit socketcall(SOCKET)"},
		{"amd64", i386, 102, 8, refuse, "32-bit socketcall(SOCKETPAIR)"},
		{"amd64", i386, 102, 3, allow, "32-bit socketcall(CONNECT)"},
		{"amd64", i386, 359, unix.AF_INET, refuse, "32-bit socket"},
		{"amd64", i386, 359, unix.AF_UNIX, allow, "32-bit socket(AF_UNIX)"},
		{"amd64", i386, 425, 1, refuse, "32-bit io_uring_setup"},
		{"amd64", i386, 41, unix.AF_INET, allow, "32-bit dup"},
		{"amd64", a64, 198, unix.AF_UNIX, unknown, "another machine's call"},
		{"arm64", a64, 198, unix.AF_INET, refuse, "arm64 socket"},
		{"arm64", a64, 198, unix.AF_UNIX, allow, "arm64 socket(AF_UNIX)"},
		{"arm64", a32, 281, unix.AF_INET6, refuse, "arm socket"},
	}
	for _, c := range cases {
		prog, err := filter(c.host, []uint32{unix.AF_UNIX, unix.AF_NETLINK})
		if err != nil {
			t.Fatal(err)
		}
		if got := run(t, prog, c.arch, c.number, c.arg0); got != c.want {
			t.Errorf("%s on %s: %#x, want %#x", c.what, c.host, got, c.want)
		}
	}
	if _, err := filter("mips", nil); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("an unknown machine: %v", err)
	}
}
