// Kirinuki removes the background of pictures on this computer alone. This
// file reads the arguments and starts the command line or the window.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"

	"fyne.io/fyne/v2"
	fyneapp "fyne.io/fyne/v2/app"
	"golang.org/x/term"

	"kirinuki/app/cache"
	"kirinuki/app/cli"
	"kirinuki/app/privacy"
	"kirinuki/app/privacy/offline"
	"kirinuki/app/settings"
	"kirinuki/assets/tr"
	"kirinuki/engine"
	"kirinuki/engine/worker"
	"kirinuki/ui"
	"kirinuki/ui/desk"
)

// version is set by the linker for releases.
var version = "0.1.0"

func main() { os.Exit(run(os.Args[1:])) }

func run(args []string) int {
	if len(args) > 0 && args[0] == worker.Flag {
		return worker.Main(os.Stdin, os.Stdout)
	}
	if err := cache.NoCoreDumps(); err != nil {
		fmt.Fprintln(os.Stderr, "kirinuki:", err)
	}
	choices := settings.Open(settingsPath())
	tr.Use(choices.Get().Language)
	if cli.Handles(args) {
		return terminal(args)
	}
	return window(args, choices)
}

// settingsPath is the one file of settings, or "" (memory only) where the
// system names no folder for it.
func settingsPath() string {
	dir, err := os.UserConfigDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "kirinuki", "settings.json")
}

// terminal carries out a command line. It needs no display, so the lock is
// closed before anything else happens.
func terminal(args []string) int {
	if _, err := offline.Engage(""); err != nil {
		fmt.Fprintln(os.Stderr, "kirinuki:", err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	width := 0
	if fd := int(os.Stderr.Fd()); term.IsTerminal(fd) {
		width = 80
		if w, _, err := term.GetSize(fd); err == nil && w > 0 {
			width = w
		}
	}
	return cli.Run(ctx, cli.Env{
		Args: args, Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Width: width, Version: version,
		Engine: func() cli.Engine { return engine.New(desk.Engine()) },
		Policy: func(lang string) string { return privacy.Policy(lang).Text() },
	})
}

// window opens the window and stays until it is closed.
func window(paths []string, choices *settings.Store) int {
	if runtime.GOOS == "linux" && os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
		fmt.Fprintln(os.Stderr, "kirinuki:", tr.T("cli.no-display"))
		return 1
	}
	for i, path := range paths {
		if whole, err := filepath.Abs(path); err == nil {
			paths[i] = whole
		}
	}
	d := desk.Open(choices, version, paths)
	defer d.Close()
	ends := make(chan os.Signal, 1)
	signal.Notify(ends, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		<-ends
		d.Close()
		os.Exit(130)
	}()
	fyneapp.SetMetadata(fyne.AppMetadata{
		ID: "app.kirinuki.desktop", Name: "Kirinuki", Version: version,
		Migrations: map[string]bool{"fyneDo": true},
	})
	if err := ui.Run(fyneapp.New(), d.Deps); err != nil {
		fmt.Fprintln(os.Stderr, "kirinuki:", err)
		return 1
	}
	return 0
}
