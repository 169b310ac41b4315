package engine

import (
	"context"
	"errors"
	"image"
	"slices"
	"time"

	"kirinuki/engine/fault"
	"kirinuki/engine/key"
	"kirinuki/engine/matte"
	"kirinuki/engine/model"
	"kirinuki/engine/picture"
)

// Config says how an Engine works. The zero value opens networks inside this
// process and looks for ONNX Runtime beside the program.
type Config struct {
	Library string        // ONNX Runtime's shared library; "" looks in the usual places
	Threads int           // 0 is one for each processor
	Idle    time.Duration // a network unused for so long is let go; 0 means five minutes
	// Child is the command that starts this program as a worker, as
	// worker.Self returns it; nil runs networks in this process, where a
	// broken driver takes everything with it.
	Child []string
	// Memory is the file where measurements of devices are kept; "" keeps
	// them as long as the Engine.
	Memory string
	// Stage, which may be nil, is told what takes long: a translation key
	// such as StageLoad, and "" when it is over. It is called from the
	// goroutine of the method that is under way.
	Stage func(key string)
}

// What Config.Stage is told.
const (
	StageLoad    = "stage.load"    // a network is being loaded
	StageDevices = "stage.devices" // devices are tried and measured, once for each network and driver
	StagePrepare = "stage.prepare" // a device prepares itself for its first picture
)

// What Result.Note may say.
const (
	NoteFallback  = "note.cpu-fallback"      // the device failed under way; the processor did it
	NoteRefused   = "note.device-refused"    // auto: a device was found and tried, but may not be used
	NoteLeftAlone = "note.device-left-alone" // the device crashed twice and is not used until chosen by hand
	NoteRetried   = "note.retried"           // the first attempt crashed, the second did not
)

// Engine removes backgrounds. It keeps one network ready between pictures and
// runs one at a time; its methods may be called from several goroutines.
//
// The built-in network has a place of its own beside that one: it gives the
// quick preview before the best network's result, and loading either anew for
// every picture would cost more than running it.
type Engine struct {
	config Config
	warm   warm
	quick  warm // the built-in network, on the processor
}

// New returns an Engine. Nothing is loaded before it is needed.
func New(c Config) *Engine {
	if c.Idle <= 0 {
		c.Idle = 5 * time.Minute
	}
	if c.Stage == nil {
		c.Stage = func(string) {}
	}
	e := &Engine{config: c}
	e.warm.init(c)
	e.quick.init(c)
	return e
}

// Close lets go of the network, waiting for a run that is under way. The
// Engine can be used again afterwards.
func (e *Engine) Close() error { return errors.Join(e.warm.close(), e.quick.close()) }

// place returns where a network is kept ready and the device to ask it for.
// For the built-in network, whose run takes some hundredths of a second, auto
// is the processor: nothing else need be tried.
func (e *Engine) place(spec *model.Spec, device string) (*warm, string) {
	if spec.Name == model.BuiltInName && (device == "" || device == "auto" || device == cpu) {
		return &e.quick, cpu
	}
	return &e.warm, device
}

// How much of Remove's progress each step takes.
const (
	shareOpen = 0.15
	shareRun  = 0.55
)

// Remove cuts the subject of pic out. progress, which may be nil, is called
// with 0..1, one call at a time but not always from the same goroutine. Errors are *fault.Error: NoModel where the network asked for is
// not installed, NoRuntime where ONNX Runtime is missing, NoDevice where a
// device asked for by name cannot be used, NoSubject where practically
// nothing was found, Cancelled within half a second of ctx's end.
func (e *Engine) Remove(ctx context.Context, pic *picture.Picture, r Request, progress func(float64)) (*Result, error) {
	start := time.Now()
	p := meter(progress)
	result, err := e.remove(ctx, pic, r, p)
	if err != nil {
		return nil, fault.About("", err)
	}
	p(1)
	result.Took = time.Since(start)
	return result, nil
}

func (e *Engine) remove(ctx context.Context, pic *picture.Picture, r Request, progress func(float64)) (*Result, error) {
	result, err := e.find(ctx, pic, r, progress)
	if err != nil {
		return nil, err
	}
	options := matte.Options{Quality: r.Quality, Hints: r.Hints}
	if result.Method == ColorKey {
		if r.Hints != nil {
			result.Cutout, err = matte.Touch(ctx, pic.Image, result.Cutout, r.Hints, options)
		}
		return result, err
	}
	result.Cutout, err = matte.Refine(ctx, pic.Image, result.Mask, options, part(progress, shareOpen+shareRun, 1))
	if err == nil && r.Hints == nil && !slices.ContainsFunc(result.Cutout.Alpha.Pix, func(a uint8) bool { return a >= 64 }) {
		err = fault.New(fault.NoSubject, "", nil)
	}
	return result, err
}

