package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

type empty struct{}

func (empty) content() fyne.CanvasObject { return container.NewStack() }
func (empty) refresh()                   {}
func (empty) enter()                     {}
func (empty) leave()                     {}
func (empty) key(*fyne.KeyEvent) bool    { return false }

func newTouchUp(*Window) section    { return empty{} }
func newBackground(*Window) section { return empty{} }
func newShadow(*Window) section     { return empty{} }
func newCrop(*Window) section       { return empty{} }

func (w *Window) showSettings() {}
func (w *Window) showPrivacy()  {}
func (w *Window) showKeys()     {}
func (w *Window) showAbout()    {}
