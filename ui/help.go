package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"

	"kirinuki/assets"
	"kirinuki/engine/compose"
	"kirinuki/ui/look"
	"kirinuki/ui/widgets"
	"kirinuki/ui/words"
)

// showKeys lists every key.
func (w *Window) showKeys() {
	page := container.New(layout.NewCustomPaddedVBoxLayout(22))
	row := func(name, keys string) fyne.CanvasObject {
		return container.NewBorder(nil, nil, nil, widgets.NewWords(keys, theme.SizeNameText, look.ColorMuted),
			widgets.NewWords(name, theme.SizeNameText, theme.ColorNameForeground).Cut())
	}
	for _, m := range w.actions.main.Items {
		var rows []fyne.CanvasObject
		for _, i := range m.Items {
			a := w.actions.of[i]
			if a == nil || len(a.keys) == 0 {
				continue
			}
			keys := a.keyName()
			for _, k := range a.keys[1:] {
				keys += ",  " + k.String()
			}
			rows = append(rows, row(a.title(), keys))
		}
		page.Add(group(m.Label, rows...))
	}
	var brush []fyne.CanvasObject
	for _, t := range touchTools {
		brush = append(brush, row(words.T("tool."+t.id+".tip"), string(t.key)))
	}
	brush = append(brush, row(words.T("keys.size"), "[  ]"), row(words.T("keys.hardness"), "Shift+[  ]"),
		row(words.T("keys.swap"), "X"), row(words.T("veil.tip"), "O"))
	page.Add(group(words.T("action.section.touchup"), brush...))
	page.Add(group(words.T("action.section.crop"), row(words.T("crop.trim"), "T")))
	page.Add(group(words.T("keys.pointer"),
		row(words.T("keys.wheel"), words.T("keys.wheel.key")), row(words.T("keys.pan"), words.T("keys.pan.key")),
		row(words.T("keys.space"), words.T("keys.space.key"))))
	w.showSheet(words.T("action.keys"), page, nil, fyne.NewSize(560, 640))
}

// showAbout says what the program is and whose work is in it.
func (w *Window) showAbout() {
	icon := canvas.NewImageFromResource(fyne.NewStaticResource("kirinuki.png", assets.Icon()))
	icon.FillMode = canvas.ImageFillContain
	icon.SetMinSize(fyne.NewSquareSize(88))
	name := widgets.NewWords("Kirinuki", theme.SizeNameHeadingText, theme.ColorNameForeground).Bold()
	version := w.Version
	if version == "" {
		version = "–"
	}
	page := container.New(layout.NewCustomPaddedVBoxLayout(10),
		icon, container.NewCenter(name), container.NewCenter(widgets.NewCaption(words.T("about.version", version))),
		prose(words.T("about.text")), smallProse(words.T("about.licences")))
	w.showSheet(words.T("action.about"), page, nil, fyne.NewSize(520, 520))
}

func parseColor(s string) (color.NRGBA, error) { return compose.ParseColor(s) }
