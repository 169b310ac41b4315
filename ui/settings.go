package ui

import (
	"context"
	"fmt"
	"image/color"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"

	"kirinuki/app/settings"
	"kirinuki/assets/tr"
	"kirinuki/ui/look"
	"kirinuki/ui/ports"
	"kirinuki/ui/widgets"
	"kirinuki/ui/words"
)

// showSettings opens the page of choices. Each holds as soon as it is made.
func (w *Window) showSettings() { w.settingsAt(0) }

// settingsAt opens it scrolled, which is how it stays where it was when the
// language changes.
func (w *Window) settingsAt(offset float32) {
	p := &settingsPage{w: w}
	body := container.New(layout.NewCustomPaddedVBoxLayout(26),
		p.general(), p.removing(), p.networks(), p.saving(), p.privacy())
	s := w.showSheet(words.T("settings.title"), body, nil, fyne.NewSize(680, 640))
	if offset > 0 {
		s.scroll.ScrollToOffset(fyne.NewPos(0, offset))
	}
}

type settingsPage struct{ w *Window }

func (p *settingsPage) now() settings.Settings { return p.w.Deps.Settings.Get() }

// oneOf is a choice among values, shown by their words.
func (p *settingsPage) oneOf(values, names []string, now string, set func(*settings.Settings, string), then func()) *widgets.Select {
	s := widgets.NewSelect(names, func(i int) {
		if i < 0 {
			return
		}
		p.w.update(func(s *settings.Settings) { set(s, values[i]) })
		if then != nil {
			then()
		} else {
			p.w.refreshAll()
		}
	})
	s.Put(max(0, slices.Index(values, now)))
	return s
}

// trust gives the device that was just chosen another chance.
func (p *settingsPage) trust() {
	if p.w.Engine != nil {
		p.w.Engine.Trust(p.now().Device)
	}
	p.w.refreshAll()
}

func (p *settingsPage) named(key string, values ...string) []string {
	names := make([]string, len(values))
	for i, v := range values {
		names[i] = words.T(key + "." + v)
	}
	return names
}

func (p *settingsPage) general() fyne.CanvasObject {
	// A new language or theme makes everything anew, this page too.
	again := func() {
		offset := float32(0)
		if p.w.sheet != nil {
			offset = p.w.sheet.scroll.Offset.Y
		}
		p.w.closeSheet()
		p.w.rebuild()
		p.w.settingsAt(offset)
	}
	languages, names := []string{""}, []string{words.T("settings.language.system")}
	for _, l := range tr.Languages {
		languages, names = append(languages, l), append(names, words.LanguageNames[l])
	}
	themes := []string{"system", "light", "dark"}
	return group(words.T("settings.general"),
		newLine(words.T("settings.language"), p.oneOf(languages, names, p.now().Language, func(s *settings.Settings, v string) { s.Language = v }, again)),
		newLine(words.T("settings.theme"), p.oneOf(themes, p.named("settings.theme", themes...), p.now().Theme, func(s *settings.Settings, v string) { s.Theme = v }, again)))
}

func (p *settingsPage) removing() fyne.CanvasObject {
	qualities, edges, methods := []string{"best", "fast"}, []string{"fine", "fast", "off"}, []string{"auto", "network", "key"}
	devices := []string{"auto"}
	if p.w.Engine != nil {
		devices = p.w.Engine.Devices()
	}
	var deviceNames []string
	for _, d := range devices {
		if words.Has("device." + d) {
			deviceNames = append(deviceNames, words.T("device."+d))
		} else {
			deviceNames = append(deviceNames, strings.ToUpper(d))
		}
	}
	holes := widgets.NewCheck(words.T("method.holes"), func(on bool) {
		p.w.update(func(s *settings.Settings) { s.Holes = on })
	})
	holes.Put(p.now().Holes)
	return group(words.T("settings.removing"),
		newLine(words.T("settings.quality"), p.oneOf(qualities, p.named("settings.quality", qualities...), p.now().Quality, func(s *settings.Settings, v string) { s.Quality = v }, nil)),
		newLine(words.T("settings.device"), p.oneOf(devices, deviceNames, p.now().Device, func(s *settings.Settings, v string) { s.Device = v }, p.trust)),
		newLine(words.T("settings.edges"), p.oneOf(edges, p.named("settings.edges", edges...), p.now().Edges, func(s *settings.Settings, v string) { s.Edges = v }, nil)),
		newLine(words.T("settings.method"), p.oneOf(methods, p.named("method", methods...), p.now().Method, func(s *settings.Settings, v string) { s.Method = v }, nil)),
		newLine("", holes))
}

