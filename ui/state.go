package ui

import (
	"fmt"

	"kirinuki/app"
	"kirinuki/engine/fault"
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

func errPanic(r any) error { return fault.New(fault.Internal, "", fmt.Errorf("%v", r)) }
