package offline_test

import (
	"testing"

	"kirinuki/app/privacy/offline"
)

func TestIsRemote(t *testing.T) {
	for display, want := range map[string]bool{
		"": false, ":0": false, ":0.1": false, ":99": false,
		"unix:0": false, "unix/box:0": false, "tcp/unix:0": false, "tcp/:0": false,
		"/private/tmp/com.apple.launchd.x/org.xquartz:0": false,
		"wayland-0": false,
		"box:0":     true, "localhost:10.0": true, "127.0.0.1:0": true, "::1:0": true,
		"tcp/box:0": true, "inet6/box:0": true, "box::0": true, "[fe80::1]:0": true,
		"unix.example.org:0": true,
	} {
		if got := offline.IsRemote(display); got != want {
			t.Errorf("%q: %v", display, got)
		}
	}
}
