// Package cli is the command line: `kirinuki remove` and the few commands
// that tell what is installed. It needs no display. Results go to standard
// output, everything said on the way to standard error; the exit status is 0
// when all went well, 1 when some file failed, 2 when the command itself was
// wrong.
package cli

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"kirinuki/app/say"
	"kirinuki/assets/tr"
	"kirinuki/engine"
	"kirinuki/engine/fault"
	"kirinuki/engine/picture"
)

//go:embed translations/*.json
var translations embed.FS

func init() {
	if err := tr.AddFS(translations, "translations"); err != nil {
		panic(err) // embedded with the program: broken only if we broke it
	}
}

// Exit statuses.
const (
	ok          = 0
	someFailed  = 1
	wrongUsage  = 2
	interrupted = 130
)

// Engine is what the command line needs of the engine.
type Engine interface {
	Remove(ctx context.Context, p *picture.Picture, r engine.Request, progress func(float64)) (*engine.Result, error)
	Models() []engine.ModelInfo
	AddModel(ctx context.Context, path string) (engine.ModelInfo, error)
	Devices(ctx context.Context) ([]engine.Device, error)
	Close() error
}

// Env is the world the command line runs in.
type Env struct {
	Args    []string // without the program's name
	Stdin   io.Reader
	Stdout  io.Writer
	Stderr  io.Writer
	Width   int // columns of the terminal behind Stderr, 0 where it is none
	Version string
	Engine  func() Engine // called only by commands that need one
	Policy  func(lang string) string
}

// commands are what the first argument can be. A map made on demand, because
// help itself looks into it.
func commands() map[string]func(context.Context, *Env, []string) int {
	return map[string]func(context.Context, *Env, []string) int{
		"remove":  remove,
		"models":  models,
		"devices": devices,
		"privacy": privacy,
		"version": version,
		"help":    help,
	}
}

// Handles tells whether the arguments are for the command line and not names
// of pictures to open in the window.
func Handles(args []string) bool {
	if len(args) == 0 {
		return false
	}
	if _, is := commands()[args[0]]; is {
		return true
	}
	return len(args[0]) > 1 && args[0][0] == '-'
}

// Run carries out one command line and returns its exit status.
func Run(ctx context.Context, e Env) int {
	if len(e.Args) == 0 {
		return help(ctx, &e, nil)
	}
	switch e.Args[0] {
	case "-h", "--help":
		return help(ctx, &e, nil)
	case "-v", "--version":
		return version(ctx, &e, nil)
	}
	command, is := commands()[e.Args[0]]
	if !is {
		return e.usage(tr.T("cli.unknown-command", e.Args[0]))
	}
	return command(ctx, &e, e.Args[1:])
}

// parse reads flags anywhere among the arguments. done is true where nothing
// more is to do (help was asked for, or the flags were wrong).
func (e *Env) parse(flags *pflag.FlagSet, args []string) (status int, done bool) {
	flags.SetOutput(io.Discard)
	flags.Usage = func() {}
	err := flags.Parse(args)
	switch {
	case errors.Is(err, pflag.ErrHelp):
		fmt.Fprint(e.Stdout, tr.T("cli."+flags.Name()+".help"))
		return ok, true
	case err != nil:
		return e.usage(err.Error()), true
	}
	return ok, false
}

// usage reports a wrong command line.
func (e *Env) usage(what string) int {
	fmt.Fprintf(e.Stderr, "kirinuki: %s\n%s\n", what, tr.T("cli.see-help"))
	return wrongUsage
}

// complain prints an error and what to do about it.
func (e *Env) complain(err error) {
	what, hint := say.Sentence(err)
	fmt.Fprintf(e.Stderr, "kirinuki: %s\n", what)
	if hint != "" {
		fmt.Fprintf(e.Stderr, "  %s\n", hint)
	}
}

func help(_ context.Context, e *Env, args []string) int {
	key := "cli.help"
	if len(args) > 0 {
		if _, is := commands()[args[0]]; !is {
			return e.usage(tr.T("cli.unknown-command", args[0]))
		}
		key = "cli." + args[0] + ".help"
	}
	fmt.Fprint(e.Stdout, tr.T(key))
	return ok
}

func version(_ context.Context, e *Env, _ []string) int {
	fmt.Fprintf(e.Stdout, "kirinuki %s %s/%s\n", e.Version, runtime.GOOS, runtime.GOARCH)
	return ok
}

func privacy(_ context.Context, e *Env, args []string) int {
	flags := pflag.NewFlagSet("privacy", pflag.ContinueOnError)
	lang := flags.String("lang", tr.Lang(), "")
	if status, done := e.parse(flags, args); done {
		return status
	}
	if !slices.Contains(tr.Languages, *lang) {
		return e.usage(tr.T("cli.bad-choice", "--lang", *lang, strings.Join(tr.Languages, ", ")))
	}
	fmt.Fprint(e.Stdout, e.Policy(*lang))
	return ok
}

// statusOf is the exit status for an error that ended a command.
func statusOf(err error) int {
	switch {
	case err == nil:
		return ok
	case fault.Of(err) == fault.Usage:
		return wrongUsage
	}
	return someFailed
}
