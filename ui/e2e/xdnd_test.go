//go:build e2e

package e2e

import (
	"fmt"
	"image"
	"net/url"
	"strings"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// drop drags paths onto the middle of a window and lets go, as a file manager
// does: the XDND protocol, version 5.
func (d *display) drop(window uint32, paths ...string) {
	d.t.Helper()
	if err := xdnd(d.name, xproto.Window(window), uriList(paths)); err != nil {
		d.t.Fatalf("drop: %v; the screen then: %s", err, d.screenshot("drop"))
	}
}

// uriList is paths as text/uri-list (RFC 2483).
func uriList(paths []string) string {
	var b strings.Builder
	for _, p := range paths {
		b.WriteString((&url.URL{Scheme: "file", Path: p}).String() + "\r\n")
	}
	return b.String()
}

// source is the dragging side of one drag.
type source struct {
	x      *xgb.Conn
	window xproto.Window
	atoms  map[string]xproto.Atom
}

func xdnd(display string, target xproto.Window, uris string) error {
	x, err := xgb.NewConnDisplay(display)
	if err != nil {
		return err
	}
	defer x.Close()
	screen := xproto.Setup(x).DefaultScreen(x)
	s := &source{x: x, atoms: map[string]xproto.Atom{}}
	if s.window, err = xproto.NewWindowId(x); err != nil {
		return err
	}
	xproto.CreateWindow(x, screen.RootDepth, s.window, screen.Root, 0, 0, 1, 1, 0,
		xproto.WindowClassInputOutput, screen.RootVisual, 0, nil)
	for _, name := range []string{"XdndSelection", "XdndEnter", "XdndPosition", "XdndStatus",
		"XdndDrop", "XdndFinished", "XdndActionCopy", "text/uri-list"} {
		reply, err := xproto.InternAtom(x, false, uint16(len(name)), name).Reply()
		if err != nil {
			return err
		}
		s.atoms[name] = reply.Atom
	}
	xproto.SetSelectionOwner(x, s.window, s.atoms["XdndSelection"], xproto.TimeCurrentTime)
	geometry, err := xproto.GetGeometry(x, xproto.Drawable(target)).Reply()
	if err != nil {
		return err
	}
	at, err := xproto.TranslateCoordinates(x, target, screen.Root,
		int16(geometry.Width/2), int16(geometry.Height/2)).Reply()
	if err != nil {
		return err
	}
	s.send(target, "XdndEnter", uint32(s.window), 5<<24, uint32(s.atoms["text/uri-list"]), 0, 0)
	s.send(target, "XdndPosition", uint32(s.window), 0, uint32(at.DstX)<<16|uint32(at.DstY),
		xproto.TimeCurrentTime, uint32(s.atoms["XdndActionCopy"]))
	if err := s.await("XdndStatus", uris); err != nil {
		return err
	}
	s.send(target, "XdndDrop", uint32(s.window), 0, xproto.TimeCurrentTime, 0, 0)
	return s.await("XdndFinished", uris)
}

// send sends a client message of the protocol to the target.
func (s *source) send(target xproto.Window, kind string, data ...uint32) {
	e := xproto.ClientMessageEvent{Format: 32, Window: target, Type: s.atoms[kind],
		Data: xproto.ClientMessageDataUnionData32New(data)}
	xproto.SendEvent(s.x, false, target, xproto.EventMaskNoEvent, string(e.Bytes()))
}

// await answers requests for the dragged data until the target sends kind.
func (s *source) await(kind, uris string) error {
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		event, err := s.x.PollForEvent()
		if err != nil {
			return err
		}
		switch e := event.(type) {
		case xproto.ClientMessageEvent:
			if e.Type != s.atoms[kind] {
				continue
			}
			if kind == "XdndStatus" && e.Data.Data32[1]&1 == 0 {
				return fmt.Errorf("the window does not accept the drop")
			}
			return nil
		case xproto.SelectionRequestEvent:
			xproto.ChangeProperty(s.x, xproto.PropModeReplace, e.Requestor, e.Property, e.Target, 8,
				uint32(len(uris)), []byte(uris))
			answer := xproto.SelectionNotifyEvent{Time: e.Time, Requestor: e.Requestor,
				Selection: e.Selection, Target: e.Target, Property: e.Property}
			xproto.SendEvent(s.x, false, e.Requestor, xproto.EventMaskNoEvent, string(answer.Bytes()))
		}
	}
	return fmt.Errorf("no %s came", kind)
}

// paintRoot makes a picture file the screen's backdrop.
func (d *display) paintRoot(img image.Image) error {
	x, err := xgb.NewConnDisplay(d.name)
	if err != nil {
		return err
	}
	defer x.Close()
	xproto.SetCloseDownMode(x, xproto.CloseDownRetainPermanent) // the backdrop outlives the connection
	screen := xproto.Setup(x).DefaultScreen(x)
	size := img.Bounds().Size()
	pixmap, err := xproto.NewPixmapId(x)
	if err != nil {
		return err
	}
	xproto.CreatePixmap(x, screen.RootDepth, pixmap, xproto.Drawable(screen.Root), uint16(size.X), uint16(size.Y))
	gc, err := xproto.NewGcontextId(x)
	if err != nil {
		return err
	}
	xproto.CreateGC(x, gc, xproto.Drawable(pixmap), 0, nil)
	row := make([]byte, 4*size.X) // one row a request stays below the protocol's limit
	for y := range size.Y {
		for i := range size.X {
			r, g, b, _ := img.At(i, y).RGBA()
			row[4*i], row[4*i+1], row[4*i+2] = byte(b>>8), byte(g>>8), byte(r>>8)
		}
		xproto.PutImage(x, xproto.ImageFormatZPixmap, xproto.Drawable(pixmap), gc, uint16(size.X), 1, 0, int16(y), 0, screen.RootDepth, row)
	}
	xproto.ChangeWindowAttributes(x, screen.Root, xproto.CwBackPixmap, []uint32{uint32(pixmap)})
	return xproto.ClearAreaChecked(x, false, screen.Root, 0, 0, 0, 0).Check()
}
