package ui

import (
	"runtime"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"

	"kirinuki/ui/look"
	"kirinuki/ui/words"
)

// action is one thing that a person can do: it has one name, and menus,
// buttons and keys all lead to the same function.
type action struct {
	id    string
	icon  look.Icon
	keys  []key // the first is the one shown
	do    func()
	can   func() bool // nil for always
	modal bool        // may also be done while a dialog is open
	w     *Window
}

type key struct {
	name fyne.KeyName
	mod  fyne.KeyModifier
}

const (
	ctrl  = fyne.KeyModifierShortcutDefault // Command on macOS
	shift = fyne.KeyModifierShift
	alt   = fyne.KeyModifierAlt
)

func (a *action) title() string { return words.T("action." + a.id) }

func (a *action) enabled() bool { return a.can == nil || a.can() }

// run does it, unless it cannot be done now.
func (a *action) run() {
	if !a.modal && a.w.win.Canvas().Overlays().Top() != nil {
		return
	}
	if a.enabled() {
		a.do()
	}
}

// keyName is the key as a person knows it: "Ctrl+Shift+S".
func (a *action) keyName() string {
	if len(a.keys) == 0 {
		return ""
	}
	return a.keys[0].String()
}

func (k key) String() string {
	var parts []string
	mac := runtime.GOOS == "darwin"
	add := func(m fyne.KeyModifier, name, macName string) {
		if k.mod&m != 0 {
			if mac {
				name = macName
			}
			parts = append(parts, name)
		}
	}
	add(fyne.KeyModifierControl, "Ctrl", "⌃")
	add(fyne.KeyModifierAlt, "Alt", "⌥")
	add(fyne.KeyModifierShift, "Shift", "⇧")
	add(fyne.KeyModifierSuper, "Super", "⌘")
	name := string(k.name)
	switch k.name {
	case fyne.KeyPlus:
		name = "+"
	case fyne.KeyMinus:
		name = "−"
	case fyne.KeyPageUp:
		name = "PgUp"
	case fyne.KeyPageDown:
		name = "PgDn"
	case fyne.KeyUp:
		name = "↑"
	case fyne.KeyDown:
		name = "↓"
	case fyne.KeyDelete:
		name = "Del"
	case fyne.KeyEscape:
		name = "Esc"
	}
	parts = append(parts, name)
	if mac {
		return strings.Join(parts, "")
	}
	return strings.Join(parts, "+")
}

// actions are all there is to do.
type actions struct {
	w    *Window
	all  []*action
	byID map[string]*action
	main *fyne.MainMenu
	of   map[*fyne.MenuItem]*action
	was  string // which were enabled when the menu was last drawn

	shortcuts map[string]func() // by the name that Fyne gives them
}

