//go:build !cgo && !windows

package ports

import "context"

// bySystem does not exist in a build without C.
func bySystem(context.Context, Question) ([]string, error) { return nil, errAbsent }
