//go:build cgo && linux

package worker

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/ebitengine/purego"

	"kirinuki/engine/fault"
	"kirinuki/engine/infer"
	"kirinuki/engine/infer/infertest"
	"kirinuki/engine/model/onnx/onnxtest"
)

// The test binary is its own child. With faultEnv set it is one that goes
// wrong in the way the variable names.
const faultEnv = "KIRINUKI_WORKER_FAULT"

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == Flag {
		how := os.Getenv(faultEnv)
		if how == "" {
			os.Exit(Main(os.Stdin, os.Stdout))
		}
		misbehave(how)
		os.Exit(0)
	}
	if pid := os.Getenv("KIRINUKI_WORKER_PARENT"); pid != "" {
		parent()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// abort ends the process in native code, as a broken driver does.
func abort() {
	lib, err := purego.Dlopen("libc.so.6", purego.RTLD_LAZY)
	if err != nil {
		syscall.Kill(os.Getpid(), syscall.SIGABRT)
	}
	f, _ := purego.Dlsym(lib, "abort")
	purego.SyscallN(f)
}

// misbehave is a child that goes wrong at one stage in one way: "stage way".
func misbehave(how string) {
	stage, way, _ := strings.Cut(how, " ")
	in, out := bufio.NewReader(os.Stdin), os.Stdout
	if way == "print" {
		out = keepStdout(out)
	}
	bad := func(at string, id uint32) {
		if at != stage {
			return
		}
		switch way {
		case "abort":
			abort()
		case "exit":
			os.Exit(0)
		case "hang":
			select {}
		case "close":
			out.Close()
			select {}
		case "rubbish":
			out.WriteString(strings.Repeat("I am a driver and print where I like\n", 100))
			select {}
		case "huge":
			out.Write([]byte{byte(kResult), byte(id), 0, 0, 0, 0xff, 0xff, 0xff, 0xff})
			select {}
		case "short":
			out.Write([]byte{byte(kResult), byte(id), 0, 0, 0, 0xff, 0, 0, 0, 4})
		case "shape":
			writeFrame(out, kResult, id, []byte{1, 0, 0, 0, 0, 1, 0, 0, 0}, make([]byte, 4))
			select {}
		case "kind":
			writeJSON(out, kAdapters, id, nil)
			select {}
		case "future":
			writeTensor(out, kResult, id+1, infer.Tensor{Shape: []int64{1}, Data: []float32{1}})
			select {}
		case "print":
			lib, _ := purego.Dlopen("libc.so.6", purego.RTLD_LAZY)
			puts, _ := purego.Dlsym(lib, "puts")
			flush, _ := purego.Dlsym(lib, "fflush")
			text := []byte("hello from a driver\x00")
			purego.SyscallN(puts, uintptr(unsafe.Pointer(&text[0])))
			purego.SyscallN(flush, 0)
		case "memory":
			os.Stderr.WriteString("terminate called after throwing an instance of 'std::bad_alloc'\n")
			abort()
		}
	}
	bad("start", 0)
	for {
		h, err := readHeader(in)
		if err != nil {
			return
		}
		if h.kind == kRun && stage == "read" {
			bad("read", h.id) // before the tensor is taken from the pipe
		}
		if how == "confined" && h.kind == kOpen {
			var q request
			readJSON(in, h, &q)
			writeJSON(out, kFailed, h.id, failure{Text: breakOut(q)})
			continue
		}
		io.CopyN(io.Discard, in, int64(h.size))
		switch h.kind {
		case kOpen:
			bad("open", h.id)
			writeJSON(out, kReady, h.id, Status{})
		case kRun:
			bad("run", h.id)
			writeTensor(out, kResult, h.id, infer.Tensor{Shape: []int64{1, 1}, Data: []float32{1}})
		case kCancel:
			bad("cancel", h.id)
		}
	}
}

// breakOut is a child that was taken over just after it gave up its rights: it
// tries what its parent would not like and says what worked.
func breakOut(q request) string {
	status := confine(q)
	if status.Files == 0 {
		return "no Landlock"
	}
	var worked []string
	try := func(what string, err error) {
		if err == nil {
			worked = append(worked, what)
		}
	}
	dir := filepath.Dir(q.Path)
	_, err := os.ReadFile(q.Path)
	try("read the network", err)
	_, err = os.ReadFile(q.Library)
	try("read the library", err)
	_, err = os.ReadFile(filepath.Join(dir, "picture.jpg"))
	try("read a picture", err)
	try("write", os.WriteFile(filepath.Join(dir, "new"), nil, 0o600))
	try("write to /tmp", os.WriteFile(filepath.Join(os.TempDir(), "kirinuki-new"), nil, 0o600))
	try("overwrite the network", os.WriteFile(q.Path, nil, 0o600))
	try("delete", os.Remove(q.Path))
	_, err = os.ReadDir(dir)
	try("list", err)
	_, err = os.ReadFile("/etc/passwd")
	try("read /etc/passwd", err)
	_, err = os.ReadFile("/proc/" + strconv.Itoa(os.Getppid()) + "/environ")
	try("read the parent", err)
	try("run a program", exec.Command("/bin/true").Run())
	for name, domain := range map[string]int{"a socket": syscall.AF_INET, "a local socket": syscall.AF_UNIX} {
		_, err = syscall.Socket(domain, syscall.SOCK_STREAM, 0)
		try(name, err)
	}
	try("kill the parent", syscall.Kill(os.Getppid(), 0))
	sort.Strings(worked)
	return strings.Join(worked, ", ")
}

func command() []string { return []string{os.Args[0], Flag} }

func red(t testing.TB, n onnxtest.Net) infer.Config {
	return infer.Config{Library: infertest.Library(t), Name: "red", Model: n.Bytes()}
}

func picture(w, h int) infer.Tensor {
	t := infer.Tensor{Shape: []int64{1, 3, int64(h), int64(w)}, Data: make([]float32, 3*w*h)}
	for i := range w * h {
		if i%w < w/2 {
			t.Data[i] = 1
		} else {
			t.Data[2*w*h+i] = 1
		}
	}
	return t
}

func openChild(t testing.TB, c infer.Config, o Options) *Client {
	t.Helper()
	o.Command = command()
	cl, err := Open(context.Background(), c, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cl.Close() })
	return cl
}

