//go:build cgo

package app

import (
	"context"
	"image"
	"os"
	"path/filepath"
	"testing"
	"time"

	"kirinuki/engine"
	"kirinuki/engine/infer/infertest"
)

// BenchmarkFirstLook12MP adds a JPEG of twelve megapixels to a workspace with
// the real engine and waits for the first cut-out that can be looked at, at
// the size of a screen: from the drop to the preview, without the window's
// own drawing. KIRINUKI_PHOTO is another file to take.
func BenchmarkFirstLook12MP(b *testing.B) {
	e := engine.New(engine.Config{Library: infertest.Library(b)})
	defer e.Close()
	path := os.Getenv("KIRINUKI_PHOTO")
	if path == "" {
		path = filepath.Join(b.TempDir(), "photo.jpg")
		if err := os.WriteFile(path, jpegOf(disc(4000, 3000)), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	if err := e.Warm(context.Background(), engine.BuiltIn, "cpu"); err != nil {
		b.Fatal(err)
	}
	w := Open(Config{Remover: e})
	defer w.Close()
	for b.Loop() {
		id := w.Add(Source{Path: path})[0]
		w.Prefer(id)
		began := time.Now()
		for {
			s, err := w.Show(context.Background(), id, image.Pt(1200, 900))
			if err == nil && s.After != nil {
				break
			}
			if time.Since(began) > time.Minute {
				b.Fatal("nothing to see: ", err)
			}
			time.Sleep(time.Millisecond)
		}
		b.StopTimer()
		if err := w.Wait(context.Background()); err != nil {
			b.Fatal(err)
		}
		w.Remove(id)
		b.StartTimer()
	}
}
