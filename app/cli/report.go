package cli

import (
	"encoding/json"
	"fmt"
	"image"
	"io"
	"strings"
	"sync"
	"time"

	"kirinuki/app/say"
	"kirinuki/assets/tr"
	"kirinuki/engine"
	"kirinuki/engine/fault"
)

// outcome is what became of one input.
type outcome struct {
	in     input
	saved  string // path, or "-" for standard output
	size   image.Point
	result *engine.Result
	took   time.Duration
	err    error
}

// line is an outcome as one JSON object.
type line struct {
	Input   string  `json:"input"`
	Output  string  `json:"output,omitempty"`
	Width   int     `json:"width,omitempty"`
	Height  int     `json:"height,omitempty"`
	Method  string  `json:"method,omitempty"`
	Model   string  `json:"model,omitempty"`
	Device  string  `json:"device,omitempty"`
	Note    string  `json:"note,omitempty"`
	Seconds float64 `json:"seconds"`
	Error   string  `json:"error,omitempty"` // fault kind
	Message string  `json:"message,omitempty"`
	Hint    string  `json:"hint,omitempty"`
}

// reporter writes one line a finished file and, on a terminal, a progress bar
// below them.
type reporter struct {
	lines io.Writer // finished files
	errs  io.Writer // failed files, where lines are for people
	bar   io.Writer // progress, nil where there is no terminal
	json  bool
	width int
	total int

	mu       sync.Mutex
	done     int
	progress map[string]float64
	drawn    time.Time
}

// advance notes how far one input is.
func (r *reporter) advance(name string, share float64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.progress[name] = share
	if r.bar != nil && time.Since(r.drawn) > 50*time.Millisecond {
		r.draw(name)
	}
}

func (r *reporter) draw(name string) {
	r.drawn = time.Now()
	share := float64(r.done)
	for _, p := range r.progress {
		share += p
	}
	share /= float64(max(1, r.total))
	cells := min(30, max(4, r.width-50))
	full := min(cells, int(share*float64(cells)+0.5))
	text := fmt.Sprintf("[%s%s] %3.0f%% %d/%d %s", strings.Repeat("#", full),
		strings.Repeat("-", cells-full), 100*share, r.done, r.total, name)
	if runes := []rune(text); len(runes) > r.width-1 {
		text = string(runes[:max(0, r.width-1)])
	}
	fmt.Fprintf(r.bar, "\r\x1b[K%s", text)
}

// finish writes an outcome's line.
func (r *reporter) finish(o outcome) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.progress, o.in.path)
	r.done++
	if r.bar != nil {
		fmt.Fprint(r.bar, "\r\x1b[K")
	}
	if r.json {
		json.NewEncoder(r.lines).Encode(o.line())
		return
	}
	if o.err != nil {
		what, hint := say.Sentence(o.err)
		fmt.Fprintf(r.errs, "%s: %s %s\n", o.in.path, what, hint)
		return
	}
	by := o.result.Model
	if by == "" {
		by = tr.T("cli.color-key")
	}
	if o.result.Device != "" {
		by += ", " + o.result.Device
	}
	fmt.Fprintf(r.lines, "%s -> %s  %dx%d  %s  %.1f s\n", o.in.path, o.saved,
		o.size.X, o.size.Y, by, o.took.Seconds())
	if o.result.Note != "" {
		fmt.Fprintf(r.lines, "  %s\n", tr.T(o.result.Note))
	}
}

func (o outcome) line() line {
	l := line{Input: o.in.path, Output: o.saved, Width: o.size.X, Height: o.size.Y,
		Seconds: float64(o.took.Milliseconds()) / 1000}
	if o.result != nil {
		l.Method, l.Model, l.Device = string(o.result.Method), o.result.Model, o.result.Device
		l.Note = o.result.Note
	}
	if o.err != nil {
		l.Error = fault.Of(o.err).String()
		l.Message, l.Hint = say.Sentence(o.err)
	}
	return l
}