// Mask finds the subject only: the Result has no Cutout. Otherwise it is as
// Remove.
func (e *Engine) Mask(ctx context.Context, pic *picture.Picture, r Request, progress func(float64)) (*Result, error) {
	start := time.Now()
	result, err := e.find(ctx, pic, r, meter(progress))
	if err != nil {
		return nil, fault.About("", err)
	}
	result.Cutout = nil
	result.Took = time.Since(start)
	return result, nil
}

// find fills everything of the Result but the network's cut-out.
func (e *Engine) find(ctx context.Context, pic *picture.Picture, r Request, progress func(float64)) (*Result, error) {
	if pic == nil || pic.Image == nil || pic.Size().X <= 0 || pic.Size().Y <= 0 {
		return nil, fault.Newf(fault.Damaged, "", "the picture has no pixels")
	}
	switch r.Method {
	case "", Auto, Network, ColorKey:
	default:
		return nil, fault.Newf(fault.Usage, string(r.Method), "no such method")
	}
	if r.Method != Network {
		result, err := byKey(ctx, pic, r, progress)
		if result != nil || err != nil {
			return result, err
		}
	}
	return e.byNetwork(ctx, pic, r, progress)
}

// byKey uses the colour key where it was asked for or the border is plain. It
// returns nothing where the network should look instead.
func byKey(ctx context.Context, pic *picture.Picture, r Request, progress func(float64)) (*Result, error) {
	background, plain := key.Plain(pic.Image)
	if !plain && r.Method != ColorKey {
		return nil, nil
	}
	cut, err := key.Cut(ctx, pic.Image, background, key.Options{Holes: r.Holes}, progress)
	if err != nil {
		if r.Method != ColorKey && fault.Of(err) == fault.NoSubject {
			return nil, nil
		}
		return nil, err
	}
	return &Result{Cutout: cut, Mask: coarse(cut.Alpha), Method: ColorKey}, nil
}

// byNetwork runs the network that r asks for.
func (e *Engine) byNetwork(ctx context.Context, pic *picture.Picture, r Request, progress func(float64)) (*Result, error) {
	spec, err := model.Find(r.Model)
	if err != nil {
		return nil, err
	}
	in := model.Prepare(&spec, pic.Image)
	place, device := e.place(&spec, r.Device)
	run, err := place.run(ctx, spec, device, in, progress)
	if err != nil {
		return nil, err
	}
	mask, err := model.Finish(&spec, run.out, pic.Size())
	if err != nil {
		return nil, err
	}
	if slices.Max(mask.P) < 0.2 && r.Hints == nil {
		return nil, fault.New(fault.NoSubject, "", nil)
	}
	progress(shareOpen + shareRun)
	return &Result{Mask: mask, Method: Network, Model: spec.Name, Device: run.device, Note: run.note}, nil
}

// Warm loads a network ahead of its first picture. model and device are as in
// Request.
func (e *Engine) Warm(ctx context.Context, name, device string) error {
	spec, err := model.Find(name)
	if err != nil {
		return err
	}
	place, device := e.place(&spec, device)
	return place.prepare(ctx, spec, device)
}

// coarse averages an alpha down to at most 512 a side, for Result.Mask.
func coarse(alpha *image.Gray) matte.Mask {
	const side = 512
	size := alpha.Rect.Size()
	step := max(1, (max(size.X, size.Y)+side-1)/side)
	m := matte.Mask{W: (size.X + step - 1) / step, H: (size.Y + step - 1) / step}
	m.P = make([]float32, m.W*m.H)
	for y := range m.H {
		for x := range m.W {
			box := image.Rect(x*step, y*step, (x+1)*step, (y+1)*step).Intersect(image.Rectangle{Max: size})
			sum := 0
			for v := box.Min.Y; v < box.Max.Y; v++ {
				for _, a := range alpha.Pix[v*alpha.Stride+box.Min.X : v*alpha.Stride+box.Max.X] {
					sum += int(a)
				}
			}
			m.P[y*m.W+x] = float32(sum) / float32(255*box.Dx()*box.Dy())
		}
	}
	return m
}

// meter makes a progress function that may be nil safe to call; what it
// reports never falls and stays in 0..1.
func meter(progress func(float64)) func(float64) {
	if progress == nil {
		return func(float64) {}
	}
	last := -1.0
	return func(p float64) {
		if p = min(max(p, 0), 1); p > last {
			last = p
			progress(p)
		}
	}
}

// part maps 0..1 of one step onto from..to of the whole.
func part(progress func(float64), from, to float64) func(float64) {
	return func(p float64) { progress(from + (to-from)*p) }
}
