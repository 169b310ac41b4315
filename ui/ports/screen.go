package ports

import (
	"context"
	"image"
	"time"

	"github.com/kbinani/screenshot"

	"kirinuki/engine/fault"
)

// Screen takes pictures of the screen.
type Screen struct{}

// screenPatience is how long the desktop may take to ask the person. A portal
// that is denied never answers.
const screenPatience = 40 * time.Second

// Grab returns all displays as one picture. The window must be out of the
// way already.
func (Screen) Grab(ctx context.Context) (image.Image, error) {
	type answer struct {
		img image.Image
		err error
	}
	got := make(chan answer, 1)
	go func() {
		defer func() {
			if r := recover(); r != nil {
				got <- answer{nil, fault.Newf(fault.NoDevice, "", "screen: %v", r)}
			}
		}()
		img, err := grab()
		got <- answer{img, err}
	}()
	late := time.NewTimer(screenPatience)
	defer late.Stop()
	select {
	case a := <-got:
		return a.img, a.err
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-late.C:
		return nil, fault.Newf(fault.NoDevice, "", "the desktop did not answer")
	}
}

func grab() (image.Image, error) {
	var all image.Rectangle
	for i := range screenshot.NumActiveDisplays() {
		all = all.Union(screenshot.GetDisplayBounds(i))
	}
	if all.Empty() {
		return nil, fault.Newf(fault.NoDevice, "", "no display to take a picture of")
	}
	img, err := screenshot.CaptureRect(all)
	if err != nil {
		return nil, fault.New(fault.NoDevice, "", err)
	}
	return img, nil
}
