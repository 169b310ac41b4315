package cli

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"kirinuki/app/export"
	"kirinuki/assets/tr"
	"kirinuki/engine"
	"kirinuki/engine/compose"
	"kirinuki/engine/fault"
	"kirinuki/engine/matte"
	"kirinuki/engine/picture"
)

// job is what every input of one `kirinuki remove` has in common.
type job struct {
	env     *Env
	engine  Engine
	request engine.Request
	edit    compose.Edit
	export  compose.Export
	limits  picture.Limits
	hints   string // path of a hint picture, "" for none
	out     output
	report  *reporter
}

// remove is `kirinuki remove`.
func remove(ctx context.Context, e *Env, args []string) int {
	flags := pflag.NewFlagSet("remove", pflag.ContinueOnError)
	var (
		out        = flags.StringP("output", "o", "", "")
		format     = flags.StringP("format", "f", "", "")
		background = flags.StringP("background", "b", "", "")
		mask       = flags.Bool("mask", false, "")
		modelName  = flags.StringP("model", "m", "", "")
		method     = flags.String("method", "auto", "")
		device     = flags.StringP("device", "d", "auto", "")
		edges      = flags.String("edges", "fine", "")
		holes      = flags.Bool("holes", false, "")
		hints      = flags.String("hints", "", "")
		preset     = flags.String("preset", "", "")
		quality    = flags.IntP("quality", "q", 0, "")
		keepMeta   = flags.Bool("keep-metadata", false, "")
		megapixels = flags.Int64("max-megapixels", picture.DefaultLimits.Pixels/1_000_000, "")
		asJSON     = flags.Bool("json", false, "")
		quiet      = flags.Bool("quiet", false, "")
	)
	if status, done := e.parse(flags, args); done {
		return status
	}
	j := job{
		env:    e,
		limits: picture.Limits{Pixels: *megapixels * 1_000_000, Side: picture.DefaultLimits.Side},
		hints:  *hints,
		request: engine.Request{
			Method:  engine.Method(*method),
			Model:   *modelName,
			Device:  *device,
			Quality: matte.Quality(*edges),
			Holes:   *holes,
		},
	}
	if wrong := j.check(flags); wrong != "" {
		return e.usage(wrong)
	}
	if err := j.plan(*preset, *format, *background, *quality, *mask, *keepMeta); err != nil {
		e.complain(err)
		return statusOf(err)
	}
	inputs := expand(flags.Args(), func(base string) bool { return ours(base, j.export) })
	if len(inputs) == 0 {
		return e.usage(tr.T("cli.no-input"))
	}
	var err error
	if j.out, err = newOutput(*out, inputs, *format != "", &j.export); err != nil {
		e.complain(err)
		return statusOf(err)
	}
	j.report = &reporter{lines: e.Stdout, errs: e.Stderr, json: *asJSON, width: e.Width,
		total: len(inputs), progress: map[string]float64{}}
	if e.Width > 0 && !*quiet {
		j.report.bar = e.Stderr
	}
	switch {
	case j.out.stdout():
		j.report.lines = e.Stderr // standard output carries the picture
	case *quiet && !*asJSON:
		j.report.lines = io.Discard
	}
	j.engine = e.Engine()
	defer j.engine.Close()
	return j.run(ctx, inputs)
}

// check returns what is wrong with the choice flags, or "".
func (j *job) check(flags *pflag.FlagSet) string {
	choices := map[string][]string{
		"method": {"auto", "network", "key"},
		"edges":  {"fine", "fast", "off"},
	}
	for _, name := range []string{"method", "edges"} {
		value := flags.Lookup(name).Value.String()
		if !slices.Contains(choices[name], value) {
			return tr.T("cli.bad-choice", "--"+name, value, strings.Join(choices[name], ", "))
		}
	}
	switch {
	case j.limits.Pixels <= 0:
		return tr.T("cli.bad-choice", "--max-megapixels", flags.Lookup("max-megapixels").Value.String(), "1...")
	case flags.Changed("quality") && outside(flags, "quality", 1, 100):
		return tr.T("cli.bad-choice", "--quality", flags.Lookup("quality").Value.String(), "1...100")
	}
	return ""
}

// cause is err without the kind that it already has.
func cause(err error) error {
	var f *fault.Error
	if errors.As(err, &f) && f.Err != nil {
		return f.Err
	}
	return err
}

