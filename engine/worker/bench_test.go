//go:build cgo && linux

package worker

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"kirinuki/engine/infer"
	"kirinuki/engine/infer/infertest"
	"kirinuki/engine/model/onnx/onnxtest"
)

// BenchmarkChildOverhead runs one network in turns here and in a child on the
// same input and reports the time there as a ratio to the time here. It takes
// IS-Net where KIRINUKI_MODELS has it (twice, for here and there), else a
// network of our own with tensors of the same size.
func BenchmarkChildOverhead(b *testing.B) {
	c := infer.Config{Library: infertest.Library(b), Name: "net", Model: onnxtest.Net{W: 1024, Layers: 3}.Bytes()}
	if file := filepath.Join(os.Getenv("KIRINUKI_MODELS"), "isnet.onnx"); exists(file) {
		c = infer.Config{Library: c.Library, Path: file, Output: "output", Frugal: os.Getenv("KIRINUKI_FRUGAL") != ""}
	}
	here, err := infer.Open(c)
	if err != nil {
		b.Fatal(err)
	}
	defer here.Close()
	there := openChild(b, c, Options{})
	opened := memoryOf(there.Pid(), "VmRSS")
	in := picture(1024, 1024)
	run := func(r infer.Runner) {
		if _, err := r.Run(context.Background(), in); err != nil {
			b.Fatal(err)
		}
	}
	run(here)
	run(there)
	var tHere, tThere float64
	for b.Loop() {
		for i := range 2 {
			// Whoever goes first changes, so that neither gains by it.
			first := (b.N+i)%2 == 0
			if first {
				tHere += seconds(func() { run(here) })
			}
			tThere += seconds(func() { run(there) })
			if !first {
				tHere += seconds(func() { run(here) })
			}
		}
	}
	b.ReportMetric(tThere/tHere, "child/here")
	b.ReportMetric(opened, "MB-opened")
	b.ReportMetric(memoryOf(there.Pid(), "VmHWM"), "MB-peak")
	b.ReportMetric(memoryOf(there.Pid(), "VmRSS"), "MB-after")
	runtime.KeepAlive(in)
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

func memoryOf(pid int, what string) float64 {
	data, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	for _, line := range strings.Split(string(data), "\n") {
		if f := strings.Fields(line); len(f) >= 2 && f[0] == what+":" {
			kb, _ := strconv.ParseFloat(f[1], 64)
			return kb / 1024
		}
	}
	return 0
}
