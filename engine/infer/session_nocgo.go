//go:build !cgo

package infer

import (
	"context"

	"kirinuki/engine/fault"
)

// Session cannot be opened in a program built without cgo.
type Session struct{}

// Open always fails with fault.NoRuntime in a program built without cgo.
func Open(c Config) (*Session, error) {
	return nil, fault.Newf(fault.NoRuntime, c.Name, "built without cgo")
}

// Run always fails.
func (*Session) Run(context.Context, Tensor) (Tensor, error) {
	return Tensor{}, fault.Newf(fault.NoRuntime, "", "built without cgo")
}

// Close does nothing.
func (*Session) Close() error { return nil }