// networks lists what there is to remove backgrounds with, with licences.
func (p *settingsPage) networks() fyne.CanvasObject {
	var models []Model
	if p.w.Engine != nil {
		models = p.w.Engine.Models()
	}
	values, names := []string{""}, []string{words.T("settings.model.best")}
	var rows []fyne.CanvasObject
	for _, m := range models {
		title, licence := m.Title, m.Licence
		if key := "model." + m.Name; words.Has(key + ".title") {
			title, licence = words.T(key+".title"), words.T(key+".licence")
		} else if m.Note != "" {
			licence += words.T("model.gap") + m.Note
		}
		if title == "" {
			title = m.Name
		}
		state, ink := words.T("model.absent"), look.ColorMuted
		if m.Installed {
			state, ink = words.T("model.installed"), theme.ColorNameSuccess
			values, names = append(values, m.Name), append(names, title)
		}
		name := widgets.NewWords(title, theme.SizeNameText, theme.ColorNameForeground).Cut()
		about := container.New(layout.NewCustomPaddedLayout(-7, -6, -8, 0), smallProse(licence))
		rows = append(rows, container.New(layout.NewCustomPaddedVBoxLayout(0),
			container.NewBorder(nil, nil, nil, widgets.NewWords(state, theme.SizeNameCaptionText, ink), name), about))
	}
	add := widgets.NewButton(words.T("settings.model.add"), look.IconPlus, widgets.Solid, p.addModel).
		WithTip(words.T("settings.model.add.tip"), "")
	lines := []fyne.CanvasObject{newLine(words.T("settings.model"), p.oneOf(values, names, p.now().Model, func(s *settings.Settings, v string) { s.Model = v }, nil))}
	lines = append(lines, rows...)
	lines = append(lines, container.NewHBox(add))
	return group(words.T("settings.networks"), lines...)
}

func (p *settingsPage) addModel() {
	w := p.w
	w.ask(ports.Question{
		Kind: ports.OpenFile, Title: words.T("settings.model.add"), Accept: words.T("button.open"),
		Filter: words.T("files.models"), Extensions: []string{"onnx"},
	}, func(paths []string) {
		w.banner.note(words.T("model.adding", filepath.Base(paths[0])))
		w.work(func(ctx context.Context) {
			name, err := w.Engine.ImportModel(ctx, paths[0])
			onUI(func() {
				if err != nil {
					w.closeSheet()
					w.banner.fail(err)
					return
				}
				w.banner.tell(words.T("model.added", name))
				if w.sheet != nil {
					w.settingsAt(w.sheet.scroll.Offset.Y)
				}
			})
		})
	})
}

func (p *settingsPage) saving() fyne.CanvasObject {
	formats := []string{"png", "webp", "tiff", "jpeg"}
	name := widgets.NewEntry("{name}-cutout", func(v string) {
		p.w.update(func(s *settings.Settings) { s.NamePattern = v })
	})
	name.Put(p.now().NamePattern)
	meta := widgets.NewCheck(words.T("export.metadata"), func(on bool) {
		p.w.update(func(s *settings.Settings) { s.KeepMetadata = on })
	})
	meta.Put(p.now().KeepMetadata)
	backs := widgets.NewSwatches(plainColors[:5], func(c string) {
		p.w.update(func(s *settings.Settings) { s.JPEGBackground = c })
	})
	backs.Put(p.now().JPEGBackground)
	return group(words.T("settings.saving"),
		newLine(words.T("export.format"), p.oneOf(formats, []string{"PNG", "WebP", "TIFF", "JPEG"}, p.now().Format, func(s *settings.Settings, v string) { s.Format = v }, nil)),
		newLine(words.T("settings.jpeg-background"), backs),
		newLine(words.T("export.name"), name),
		newLine("", meta))
}

