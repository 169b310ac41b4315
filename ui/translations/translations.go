// Package translations holds the window's words in every language it speaks:
// one flat file of keys a language, and Fyne's own words beside it.
package translations

import "embed"

// FS holds en.json, ja.json, fyne.en.json and fyne.ja.json.
//
//go:embed *.json
var FS embed.FS
