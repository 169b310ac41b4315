//go:build cgo && linux

package sandbox

import "kirinuki/engine/worker/sandbox/internal/cthread"

func init() { startThread, threadSocket = cthread.Start, cthread.Socket }