func (p *settingsPage) privacy() fyne.CanvasObject {
	minutes := []string{"15", "30", "60"}
	clear := p.oneOf(minutes, []string{words.T("minutes", 15), words.T("minutes", 30), words.T("minutes", 60)},
		fmt.Sprint(p.now().ClearAfter), func(s *settings.Settings, v string) { fmt.Sscan(v, &s.ClearAfter) }, nil)
	lines := []fyne.CanvasObject{newLine(words.T("settings.clear-after"), clear)}

	if st := p.w.Statistics; st != nil {
		text := smallProse(p.counters())
		on := widgets.NewCheck(words.T("settings.statistics.on"), func(on bool) {
			p.w.update(func(s *settings.Settings) { s.Statistics = on })
			st.SetOn(on)
		})
		on.Put(p.now().Statistics)
		reset := widgets.NewButton(words.T("settings.statistics.reset"), look.IconNone, widgets.Solid, func() {
			if err := st.Reset(); err != nil {
				p.w.banner.fail(err)
			}
			text.SetText(p.counters())
		})
		lines = append(lines, newLine(words.T("settings.statistics"), on), text, container.NewHBox(reset))
	}
	if log := p.w.Log; log != nil {
		on := widgets.NewCheck(words.T("settings.log.on"), func(on bool) {
			p.w.update(func(s *settings.Settings) { s.Log = on })
			log.SetOn(on)
		})
		on.Put(p.now().Log)
		show := widgets.NewButton(words.T("settings.log.show"), look.IconNone, widgets.Solid, p.showLog)
		drop := widgets.NewButton(words.T("settings.log.delete"), look.IconNone, widgets.Solid, func() {
			if err := log.Delete(); err != nil {
				p.w.banner.fail(err)
			} else {
				p.w.banner.tell(words.T("log.deleted"))
			}
		})
		lines = append(lines, newLine(words.T("settings.log"), on), smallProse(words.T("settings.log.about")), container.NewHBox(show, drop))
	}
	return group(words.T("settings.privacy"), lines...)
}

// counters are all the statistics there are, in full.
func (p *settingsPage) counters() string {
	c := p.w.Statistics.Get()
	text := words.T("statistics.line", c.Pictures, words.Number(c.Megapixels, 1), words.Number(c.Seconds, 0))
	list := func(key string, m map[string]int64) {
		var names []string
		for n := range m {
			names = append(names, n)
		}
		slices.Sort(names)
		for i, n := range names {
			names[i] = fmt.Sprintf("%s %d", n, m[n])
		}
		if len(names) > 0 {
			text += "\n" + words.T(key, strings.Join(names, ", "))
		}
	}
	list("statistics.networks", c.Networks)
	list("statistics.devices", c.Devices)
	list("statistics.failures", c.Failures)
	return text
}

func (p *settingsPage) showLog() {
	text, err := p.w.Log.Read()
	if err != nil {
		p.w.banner.fail(err)
		return
	}
	if text == "" {
		text = words.T("log.empty")
	}
	l := prose(text)
	l.TextStyle.Monospace = true
	l.SizeName = theme.SizeNameCaptionText
	p.w.showSheet(words.T("settings.log"), l, nil, fyne.NewSize(760, 560))
}

// pickColor opens Fyne's colour picker.
func (w *Window) pickColor(now string, then func(string)) {
	d := dialog.NewColorPicker(words.T("color.title"), "", func(c color.Color) {
		n := color.NRGBAModel.Convert(c).(color.NRGBA)
		if n.A == 255 {
			then(fmt.Sprintf("#%02x%02x%02x", n.R, n.G, n.B))
		} else {
			then(fmt.Sprintf("#%02x%02x%02x%02x", n.R, n.G, n.B, n.A))
		}
	}, w.win)
	d.Advanced = true
	if c, err := parseColor(now); err == nil {
		d.SetColor(c)
	}
	d.Show()
}