func outside(flags *pflag.FlagSet, name string, low, high int) bool {
	n, err := flags.GetInt(name)
	return err != nil || n < low || n > high
}

// plan gathers edit and export from the preset and the flags, which win.
func (j *job) plan(preset, format, background string, quality int, mask, keepMeta bool) error {
	if preset != "" {
		p, err := readPreset(preset)
		if err != nil {
			return err
		}
		j.edit, j.export = p.Edit, p.Export
	}
	if format != "" {
		f, known := picture.ParseFormat(format)
		if !known || !export.Writes(f) {
			return fault.Newf(fault.Usage, "", "%s", tr.T("cli.bad-choice", "--format", format, "png, webp, tiff, jpeg"))
		}
		j.export.Format = f
	}
	if background != "" {
		if _, err := compose.ParseColor(background); err != nil {
			return fault.Newf(fault.Usage, "", "%s", tr.T("cli.bad-color", background))
		}
		j.edit.Background = compose.Background{Kind: "color", Color: background}
	}
	if quality != 0 {
		j.export.Quality = quality
	}
	j.export.Mask = j.export.Mask || mask
	j.export.KeepMetadata = j.export.KeepMetadata || keepMeta
	return nil
}

// readPreset reads a preset file, or takes one of the program's own by name.
func readPreset(name string) (compose.Preset, error) {
	data, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		if p, own := compose.FindPreset(name); own {
			return p, nil
		}
	}
	if err != nil {
		return compose.Preset{}, fault.About(filepath.Base(name), err)
	}
	p, err := compose.ParsePreset(data)
	if err != nil {
		return compose.Preset{}, fault.Newf(fault.Usage, "", "%s: %w", filepath.Base(name), cause(err))
	}
	return p, nil
}

// run works through the inputs, two at a time so that one is decoded or
// written while the other is in the network, and reports in input order.
func (j *job) run(ctx context.Context, inputs []input) int {
	results := make([]chan outcome, len(inputs))
	for i := range results {
		results[i] = make(chan outcome, 1)
	}
	next := make(chan int)
	go func() {
		defer close(next)
		for i := range inputs {
			next <- i
		}
	}()
	for range min(2, len(inputs), runtime.NumCPU()) {
		go func() {
			for i := range next {
				results[i] <- j.one(ctx, inputs[i])
			}
		}()
	}
	status := ok
	for _, result := range results {
		o := <-result
		j.report.finish(o)
		if o.err != nil {
			status = someFailed
		}
	}
	if ctx.Err() != nil {
		return interrupted
	}
	return status
}

// one takes one input all the way.
func (j *job) one(ctx context.Context, in input) outcome {
	o := outcome{in: in, err: in.err}
	if o.err == nil && ctx.Err() != nil {
		o.err = fault.New(fault.Cancelled, in.name(), ctx.Err())
	}
	if o.err != nil {
		return o
	}
	start := time.Now()
	o.err = j.cut(ctx, in, &o)
	o.took = time.Since(start)
	if o.err != nil {
		o.err = fault.About(in.name(), o.err)
	}
	return o
}

func (j *job) cut(ctx context.Context, in input, o *outcome) error {
	pic, err := j.decode(in)
	if err != nil {
		return err
	}
	request := j.request
	if j.hints != "" {
		if request.Hints, err = readHints(j.hints, pic.Size(), j.limits); err != nil {
			return err
		}
	}
	o.result, err = j.engine.Remove(ctx, pic, request, func(share float64) { j.report.advance(in.path, share) })
	if err != nil {
		return err
	}
	write := func(w io.Writer) (err error) {
		o.size, err = export.Write(ctx, w, pic, o.result.Cutout, j.edit, j.export)
		return err
	}
	if j.out.stdout() {
		o.saved = "-"
		var whole bytes.Buffer // nothing half-finished on the pipe
		if err := write(&whole); err != nil {
			return err
		}
		_, err := j.env.Stdout.Write(whole.Bytes())
		return err
	}
	path, err := j.out.path(in, j.export)
	if err != nil {
		return err
	}
	source := in.path
	if source == "-" {
		source = ""
	}
	o.saved, err = picture.Save(path, picture.SaveOptions{Source: source}, write)
	return err
}

func (j *job) decode(in input) (*picture.Picture, error) {
	if in.path == "-" {
		return picture.Decode(j.env.Stdin, in.name(), j.limits)
	}
	return picture.DecodeFile(in.path, j.limits)
}
