package ui

import (
	"context"
	"fmt"
	"image"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/widget"

	"kirinuki/app"
	"kirinuki/app/settings"
	"kirinuki/engine/compose"
	"kirinuki/engine/picture"
	"kirinuki/ui/words"
)

// presets are those that come with the program, then the person's own.
func (p *exportPanel) presets() []compose.Preset {
	return append(compose.Presets(), p.w.Deps.Settings.Get().Presets...)
}

func presetName(x compose.Preset) string {
	if key := "preset." + x.Name; words.Has(key) {
		return words.T(key)
	}
	return x.Name
}

// listPresets shows the presets, and the one that holds as chosen.
func (p *exportPanel) listPresets() {
	e, s := p.w.edit().Look(), p.w.Deps.Settings.Get()
	var names []string
	at := -1
	for i, x := range p.presets() {
		names = append(names, presetName(x))
		if (at < 0 || x.Name == p.chosen) && x.Edit.Equal(e) && string(x.Export.FileFormat()) == s.Format {
			at = i
		}
	}
	p.preset.SetNames(names)
	p.preset.Put(at)
	p.forget.SetEnabled(at >= len(compose.Presets()))
}

// usePreset gives the picture a preset's look and saving its way of saving.
// Strokes and parts stay: they belong to the picture.
func (p *exportPanel) usePreset(i int) {
	all := p.presets()
	if i < 0 || i >= len(all) {
		return
	}
	x := all[i]
	p.chosen = x.Name
	p.w.update(func(s *settings.Settings) {
		s.Format = string(x.Export.FileFormat())
		if x.Export.Quality > 0 {
			s.JPEGQuality = x.Export.Quality
		}
		if x.Export.NamePattern != "" {
			s.NamePattern = x.Export.NamePattern
		}
		s.KeepMetadata = x.Export.KeepMetadata
	})
	p.mask.Put(x.Export.Mask)
	p.folder = x.Export.Folder
	p.w.change("undo.preset", func(e *compose.Edit) {
		n := x.Edit.Clone()
		n.Strokes, n.Parts = e.Strokes, e.Parts
		*e = n
	})
	p.refresh()
}

// keepPreset asks for a name and keeps the picture's look under it.
func (p *exportPanel) keepPreset() {
	name := widget.NewEntry()
	name.SetPlaceHolder(words.T("preset.name"))
	d := dialog.NewForm(words.T("preset.keep"), words.T("button.save"), words.T("button.cancel"),
		[]*widget.FormItem{widget.NewFormItem(words.T("preset.name"), name)}, func(ok bool) {
			if n := strings.TrimSpace(name.Text); ok && n != "" {
				p.store(n)
			}
		}, p.w.win)
	d.Resize(fyne.NewSize(min(420, p.w.win.Canvas().Size().Width-40), 190))
	d.Show()
	p.w.win.Canvas().Focus(name)
}

// store keeps the picture's look and the way of saving under a name.
func (p *exportPanel) store(name string) {
	x := compose.Preset{Name: name, Edit: p.w.edit().Look(), Export: p.w.side.export()}
	p.w.update(func(s *settings.Settings) {
		kept := s.Presets[:0:0]
		for _, old := range s.Presets {
			if old.Name != name {
				kept = append(kept, old)
			}
		}
		s.Presets = append(kept, x)
	})
	p.refresh()
	p.w.banner.tell(words.T("preset.kept", name))
}

// forgetPreset drops the chosen preset if it is one of the person's own.
func (p *exportPanel) forgetPreset() {
	own := p.preset.SelectedIndex() - len(compose.Presets())
	p.w.update(func(s *settings.Settings) {
		if own >= 0 && own < len(s.Presets) {
			s.Presets = append(s.Presets[:own:own], s.Presets[own+1:]...)
		}
	})
	p.refresh()
}

// estimateSide is the size of the copy that the file's size is guessed from.
const estimateSide = 640

// estimate says about how large the file will be. A small copy is encoded
// and its size multiplied, which is right within a third for photographs.
func (p *exportPanel) estimate(item app.Item) {
	x := p.w.side.export()
	key := fmt.Sprint(item.ID, item.Revision, x.Format, x.Quality, x.Mask)
	if key == p.sized {
		return
	}
	p.sized = key
	p.w.work(func(ctx context.Context) {
		time.Sleep(300 * time.Millisecond) // until a drag rests
		s, err := p.w.Workspace.Show(ctx, item.ID, image.Pt(estimateSide, estimateSide))
		if err != nil || s.After == nil {
			return
		}
		var n counter
		if picture.Encode(&n, s.After, picture.Options{Format: x.Format, Quality: x.Quality}) != nil {
			return
		}
		b := s.After.Bounds()
		full := float64(s.Layout.W) * float64(s.Layout.H) / (float64(b.Dx()) * float64(b.Dy()))
		text := words.T("export.size", words.Size(image.Pt(s.Layout.W, s.Layout.H)), words.Bytes(int64(float64(n)*full)))
		onUI(func() {
			if p.sized == key {
				p.size.SetText(text)
			}
		})
	})
}

// counter counts bytes and keeps none.
type counter int64

func (c *counter) Write(b []byte) (int, error) {
	*c += counter(len(b))
	return len(b), nil
}
