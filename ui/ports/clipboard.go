package ports

import (
	"bufio"
	"context"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.design/x/clipboard"

	"kirinuki/engine/fault"
)

// Pasted is what was on the clipboard: paths of files, or one encoded
// picture. Both are empty where it held neither.
type Pasted struct {
	Paths []string
	Data  []byte
}

// Clipboard is the desktop's clipboard.
type Clipboard struct{}

// clipboardPatience is how long another program may take to hand over what it
// copied.
const clipboardPatience = 8 * time.Second

var clipboardReady = sync.OnceValue(clipboard.Init)

// Read returns the files or the picture on the clipboard. Files come first:
// a file manager may put an icon beside them.
func (Clipboard) Read(ctx context.Context) (Pasted, error) {
	return patiently(ctx, func(ctx context.Context) (Pasted, error) {
		if err := clipboardReady(); err != nil {
			return Pasted{}, err
		}
		formats, err := clipboard.Formats(ctx)
		if err != nil {
			return Pasted{}, err
		}
		if slices.Contains(formats, clipboard.FmtFiles) {
			if paths, err := clipboard.ReadFiles(ctx); err == nil && len(paths) > 0 {
				return Pasted{Paths: paths}, nil
			}
		}
		for _, mime := range imageTypes(formats) {
			// The bytes as they are: what they are is found out by content.
			if data, err := clipboard.Read(ctx, clipboard.Register(mime)); err == nil && len(data) > 0 {
				return Pasted{Data: data}, nil
			}
		}
		if slices.Contains(formats, clipboard.FmtImage) {
			if data, err := clipboard.Read(ctx, clipboard.FmtImage); err == nil && len(data) > 0 {
				return Pasted{Data: data}, nil
			}
		}
		if text, err := clipboard.Read(ctx, clipboard.FmtText); err == nil {
			return Pasted{Paths: pathsIn(string(text))}, nil
		}
		return Pasted{}, nil
	})
}

// imageTypes returns the picture types among formats, the exact ones first.
func imageTypes(formats []clipboard.Format) []string {
	prefer := []string{"image/png", "image/webp", "image/tiff", "image/bmp", "image/x-bmp", "image/jpeg", "image/gif"}
	var types []string
	for _, f := range formats {
		if m := f.MIME(); strings.HasPrefix(m, "image/") && f != clipboard.FmtImage {
			types = append(types, m)
		}
	}
	if slices.Contains(formats, clipboard.FmtImage) && !slices.Contains(types, "image/png") {
		types = append(types, "image/png")
	}
	slices.SortStableFunc(types, func(a, b string) int {
		rank := func(s string) int {
			if i := slices.Index(prefer, s); i >= 0 {
				return i
			}
			return len(prefer)
		}
		return rank(a) - rank(b)
	})
	return types
}

// pathsIn returns the paths of existing files that text names, one a line.
func pathsIn(text string) []string {
	var paths []string
	lines := bufio.NewScanner(strings.NewReader(text))
	for lines.Scan() && len(paths) < 10_000 {
		p, ok := PathOf(lines.Text())
		if !ok {
			continue
		}
		if _, err := os.Stat(p); err == nil {
			paths = append(paths, p)
		}
	}
	return paths
}

// WriteImage puts a PNG on the clipboard. On X11 and Wayland it stays there
// for as long as the program runs.
func (Clipboard) WriteImage(ctx context.Context, png []byte) error {
	_, err := patiently(ctx, func(context.Context) (struct{}, error) {
		if err := clipboardReady(); err != nil {
			return struct{}{}, err
		}
		// Not the context with the deadline: the bytes are served beyond it.
		_, err := clipboard.Write(context.Background(), clipboard.FmtImage, png)
		return struct{}{}, err
	})
	return err
}

// patiently runs f on a goroutine of its own and gives up on it after a
// while, since the other end of the clipboard may never answer.
func patiently[T any](ctx context.Context, f func(context.Context) (T, error)) (T, error) {
	ctx, cancel := context.WithTimeout(ctx, clipboardPatience)
	type answer struct {
		v   T
		err error
	}
	got := make(chan answer, 1)
	go func() {
		defer cancel()
		defer func() {
			if r := recover(); r != nil {
				got <- answer{err: fault.Newf(fault.Internal, "", "clipboard: %v", r)}
			}
		}()
		v, err := f(ctx)
		got <- answer{v, err}
	}()
	select {
	case a := <-got:
		return a.v, a.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}
