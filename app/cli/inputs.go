package cli

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"kirinuki/engine/fault"
)

// input is one picture that the command line asks for.
type input struct {
	path string // "-" is standard input
	sub  string // its folder below the folder that was named, "" where a file was named
	err  error  // why it cannot even be tried
}

// name is what to call the input to a person.
func (in input) name() string {
	if in.path == "-" {
		return "stdin"
	}
	return filepath.Base(in.path)
}

// readable lists the extensions looked for in folders. A file that is named
// itself is read whatever its extension.
var readable = map[string]bool{
	".jpg": true, ".jpeg": true, ".jpe": true, ".png": true, ".gif": true,
	".bmp": true, ".tif": true, ".tiff": true, ".webp": true,
}

// expand turns arguments into inputs. Folders are walked in name order;
// hidden files are passed over, and so is what an earlier run left there
// (skip), or running twice would cut out the cut-outs.
func expand(args []string, skip func(base string) bool) []input {
	var all []input
	for _, arg := range args {
		if arg == "-" {
			all = append(all, input{path: arg})
			continue
		}
		info, err := os.Stat(arg)
		if err != nil || !info.IsDir() {
			all = append(all, input{path: arg, err: fault.About(filepath.Base(arg), err)})
			continue
		}
		all = append(all, walk(arg, skip)...)
	}
	return all
}

func walk(root string, skip func(base string) bool) []input {
	var all []input
	filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			all = append(all, input{path: path, err: fault.About(filepath.Base(path), err)})
			return nil
		}
		base := d.Name()
		switch hidden := strings.HasPrefix(base, ".") && path != root; {
		case hidden && d.IsDir():
			return fs.SkipDir
		case hidden, d.IsDir(), !readable[strings.ToLower(filepath.Ext(base))], skip(base):
			return nil
		}
		sub, _ := filepath.Rel(root, filepath.Dir(path))
		if sub == "." {
			sub = ""
		}
		all = append(all, input{path: path, sub: sub})
		return nil
	})
	return all
}
