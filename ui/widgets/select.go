package widgets

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// Select is Fyne's choice among words, by place instead of by word, with the
// window's keys.
type Select struct {
	widget.Select
	quiet bool
}

// NewSelect returns a choice among options.
func NewSelect(options []string, changed func(int)) *Select {
	s := &Select{}
	s.Options = options
	s.OnChanged = func(string) {
		if !s.quiet && changed != nil {
			changed(s.SelectedIndex())
		}
	}
	s.ExtendBaseWidget(s)
	return s
}

// SetNames changes the options.
func (s *Select) SetNames(names []string) {
	if !slices.Equal(s.Options, names) {
		s.Options = names
		s.Refresh()
	}
}

// Put chooses an option without calling back; -1 none.
func (s *Select) Put(i int) {
	s.quiet = true
	if i < 0 || i >= len(s.Options) {
		s.ClearSelected()
	} else {
		s.SetSelectedIndex(i)
	}
	s.quiet = false
}

// TypedKey opens the choice by Space and steps by Up and Down.
func (s *Select) TypedKey(ev *fyne.KeyEvent) {
	switch ev.Name {
	case fyne.KeySpace, fyne.KeyUp, fyne.KeyDown:
		s.Select.TypedKey(ev)
	default:
		PassKey(s, ev)
	}
}
