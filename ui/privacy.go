package ui

import (
	"context"
	"os"
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"

	"kirinuki/app/privacy"
	"kirinuki/assets/tr"
	"kirinuki/engine/fault"
	"kirinuki/ui/look"
	"kirinuki/ui/ports"
	"kirinuki/ui/widgets"
	"kirinuki/ui/words"
)

// showPrivacy opens the policy with how each promise stands at this moment.
func (w *Window) showPrivacy() {
	p := &privacyPage{w: w, doc: privacy.Policy(tr.Lang()), places: map[string][]*fyne.Container{}}
	again := widgets.NewButton(words.T("privacy.again"), look.IconRetry, widgets.Solid, p.measure)
	export := widgets.NewButton(words.T("privacy.export"), look.IconExport, widgets.Solid, p.export)
	clear := widgets.NewButton(words.T("button.clear"), look.IconTrash, widgets.Solid, func() {
		w.closeSheet()
		w.askToClear()
	})
	foot := container.NewHBox(again, export, clear)
	w.showSheet(p.doc.Title, p.body(), foot, fyne.NewSize(760, 720))
	p.measure()
}

type privacyPage struct {
	w      *Window
	doc    privacy.Document
	facts  []privacy.Fact
	places map[string][]*fyne.Container // where each fact is shown
}

func (p *privacyPage) body() fyne.CanvasObject {
	d := p.doc
	page := container.New(layout.NewCustomPaddedVBoxLayout(6))
	page.Add(smallProse(words.T("privacy.edition", d.Version, d.Date) + words.T("sentence.gap") + d.Binding))
	for _, t := range d.Intro {
		page.Add(prose(t))
	}
	page.Add(title(d.ShortTitle))
	for _, s := range d.Short {
		head := prose(s.Title)
		head.TextStyle.Bold = true
		card := container.New(layout.NewCustomPaddedVBoxLayout(-4), head, prose(s.Text))
		p.addFacts(card, s.Facts)
		page.Add(inCard(card))
	}
	for _, s := range d.Parts {
		p.section(page, s, true)
	}
	return page
}

func title(text string) fyne.CanvasObject {
	return container.New(layout.NewCustomPaddedLayout(16, 2, 8, 0), widgets.NewHeading(text))
}

func inCard(o fyne.CanvasObject) fyne.CanvasObject {
	back := widgets.NewCard(theme.ColorNameInputBackground, "", 10)
	return container.NewStack(back, container.New(layout.NewCustomPaddedLayout(4, 8, 6, 6), o))
}

func (p *privacyPage) section(page *fyne.Container, s privacy.Section, top bool) {
	if top {
		page.Add(title(s.Number + "  " + s.Title))
	} else {
		head := prose(s.Number + "  " + s.Title)
		head.TextStyle.Bold = true
		page.Add(head)
	}
	for _, t := range s.Text {
		page.Add(prose(t))
	}
	if s.Service != "" {
		pair := func(name, text string) fyne.CanvasObject {
			l := smallProse(name)
			return container.New(layout.NewCustomPaddedVBoxLayout(-10), l, prose(text))
		}
		page.Add(inCard(container.New(layout.NewCustomPaddedVBoxLayout(0), pair(p.doc.ServiceTitle, s.Service), pair(p.doc.ProgramTitle, s.Program))))
	}
	p.addFacts(page, s.Facts)
	for _, sub := range s.Sections {
		p.section(page, sub, false)
	}
}

// addFacts keeps a place for facts below what they bear on.
func (p *privacyPage) addFacts(to *fyne.Container, ids []string) {
	for _, id := range ids {
		place := container.New(layout.NewCustomPaddedVBoxLayout(0))
		p.places[id] = append(p.places[id], place)
		to.Add(place)
	}
}

// measure finds out how every promise stands, now.
func (p *privacyPage) measure() {
	if p.w.Privacy == nil {
		return
	}
	language := tr.Lang()
	p.w.work(func(context.Context) {
		facts := p.w.Privacy.Facts(language)
		onUI(func() {
			p.facts = facts
			for _, f := range facts {
				for _, place := range p.places[f.ID] {
					place.RemoveAll()
					place.Add(factRow(f))
				}
			}
		})
	})
}

// factRow says how a promise stands and by which means.
func factRow(f privacy.Fact) fyne.CanvasObject {
	icon, ink := look.IconDone, theme.ColorNameSuccess
	switch f.State {
	case privacy.Unenforced:
		icon, ink = look.IconInfo, theme.ColorNameWarning
	case privacy.NotInEffect:
		icon, ink = look.IconFailed, theme.ColorNameError
	}
	text := smallProse(f.Promise + words.T("fact.gap") + words.T("fact."+string(f.State)) + words.T("sentence.stop") + f.Detail)
	mark := container.New(layout.NewCustomPaddedLayout(7, 0, 8, 0), container.New(layout.NewCustomPaddedVBoxLayout(0), widgets.NewIcon(icon, ink)))
	how := smallProse(f.Mechanism)
	return container.NewBorder(nil, nil, mark, nil, container.New(layout.NewCustomPaddedVBoxLayout(-14), text, how))
}

// export saves the page, facts included, as a file to print or keep.
func (p *privacyPage) export() {
	page := p.doc.HTML(p.facts)
	p.w.ask(ports.Question{
		Kind: ports.SaveFile, Title: words.T("privacy.export"), Accept: words.T("button.save"),
		Name: "kirinuki-privacy-" + p.doc.Lang + ".html", Dir: p.w.Deps.Settings.Get().SaveFolder,
	}, func(paths []string) {
		path := paths[0]
		if filepath.Ext(path) == "" {
			path += ".html"
		}
		err := os.WriteFile(path, []byte(page), 0o644)
		p.w.closeSheet()
		if err != nil {
			p.w.banner.fail(fault.About(filepath.Base(path), err))
			return
		}
		p.w.banner.tell(words.T("save.done", filepath.Base(path)), p.w.reveal(filepath.Dir(path)))
	})
}
