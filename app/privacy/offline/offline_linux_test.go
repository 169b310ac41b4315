package offline_test

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
	"syscall"
	"testing"
	"time"

	"kirinuki/app/privacy/offline"
)

// The lock is for good, so every test closes it around a second run of this
// test binary. That one tries to get out and reports on standard output.
const roleEnv = "KIRINUKI_OFFLINE_ROLE"

func TestMain(m *testing.M) {
	if role := roles[os.Getenv(roleEnv)]; role != nil {
		json.NewEncoder(os.Stdout).Encode(role())
		os.Exit(0)
	}
	os.Exit(m.Run())
}

type report map[string]string

var roles = map[string]func() report{
	"unlocked": func() report { return tryAll(func() {}) },
	"locked":   func() report { return engaged(":0") },
	"headless": func() report { return engaged("") },
	"remote":   func() report { return engaged("box.example:0") },
	"held":     held,
}

func engaged(display string) report {
	var state offline.State
	var err error
	r := tryAll(func() { state, err = offline.Engage(display) })
	r["engage"] = fmt.Sprintf("%s %v", state, err)
	return r
}

// as runs a role in a process of its own.
func as(t *testing.T, role string, env ...string) report {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(append(os.Environ(), roleEnv+"="+role), env...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v", role, err)
	}
	var r report
	if err := json.Unmarshal(out, &r); err != nil {
		t.Fatalf("%s said %q: %v", role, out, err)
	}
	return r
}

// tryAll closes the lock and then takes every way out that a program has. The
// other end is a listener on this computer from before, so that an open way
// is seen to be open without any network.
func tryAll(lock func()) report {
	r := report{}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return report{"listen": err.Error()}
	}
	defer listener.Close()
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			c.Close()
		}
	}()
	local := filepath.Join(os.TempDir(), fmt.Sprintf("kirinuki-offline-%d.sock", os.Getpid()))
	defer os.Remove(local)

	lock()

	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	address := listener.Addr().String()
	dial := func(network, address string) error {
		c, err := (&net.Dialer{}).DialContext(ctx, network, address)
		if err == nil {
			c.Close()
		}
		return err
	}
	r["tcp"] = verdict(dial("tcp", address))
	r["udp"] = verdict(dial("udp", "127.0.0.1:53"))
	r["tcp6"] = verdict(dial("tcp6", "[::1]:9"))
	_, err = (&net.Resolver{PreferGo: true}).LookupHost(ctx, "kirinuki.invalid")
	r["dns"] = verdict(err)
	_, err = net.ListenPacket("udp", "127.0.0.1:0")
	r["listen"] = verdict(err)

	// AF_UNIX: the display, the portal and the clipboard need it.
	l, err := net.Listen("unix", local)
	if err == nil {
		err = dial("unix", local)
		l.Close()
	}
	r["unix"] = verdict(err)

	// A child, and a grandchild that a shell starts.
	if tool := os.Getenv("KIRINUKI_OFFLINE_TOOL"); tool != "" {
		for name, cmd := range map[string]*exec.Cmd{
			"child":      exec.CommandContext(ctx, tool),
			"grandchild": exec.CommandContext(ctx, "sh", "-c", `env -i "$0"; exit 0`, tool),
		} {
			out, err := cmd.Output()
			if err != nil {
				out = []byte(err.Error())
			}
			r[name] = strings.TrimSpace(string(out))
		}
	}
	// The thread of C's that the preloaded library started before main.
	if path := os.Getenv("KIRINUKI_OFFLINE_THREAD"); path != "" {
		r["thread"] = askThread(path)
	}
	r["now"] = string(offline.Now())
	return r
}

// verdict names what a try led to.
func verdict(err error) string {
	switch {
	case err == nil:
		return "open"
	case errors.Is(err, syscall.EACCES), strings.Contains(err.Error(), "permission denied"):
		return "refused"
	}
	return err.Error()
}

// askThread wakes the C thread through one FIFO and reads its answer from
// another.
func askThread(path string) string {
	for start := time.Now(); ; time.Sleep(time.Millisecond) {
		// Without a reader there is no thread: not loaded, or not there yet.
		f, err := os.OpenFile(path+".ask", os.O_WRONLY|syscall.O_NONBLOCK, 0)
		if err == nil {
			f.Write([]byte("?"))
			f.Close()
			break
		} else if time.Since(start) > 3*time.Second {
			return "no thread: " + err.Error()
		}
	}
	answer, err := os.ReadFile(path + ".answer")
	if err != nil {
		return err.Error()
	}
	return strings.TrimSpace(string(answer))
}

// tool is a C program that asks for every kind of internet socket from its
// main thread and from a second one.
const tool = `
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

static void *try(void *verdict) {
	int families[] = {AF_INET, AF_INET6}, kinds[] = {SOCK_STREAM, SOCK_DGRAM};
	*(char **)verdict = "refused";
	for (int f = 0; f < 2; f++)
		for (int k = 0; k < 2; k++) {
			int fd = socket(families[f], kinds[k], 0);
			if (fd >= 0) { close(fd); *(char **)verdict = "open"; }
			else if (errno != EACCES && errno != EAFNOSUPPORT) *(char **)verdict = "other";
		}
	return 0;
}
`