func TestChildAnswersAsInProcess(t *testing.T) {
	for _, net := range []onnxtest.Net{{W: 64, Layers: 3}, {Dynamic: true}, {W: 48, Half: true}} {
		c := red(t, net)
		here, err := infer.Open(c)
		if err != nil {
			t.Fatal(err)
		}
		there := openChild(t, c, Options{})
		side := max(net.W, 32)
		want, err := here.Run(context.Background(), picture(side, side))
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			got, err := there.Run(context.Background(), picture(side, side))
			if err != nil {
				t.Fatal(err)
			}
			if len(got.Shape) != len(want.Shape) || len(got.Data) != len(want.Data) {
				t.Fatalf("shapes %v and %v", got.Shape, want.Shape)
			}
			for i := range got.Data {
				if got.Data[i] != want.Data[i] {
					t.Fatalf("value %d: %v and %v", i, got.Data[i], want.Data[i])
				}
			}
		}
		here.Close()
	}
}

func TestChildFromFile(t *testing.T) {
	c := red(t, onnxtest.Net{})
	c.Path, c.Model = filepath.Join(t.TempDir(), "赤.onnx"), nil
	if err := os.WriteFile(c.Path, onnxtest.Net{}.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := openChild(t, c, Options{}).Run(context.Background(), picture(32, 32)); err != nil {
		t.Fatal(err)
	}
}

func TestChildReportsFaults(t *testing.T) {
	library := infertest.Library(t)
	for _, c := range []struct {
		name string
		c    infer.Config
		want fault.Kind
	}{
		{"no library", infer.Config{Library: filepath.Join(t.TempDir(), "none.so"), Model: onnxtest.Net{}.Bytes()}, fault.NoRuntime},
		{"no file", infer.Config{Path: filepath.Join(t.TempDir(), "none.onnx")}, fault.NotFound},
		{"truncated", infer.Config{Model: onnxtest.Net{Layers: 2}.Bytes()[:900]}, fault.BadModel},
		{"weights outside", infer.Config{Model: onnxtest.Net{External: "/etc/passwd"}.Bytes()}, fault.BadModel},
		{"custom operators", infer.Config{Model: onnxtest.Net{Domain: "evil", Op: "Evil"}.Bytes()}, fault.BadModel},
		{"huge weight", infer.Config{Model: onnxtest.Net{Dims: []int64{1 << 40, 1, 1, 1}}.Bytes()}, fault.BadModel},
		{"unknown device", infer.Config{Model: onnxtest.Net{}.Bytes(), Device: "abacus"}, fault.NoDevice},
	} {
		if c.c.Library == "" {
			c.c.Library = library
		}
		c.c.Name = "x"
		cl, err := Open(context.Background(), c.c, Options{Command: command()})
		if err == nil {
			cl.Close()
		}
		if err == nil || fault.Of(err) != c.want {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

func TestHugeTensorsEndInAFault(t *testing.T) {
	for _, n := range []int64{1 << 45, 1 << 37} { // more than an address space, more than a machine
		cl := openChild(t, red(t, onnxtest.Net{Grow: n}), Options{})
		if _, err := cl.Run(context.Background(), picture(32, 32)); fault.Of(err) != fault.OutOfMemory {
			t.Errorf("%d numbers: %v", n, err)
		}
	}
}

func TestRunOutOfAddressSpace(t *testing.T) {
	// A child that may have half a gigabyte more than it takes to start.
	cl := openChild(t, red(t, onnxtest.Net{Dynamic: true, Layers: 20}), Options{})
	limit(t, cl.Pid(), 512<<20)
	_, err := cl.Run(context.Background(), picture(2048, 2048))
	if fault.Of(err) != fault.OutOfMemory {
		t.Errorf("got %v", err)
	}
}

func TestFaultsOfTheChild(t *testing.T) {
	infertest.Library(t)
	for _, stage := range []string{"start", "open", "read", "run"} {
		for _, way := range []string{"abort", "exit", "hang", "close", "rubbish", "huge", "short", "shape", "kind", "future", "memory"} {
			if (stage == "start" || stage == "open") && way == "short" {
				continue // there it is only a wrong kind
			}
			t.Run(stage+" "+way, func(t *testing.T) {
				t.Parallel()
				want := fault.Crashed
				if way == "memory" {
					want = fault.OutOfMemory
				}
				o := Options{Command: command(), Env: []string{faultEnv + "=" + stage + " " + way}, Limit: 10 * time.Second}
				if way == "hang" && (stage == "start" || stage == "open") {
					o.Limit = 300 * time.Millisecond
				}
				cl, err := Open(context.Background(), infer.Config{Name: "x", Model: []byte("x")}, o)
				if err == nil {
					defer cl.Close()
					if way == "hang" || way == "short" { // only the limit ends these
						cl.o.Limit = 300 * time.Millisecond
					}
					_, err = cl.Run(context.Background(), picture(256, 256))
					if err != nil && cl.Alive() {
						t.Error("the child is still there")
					}
					if _, again := cl.Run(context.Background(), picture(8, 8)); err != nil && again == nil {
						t.Error("a dead child answers")
					}
				} else if stage == "read" || stage == "run" {
					t.Fatalf("opening failed: %v", err)
				}
				if err == nil || fault.Of(err) != want {
					t.Errorf("got %v, want %v", err, want)
				}
			})
		}
	}
}

func TestCancelOfAHangingChildKillsIt(t *testing.T) {
	for _, stage := range []string{"start", "open", "read", "run"} {
		t.Run(stage, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			o := Options{Command: command(), Env: []string{faultEnv + "=" + stage + " hang"}}
			began := time.Now()
			if stage == "start" || stage == "open" {
				time.AfterFunc(100*time.Millisecond, cancel)
			}
			cl, err := Open(ctx, infer.Config{Name: "x"}, o)
			if err == nil {
				defer cl.Close()
				began = time.Now()
				time.AfterFunc(100*time.Millisecond, cancel)
				_, err = cl.Run(ctx, picture(512, 512))
				if cl.Alive() {
					t.Error("the child is still there")
				}
			}
			if fault.Of(err) != fault.Cancelled {
				t.Errorf("got %v", err)
			}
			if took := time.Since(began); took > 2*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

func TestCancelOfARunLeavesTheChildUsable(t *testing.T) {
	cl := openChild(t, red(t, onnxtest.Net{Dynamic: true, Layers: 60}), Options{Grace: 5 * time.Second})
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(150*time.Millisecond, cancel)
	if _, err := cl.Run(ctx, picture(512, 512)); fault.Of(err) != fault.Cancelled {
		t.Fatalf("got %v", err)
	}
	pid := cl.Pid()
	if _, err := cl.Run(context.Background(), picture(32, 32)); err != nil {
		t.Fatal(err)
	}
	if cl.Pid() != pid || !cl.Alive() {
		t.Error("another child")
	}
}

func TestKilledWhileRunning(t *testing.T) {
	cl := openChild(t, red(t, onnxtest.Net{Dynamic: true, Layers: 60}), Options{})
	time.AfterFunc(150*time.Millisecond, func() { syscall.Kill(cl.Pid(), syscall.SIGKILL) })
	if _, err := cl.Run(context.Background(), picture(512, 512)); fault.Of(err) != fault.Crashed {
		t.Errorf("got %v", err)
	}
	if cl.Alive() {
		t.Error("alive")
	}
}

func TestCloseEndsTheChild(t *testing.T) {
	cl := openChild(t, red(t, onnxtest.Net{}), Options{})
	pid := cl.Pid()
	cl.Close()
	cl.Close()
	if err := syscall.Kill(pid, 0); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("process %d: %v", pid, err)
	}
	if _, err := cl.Run(context.Background(), picture(32, 32)); err == nil {
		t.Error("runs after Close")
	}
}

// parent is a process that opens a child and is then killed.
func parent() {
	cl, err := Open(context.Background(), infer.Config{Name: "x"}, Options{Command: command(), Env: []string{faultEnv + "=never"}})
	if err != nil {
		os.Exit(1)
	}
	os.Stdout.WriteString(strconv.Itoa(cl.Pid()) + "\n")
	select {}
}

func TestChildDiesWithItsParent(t *testing.T) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "KIRINUKI_WORKER_PARENT=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	pid, _ := strconv.Atoi(strings.TrimSpace(line))
	if err := syscall.Kill(pid, 0); err != nil {
		t.Fatalf("the child %d is not there: %v", pid, err)
	}
	cmd.Process.Kill()
	cmd.Wait()
	for range 100 {
		if gone(pid) {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Errorf("process %d lives on", pid)
}

// gone says whether a process has ended, even where nobody has collected it.
func gone(pid int) bool {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err != nil || strings.Contains(string(stat), ") Z ")
}

func TestChildGivesUpItsRights(t *testing.T) {
	cl := openChild(t, red(t, onnxtest.Net{}), Options{})
	s := cl.Status()
	if !s.Sockets || !s.Internet {
		t.Errorf("sockets are not refused: %+v", s)
	}
	status, err := os.ReadFile("/proc/" + strconv.Itoa(cl.Pid()) + "/status")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"NoNewPrivs:\t1", "Seccomp:\t2"} {
		if !strings.Contains(string(status), want) {
			t.Errorf("no %q in the child's status", want)
		}
	}
	t.Logf("%+v", s)
}

func TestAChildThatIsTakenOver(t *testing.T) {
	dir := t.TempDir()
	c := infer.Config{Library: infertest.Library(t), Path: filepath.Join(dir, "net.onnx")}
	for _, name := range []string{"net.onnx", "picture.jpg"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for device, want := range map[string]string{"cpu": "read the library, read the network", "gpu": "a local socket, read the library, read the network"} {
		c.Device = device
		_, err := Open(context.Background(), c, Options{Command: command(), Env: []string{faultEnv + "=confined"}})
		var f *fault.Error
		if !errors.As(err, &f) || f.Err == nil {
			t.Fatal(err)
		}
		if got := f.Err.Error(); got == "no Landlock" {
			t.Log("this kernel has no Landlock")
		} else if got != want {
			t.Errorf("%s: what worked: %s; want %s", device, got, want)
		}
	}
}

func TestWhatNativeCodePrintsStaysOutOfTheProtocol(t *testing.T) {
	cl := openChild(t, infer.Config{Name: "x"}, Options{Env: []string{faultEnv + "=run print"}})
	if _, err := cl.Run(context.Background(), picture(8, 8)); err != nil {
		t.Error(err)
	}
	cl.Close()
	if got := cl.p.stderr.String(); !strings.Contains(got, "hello from a driver") {
		t.Errorf("standard error holds %q", got)
	}
}

func FuzzReadFrame(f *testing.F) {
	f.Add([]byte{byte(kCancel), 1, 0, 0, 0, 0, 0, 0, 0})
	f.Add([]byte{byte(kResult), 1, 0, 0, 0, 13, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 128, 63})
	f.Add([]byte{byte(kResult), 1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, b []byte) {
		r := strings.NewReader(string(b))
		h, err := readHeader(r)
		if err != nil {
			return
		}
		if h.size > 1<<20 {
			h.size = 1 << 20
		}
		if tensor, err := readTensor(r, h); err == nil {
			if n, err := infer.Count(tensor.Shape); err != nil || n != len(tensor.Data) {
				t.Errorf("shape %v with %d numbers", tensor.Shape, len(tensor.Data))
			}
		}
	})
}

func TestTensorsCrossUnchanged(t *testing.T) {
	in := infer.Tensor{Shape: []int64{1, 2, 3}, Data: []float32{0, -1, 1.5, 3e38, 1e-40, -0}}
	var b strings.Builder
	if err := writeTensor(&b, kRun, 9, in); err != nil {
		t.Fatal(err)
	}
	r := strings.NewReader(b.String())
	h, err := readHeader(r)
	if err != nil || h.kind != kRun || h.id != 9 {
		t.Fatal(h, err)
	}
	out, err := readTensor(r, h)
	if err != nil || len(out.Shape) != 3 || r.Len() != 0 {
		t.Fatal(out, err)
	}
	for i := range in.Data {
		if in.Data[i] != out.Data[i] {
			t.Errorf("%v became %v", in.Data[i], out.Data[i])
		}
	}
}
