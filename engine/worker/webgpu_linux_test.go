//go:build cgo

package worker

import (
	"context"
	"math"
	"testing"

	"kirinuki/engine/infer"
	"kirinuki/engine/model/onnx/onnxtest"
)

// TestWebGPUAgreesWithTheProcessor needs a Vulkan driver, be it Mesa's
// lavapipe (25 or newer; bookworm has it in backports as mesa-vulkan-drivers).
func TestWebGPUAgreesWithTheProcessor(t *testing.T) {
	list, err := Adapters(context.Background(), Options{Command: command()})
	if err != nil {
		t.Fatal(err)
	}
	if len(list) == 0 || list[0].Reason != "" {
		t.Skipf("DID NOT RUN: there is no Vulkan driver on this machine (%+v)", list)
	}
	t.Logf("%+v", list)
	c := red(t, onnxtest.Net{W: 48, Layers: 1})
	want, err := openChild(t, c, Options{}).Run(context.Background(), picture(48, 48))
	if err != nil {
		t.Fatal(err)
	}
	c.Device = "gpu"
	gpu, err := Open(context.Background(), c, Options{Command: command()})
	if err != nil && list[0].Software {
		t.Skipf("DID NOT RUN: this software Vulkan is too old for WebGPU, which Mesa is before 25: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer gpu.Close()
	if s := gpu.Status(); !s.Internet {
		t.Errorf("the child may open sockets: %+v", s)
	}
	got, err := gpu.Run(context.Background(), picture(48, 48))
	if err != nil {
		t.Fatal(err)
	}
	most := 0.0
	for i := range want.Data {
		most = max(most, math.Abs(float64(want.Data[i]-got.Data[i])))
	}
	t.Logf("largest difference %g", most)
	if most > 1.0/255 || len(got.Data) != len(want.Data) {
		t.Errorf("largest difference %g", most)
	}
}

var _ infer.Runner = (*Client)(nil)