const program = tool + `
int main(void) {
	pthread_t t;
	char *here, *there;
	try(&here);
	if (pthread_create(&t, 0, try, &there) || pthread_join(t, 0)) return 1;
	printf("%s %s\n", here, there);
	return 0;
}
`

// preload is a library whose thread runs before Go does and waits.
const preload = `
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
` + tool + `
static void *serve(void *unused) {
	char path[4096], c, *verdict;
	snprintf(path, sizeof path, "%s.ask", getenv("KIRINUKI_OFFLINE_THREAD"));
	int fd = open(path, O_RDONLY);
	if (fd < 0 || read(fd, &c, 1) != 1) return 0;
	close(fd);
	try(&verdict);
	snprintf(path, sizeof path, "%s.answer", getenv("KIRINUKI_OFFLINE_THREAD"));
	fd = open(path, O_WRONLY);
	if (fd >= 0) { if (write(fd, verdict, strlen(verdict)) < 0) return 0; close(fd); }
	return 0;
}

__attribute__((constructor)) static void start(void) {
	pthread_t t;
	if (getenv("KIRINUKI_OFFLINE_THREAD") && getenv("KIRINUKI_OFFLINE_ROLE")) pthread_create(&t, 0, serve, 0);
}
`

// build compiles the C program and the library and returns the environment
// that makes tryAll use them.
func build(t *testing.T) []string {
	t.Helper()
	dir := t.TempDir()
	compile := func(source, name string, flags ...string) string {
		c, out := filepath.Join(dir, name+".c"), filepath.Join(dir, name)
		if err := os.WriteFile(c, []byte(source), 0o644); err != nil {
			t.Fatal(err)
		}
		if msg, err := exec.Command("gcc", append(flags, "-pthread", "-o", out, c)...).CombinedOutput(); err != nil {
			t.Fatalf("gcc (apt-get install gcc libc6-dev): %v\n%s", err, msg)
		}
		return out
	}
	thread := filepath.Join(dir, "thread")
	for _, fifo := range []string{thread + ".ask", thread + ".answer"} {
		if err := syscall.Mkfifo(fifo, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return []string{
		"KIRINUKI_OFFLINE_TOOL=" + compile(program, "tool"),
		"KIRINUKI_OFFLINE_THREAD=" + thread,
		"LD_PRELOAD=" + compile(preload, "preload.so", "-shared", "-fPIC"),
	}
}

// ways are all that lead out; every one must have been tried.
var ways = []string{"tcp", "udp", "tcp6", "dns", "listen", "child", "grandchild", "thread"}

func TestEngage_ShutsEveryWayOut(t *testing.T) {
	for role, state := range map[string]string{"locked": "locked", "headless": "locked"} {
		r := as(t, role, build(t)...)
		if r["engage"] != state+" <nil>" || r["now"] != state {
			t.Errorf("%s: Engage says %q, Now %q", role, r["engage"], r["now"])
		}
		for _, way := range ways {
			want := "refused"
			if way == "child" || way == "grandchild" {
				want = "refused refused"
			}
			if r[way] != want {
				t.Errorf("%s: %s is %q", role, way, r[way])
			}
		}
		if r["unix"] != "open" {
			t.Errorf("%s: local sockets are %q", role, r["unix"])
		}
	}
}

// The tries above prove something only where they succeed without the lock.
func TestEngage_TheTriesCanSucceed(t *testing.T) {
	for role, now := range map[string]string{"unlocked": "open", "remote": "remote"} {
		r := as(t, role, build(t)...)
		for way, want := range map[string]string{"tcp": "open", "udp": "open", "listen": "open", "unix": "open",
			"child": "open open", "grandchild": "open open", "thread": "open", "now": now} {
			if r[way] != want {
				t.Errorf("%s: %s is %q, want %q", role, way, r[way], want)
			}
		}
		if r["dns"] == "refused" {
			t.Errorf("%s: DNS is refused without a lock", role)
		}
		if role == "remote" && r["engage"] != "remote <nil>" {
			t.Errorf("a remote display: %q", r["engage"])
		}
	}
}

// held locks while it holds sockets from before, which no filter takes away:
// they must be seen.
func held() report {
	r := report{}
	count := func(name string) {
		n, ok := offline.Connections()
		r[name] = fmt.Sprint(n, ok)
	}
	count("before")
	a, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return report{"listen": err.Error()}
	}
	b, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		return report{"listen": err.Error()}
	}
	pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err != nil {
		return report{"pair": err.Error()}
	}
	offline.Engage("")
	count("both")
	a.Close()
	count("one")
	b.Close()
	count("none")
	syscall.Close(pair[0])
	return r
}

func TestConnections_SeesWhatTheLockCannotTake(t *testing.T) {
	r := as(t, "held")
	for name, want := range map[string]string{"before": "0 true", "both": "2 true", "one": "1 true", "none": "0 true"} {
		if r[name] != want {
			t.Errorf("%s: %q, want %q (%v)", name, r[name], want, r)
		}
	}
	// A socket that the starting program left open for this one.
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	f, err := l.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), roleEnv+"=held")
	cmd.ExtraFiles = []*os.File{f}
	out, err := cmd.Output()
	if err != nil || !strings.Contains(string(out), `"before":"1 true"`) {
		t.Errorf("an inherited socket: %s, %v", out, err)
	}
}
