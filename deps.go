//go:build deps

// Package main pins modules that are about to be used; it goes when they are.
package main

import (
	_ "fyne.io/fyne/v2/app"
	_ "github.com/HugoSmits86/nativewebp"
	_ "github.com/disintegration/gift"
	_ "github.com/elastic/go-seccomp-bpf"
	_ "github.com/jezek/xgb/xproto"
	_ "github.com/kbinani/screenshot"
	_ "github.com/landlock-lsm/go-landlock/landlock"
	_ "github.com/rogpeppe/go-internal/testscript"
	_ "github.com/rymdport/portal/filechooser"
	_ "github.com/spf13/pflag"
	_ "github.com/sqweek/dialog"
	_ "github.com/yalue/onnxruntime_go"
	_ "golang.design/x/clipboard"
	_ "golang.org/x/image/colornames"
	_ "golang.org/x/image/webp"
	_ "golang.org/x/sys/unix"
	_ "golang.org/x/term"
)