func newActions(w *Window) *actions {
	a := &actions{w: w, byID: map[string]*action{}, shortcuts: map[string]func(){}}
	has := func() bool { _, ok := w.list.item(); return ok }
	done := func() bool { i, ok := w.list.item(); return ok && hasResult(i) }
	shows := func() bool { i, ok := w.list.item(); return ok && showsResult(i) }
	// A picture in work can be saved too: it happens as soon as it is done.
	coming := func() bool { i, ok := w.list.item(); return ok && (hasResult(i) || isBusy(i)) }
	k := func(name fyne.KeyName, mod ...fyne.KeyModifier) key {
		var m fyne.KeyModifier
		for _, x := range mod {
			m |= x
		}
		return key{name, m}
	}
	add := func(id string, icon look.Icon, do func(), can func() bool, keys ...key) *action {
		x := &action{id: id, icon: icon, do: do, can: can, keys: keys, w: w}
		a.all = append(a.all, x)
		a.byID[id] = x
		return x
	}
	add("open", look.IconOpen, w.open, nil, k(fyne.KeyO, ctrl))
	add("open-folder", look.IconNone, w.openFolder, nil, k(fyne.KeyO, ctrl, shift))
	add("paste", look.IconPaste, w.paste, nil, k(fyne.KeyV, ctrl))
	add("capture", look.IconCapture, w.capture, nil, k(fyne.KeyK, ctrl), k(desktop.KeyPrintScreen))
	add("save", look.IconSave, w.save, coming, k(fyne.KeyS, ctrl))
	add("save-as", look.IconNone, w.saveAs, done, k(fyne.KeyS, ctrl, shift))
	add("save-all", look.IconNone, w.saveAll, func() bool { return len(w.list.done()) > 0 }, k(fyne.KeyS, ctrl, alt))
	add("copy", look.IconCopy, w.copy, done, k(fyne.KeyC, ctrl))
	add("settings", look.IconSettings, w.showSettings, nil, k(fyne.KeyComma, ctrl))
	add("quit", look.IconNone, w.askToQuit, nil, k(fyne.KeyQ, ctrl)).modal = true

	add("undo", look.IconUndo, w.undo, func() bool { _, ok := w.Workspace.CanUndo(); return ok }, k(fyne.KeyZ, ctrl))
	add("redo", look.IconRedo, w.redo, func() bool { _, ok := w.Workspace.CanRedo(); return ok }, k(fyne.KeyZ, ctrl, shift), k(fyne.KeyY, ctrl))
	add("remove", look.IconTrash, w.removeCurrent, has, k(fyne.KeyDelete), k(fyne.KeyBackspace))
	add("retry", look.IconRetry, w.retryCurrent, has, k(fyne.KeyF5))
	add("stop", look.IconClose, w.stopCurrent, func() bool { i, ok := w.list.item(); return ok && isBusy(i) }, k(fyne.KeyEscape))
	add("stop-all", look.IconNone, w.stopAll, func() bool { return w.list.busy() > 0 }, k(fyne.KeyEscape, shift))
	add("clear", look.IconNone, w.askToClear, func() bool { return len(w.list.items) > 0 }, k(fyne.KeyDelete, ctrl, shift))

	add("previous", look.IconNone, func() { w.list.step(-1) }, has, k(fyne.KeyUp), k(fyne.KeyPageUp))
	add("next", look.IconNone, func() { w.list.step(1) }, has, k(fyne.KeyDown), k(fyne.KeyPageDown))
	add("before", look.IconNone, func() { w.view.toggleBefore() }, has, k(fyne.KeyB))
	add("compare", look.IconSplit, func() { w.view.toggleCompare() }, shows, k(fyne.KeyV))
	add("fit", look.IconFit, func() { w.view.stage.Fit() }, has, k(fyne.Key0))
	add("full-size", look.IconNone, func() { w.view.stage.SetZoom(1) }, has, k(fyne.Key1))
	add("zoom-in", look.IconNone, func() { w.view.stage.ZoomBy(1.25) }, has, k(fyne.KeyPlus), k(fyne.KeyEqual))
	add("zoom-out", look.IconNone, func() { w.view.stage.ZoomBy(1 / 1.25) }, has, k(fyne.KeyMinus))
	add("loupe", look.IconLoupe, func() { w.view.toggleLoupe() }, has, k(fyne.KeyL))
	for i, s := range sections {
		add("section."+s.id, s.icon, func() { w.side.toggle(s.id) }, nil, k([]fyne.KeyName{fyne.KeyF6, fyne.KeyF7, fyne.KeyF8, fyne.KeyF9, fyne.KeyF10}[i]))
	}

	add("privacy", look.IconLock, w.showPrivacy, nil, k(fyne.KeyF1))
	add("keys", look.IconNone, w.showKeys, nil, k(fyne.KeyF2))
	add("about", look.IconNone, w.showAbout, nil)
	return a
}

func (a *actions) get(id string) *action { return a.byID[id] }

