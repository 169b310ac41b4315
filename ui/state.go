package ui

import (
	"fmt"

	"kirinuki/app"
	"kirinuki/app/settings"
	"kirinuki/engine"
	"kirinuki/engine/fault"
	"kirinuki/engine/matte"
)

// hasResult tells whether an item has its result, to change and to save.
func hasResult(i app.Item) bool { return i.State == app.Done }

// showsResult tells whether an item has any result to look at: its own, the
// quick one before it, or the one from before it was started again.
func showsResult(i app.Item) bool {
	return hasResult(i) || i.Preview || i.Model != ""
}

// isBusy tells whether an item waits or is being worked on.
func isBusy(i app.Item) bool { return i.State == app.Waiting || i.State == app.Working }

// requestOf says how the settings want a background removed.
func requestOf(s settings.Settings) engine.Request {
	r := engine.Request{Method: engine.Method(s.Method), Model: s.Model, Device: s.Device, Quality: matte.Quality(s.Edges), Holes: s.Holes}
	if s.Quality == "fast" {
		r.Model = engine.BuiltIn
	}
	return r
}

func errPanic(r any) error { return fault.New(fault.Internal, "", fmt.Errorf("%v", r)) }
