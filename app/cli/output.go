package cli

import (
	"os"
	"path/filepath"
	"strings"

	"kirinuki/app/export"
	"kirinuki/assets/tr"
	"kirinuki/engine/compose"
	"kirinuki/engine/fault"
	"kirinuki/engine/picture"
)

// output says where results go: beside their inputs (both empty), into a
// folder, into one file, or to standard output (file "-").
type output struct {
	dir  string
	file string
}

// newOutput reads -o. It is a folder where it is one, ends like one, or
// several pictures come in; else a file, whose extension chooses the format
// unless formatGiven. A single picture from standard input goes to standard
// output by itself.
func newOutput(o string, inputs []input, formatGiven bool, x *compose.Export) (output, error) {
	pipes := 0
	for _, in := range inputs {
		if in.path == "-" {
			pipes++
		}
	}
	switch {
	case pipes > 1:
		return output{}, fault.Newf(fault.Usage, "", "%s", tr.T("cli.one-pipe"))
	case o == "" && pipes == 1 && len(inputs) > 1:
		return output{}, fault.Newf(fault.Usage, "", "%s", tr.T("cli.pipe-needs-folder"))
	case o == "-" && len(inputs) > 1:
		return output{}, fault.Newf(fault.Usage, "", "%s", tr.T("cli.one-to-pipe"))
	case o == "-", o == "" && pipes == 1:
		return output{file: "-"}, nil
	case o == "":
		return output{dir: x.Folder}, nil
	}
	info, err := os.Stat(o)
	isDir := err == nil && info.IsDir()
	endsLikeDir := strings.HasSuffix(o, "/") || strings.HasSuffix(o, string(filepath.Separator))
	if isDir || endsLikeDir || len(inputs) > 1 || inputs[0].sub != "" {
		if err == nil && !isDir {
			return output{}, fault.Newf(fault.Usage, filepath.Base(o), "%s", tr.T("cli.not-a-folder", o))
		}
		return output{dir: o}, nil
	}
	if !formatGiven {
		if ext := filepath.Ext(o); ext != "" {
			f, known := picture.ParseFormat(strings.ToLower(ext[1:]))
			if !known || !export.Writes(f) {
				return output{}, fault.Newf(fault.Usage, "", "%s", tr.T("cli.bad-choice", "-o", ext, ".png, .webp, .tiff, .jpeg"))
			}
			x.Format = f
		}
	}
	return output{file: o}, nil
}

func (o output) stdout() bool { return o.file == "-" }

// path returns where the result of in belongs, making its folder.
func (o output) path(in input, x compose.Export) (string, error) {
	if o.file != "" {
		return o.file, nil
	}
	dir := filepath.Dir(in.path)
	if o.dir != "" {
		dir = filepath.Join(o.dir, in.sub)
		if err := os.MkdirAll(dir, 0o777); err != nil {
			return "", fault.About(filepath.Base(dir), err)
		}
	}
	return filepath.Join(dir, x.FileName(in.name(), 1)), nil
}

// ours tells whether a file in a folder looks like a result of an earlier
// run with the same name pattern.
func ours(base string, x compose.Export) bool {
	_, suffix, found := strings.Cut(x.Pattern(), "{name}")
	name := strings.TrimSuffix(base, filepath.Ext(base))
	return found && suffix != "" && strings.HasSuffix(name, suffix)
}
