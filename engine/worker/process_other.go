//go:build !linux

package worker

import (
	"os"
	"syscall"
)

// dieWithParent has nothing to ask of other systems: there the child ends
// when its input does.
func dieWithParent() *syscall.SysProcAttr { return nil }

func widen(*os.File) {}
