package ui

import (
	"fmt"
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"kirinuki/app/settings"
	"kirinuki/engine/compose"
	"kirinuki/engine/picture"
	"kirinuki/ui/ports"
	"kirinuki/ui/widgets"
	"kirinuki/ui/words"
)

// exportPanel says what kind of file is written, and writes it.
type exportPanel struct {
	w       *Window
	body    *fyne.Container
	preset  *widgets.Select
	chosen  string // the preset that was chosen last
	keep    *widgets.Button
	forget  *widgets.Button
	folder  string // "" for beside the original
	where   *widgets.Select
	size    *widgets.Words
	sized   string // what the size was estimated for
	format  *widgets.Segments
	quality *widgets.Slider
	name    *widgets.Entry
	example *widgets.Words
	meta    *widgets.Check
	mask    *widgets.Check
	save    *widgets.Button
	saveAs  *widgets.Button
	saveAll *widgets.Button
}

var exportFormats = []picture.Format{picture.PNG, picture.WebP, picture.TIFF, picture.JPEG}

func newExport(w *Window) section {
	p := &exportPanel{w: w}
	p.format = widgets.NewSegments([]widgets.Segment{
		{Text: "PNG", Tip: words.T("format.png")}, {Text: "WebP", Tip: words.T("format.webp")},
		{Text: "TIFF", Tip: words.T("format.tiff")}, {Text: "JPEG", Tip: words.T("format.jpeg")},
	}, func(i int) {
		w.update(func(s *settings.Settings) { s.Format = string(exportFormats[i]) })
		p.refresh()
	})
	p.quality = widgets.NewSlider(words.T("export.quality"), 1, 100, 1, func(v float64) string { return fmt.Sprintf("%.0f", v) })
	p.quality.OnChanged = func(v float64) { w.update(func(s *settings.Settings) { s.JPEGQuality = int(v) }) }
	p.name = widgets.NewEntry(compose.DefaultPattern, func(s string) {
		w.update(func(set *settings.Settings) { set.NamePattern = s })
		p.refresh()
	})
	p.example = widgets.NewCaption("").Cut()
	p.meta = widgets.NewCheck(words.T("export.metadata"), func(on bool) {
		w.update(func(s *settings.Settings) { s.KeepMetadata = on })
	})
	p.mask = widgets.NewCheck(words.T("export.mask"), nil)
	p.save = w.actionButton("save", widgets.Accent)
	p.saveAs = w.actionButton("save-as", widgets.Solid)
	p.saveAll = w.actionButton("save-all", widgets.Solid)
	p.preset = widgets.NewSelect(nil, p.usePreset)
	p.preset.PlaceHolder = words.T("preset.choose")
	p.keep = widgets.NewButton(words.T("button.keep-preset"), "", widgets.Solid, p.keepPreset).WithTip(words.T("preset.keep"), "")
	p.forget = widgets.NewButton(words.T("preset.forget"), "", widgets.Solid, p.forgetPreset)
	p.size = widgets.NewCaption("").Cut()
	p.where = widgets.NewSelect(nil, p.setFolder)
	p.body = column(
		named(words.T("export.preset"), p.preset), container.NewGridWithColumns(2, p.keep, p.forget),
		named(words.T("export.format"), p.format), p.quality,
		named(words.T("export.name"), p.name), p.example, p.size, named(words.T("export.folder"), p.where),
		p.meta, p.mask, p.save, p.saveAs, p.saveAll)
	return p
}

// listFolders shows where files go: beside the original, into the folder that
// was chosen, or into one still to be chosen.
func (p *exportPanel) listFolders() {
	names := []string{words.T("export.beside")}
	if p.folder != "" {
		names = append(names, words.Shorten(filepath.Base(p.folder), 24))
	}
	p.where.SetNames(append(names, words.T("export.choose")))
	p.where.Put(len(names) - 1)
}

func (p *exportPanel) setFolder(i int) {
	switch i {
	case 0:
		p.folder = ""
		p.refresh()
	case len(p.where.Options) - 1:
		p.w.ask(ports.Question{
			Kind: ports.OpenFolder, Title: words.T("export.folder"), Accept: words.T("button.choose"),
			Dir: p.w.Deps.Settings.Get().SaveFolder,
		}, func(paths []string) {
			p.folder = paths[0]
			p.w.update(func(s *settings.Settings) { s.SaveFolder = paths[0] })
			p.refresh()
		})
		p.listFolders() // until it is chosen
	}
}

func (p *exportPanel) content() fyne.CanvasObject { return p.body }
func (p *exportPanel) enter()                     {}
func (p *exportPanel) leave()                     {}
func (p *exportPanel) key(*fyne.KeyEvent) bool    { return false }

func (p *exportPanel) refresh() {
	s := p.w.Deps.Settings.Get()
	for i, f := range exportFormats {
		if string(f) == s.Format {
			p.format.SetChosen(i)
		}
	}
	setVisible(p.quality, s.Format == string(picture.JPEG))
	p.quality.SetValue(float64(s.JPEGQuality))
	p.name.Put(s.NamePattern)
	p.meta.Put(s.KeepMetadata)
	item, ok := p.w.list.item()
	name := "photo.jpg"
	if ok {
		name = item.Name
	}
	p.example.SetText(words.T("export.example", compose.FileName(s.NamePattern, name, 1, picture.Format(s.Format))))
	p.save.SetEnabled(p.w.actions.get("save").enabled())
	p.saveAs.SetEnabled(p.w.actions.get("save-as").enabled())
	p.saveAll.SetEnabled(p.w.actions.get("save-all").enabled())
	setVisible(p.saveAll, len(p.w.list.items) > 1)
	p.listPresets()
	p.listFolders()
	if ok && hasResult(item) {
		p.estimate(item)
	} else {
		p.size.SetText("")
	}
}