// menu makes the main menu, which shows every key.
func (a *actions) menu() *fyne.MainMenu {
	a.of = map[*fyne.MenuItem]*action{}
	menu := func(id string, ids ...string) *fyne.Menu {
		m := fyne.NewMenu(words.T("menu." + id))
		var wide float32
		for _, i := range ids {
			if i != "" {
				wide = max(wide, menuWidth(a.byID[i].title()))
			}
		}
		for _, i := range ids {
			if i == "" {
				m.Items = append(m.Items, fyne.NewMenuItemSeparator())
				continue
			}
			x := a.byID[i]
			item := fyne.NewMenuItem(x.title(), x.run)
			item.Disabled = !x.enabled()
			switch {
			case len(x.keys) == 0:
			case runtime.GOOS == "darwin":
				item.Shortcut = &desktop.CustomShortcut{KeyName: x.keys[0].name, Modifier: x.keys[0].mod}
			default:
				item.Label = withKey(item.Label, x.keyName(), wide)
			}
			a.of[item] = x
			m.Items = append(m.Items, item)
		}
		return m
	}
	file := menu("file", "open", "open-folder", "paste", "capture", "", "save", "save-as", "save-all", "", "settings", "", "quit")
	file.Items[len(file.Items)-1].IsQuit = true
	a.main = fyne.NewMainMenu(
		file,
		menu("edit", "undo", "redo", "", "copy", "", "retry", "stop", "stop-all", "", "remove", "clear"),
		menu("view", "before", "compare", "loupe", "", "fit", "full-size", "zoom-in", "zoom-out", "", "previous", "next", "",
			"section.touchup", "section.background", "section.shadow", "section.crop", "section.export"),
		menu("help", "privacy", "keys", "", "about"),
	)
	return a.main
}

func menuWidth(s string) float32 {
	return fyne.MeasureText(s, look.Size(theme.SizeNameText), fyne.TextStyle{}).Width
}

// withKey puts a key behind a menu's words, in a column of its own. Fyne
// draws the keys of its menus so faintly that they cannot be read.
func withKey(label, key string, wide float32) string {
	for wide += 28; menuWidth(label) < wide; {
		label += " "
	}
	return label + key
}

// refresh greys out what cannot be done now.
func (a *actions) refresh() {
	var now strings.Builder
	for _, x := range a.all {
		if x.enabled() {
			now.WriteByte('1')
		} else {
			now.WriteByte('0')
		}
	}
	if now.String() == a.was || a.main == nil {
		return
	}
	a.was = now.String()
	for item, x := range a.of {
		item.Disabled = !x.enabled()
	}
	a.main.Refresh()
}

// listen makes the keys work: those with a modifier as shortcuts, the others
// wherever no text is being typed.
func (a *actions) listen(c fyne.Canvas) {
	plain := map[fyne.KeyName]*action{}
	shifted := map[fyne.KeyName]*action{}
	for _, x := range a.all {
		for _, k := range x.keys {
			switch {
			case k.mod == 0:
				plain[k.name] = x
			case k.mod == shift:
				shifted[k.name] = x
			default:
				c.AddShortcut(shortcut(k), func(fyne.Shortcut) { x.run() })
				a.shortcuts[shortcut(k).ShortcutName()] = x.run
			}
		}
	}
	c.SetOnTypedKey(func(ev *fyne.KeyEvent) {
		held := fyne.KeyModifier(0)
		if d, ok := fyne.CurrentApp().Driver().(desktop.Driver); ok {
			held = d.CurrentKeyModifiers()
		}
		if held&shift != 0 {
			if x := shifted[ev.Name]; x != nil {
				x.run()
				return
			}
		}
		if a.w.sheet != nil && a.w.sheet.key(ev) {
			return
		}
		if a.w.side.key(ev) {
			return
		}
		if x := plain[ev.Name]; x != nil {
			x.run()
		}
	})
}

// shortcut returns the key as Fyne reports it: some have names of their own.
func shortcut(k key) fyne.Shortcut {
	if k.mod == ctrl {
		switch k.name {
		case fyne.KeyV:
			return &fyne.ShortcutPaste{}
		case fyne.KeyC:
			return &fyne.ShortcutCopy{}
		case fyne.KeyZ:
			return &fyne.ShortcutUndo{}
		case fyne.KeyY:
			return &fyne.ShortcutRedo{}
		}
	}
	return &desktop.CustomShortcut{KeyName: k.name, Modifier: k.mod}
}
