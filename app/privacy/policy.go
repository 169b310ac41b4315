// Package privacy holds the policy and looks at how it is kept. The policy is
// a Document; what can be measured of it is a list of Facts, each found out
// at the moment it is asked for. It promises nothing by itself: the means are
// the cache (app/cache), the offline lock (package offline below), the pinned
// runtime (engine/infer) and the settings.
package privacy

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"

	"kirinuki/assets"
	"kirinuki/assets/tr"
)

//go:embed translations/*.json
var translations embed.FS

// The documents, by language. They come with the program: a broken one is a
// mistake of ours that no test let through.
var documents = map[string]Document{}

func init() {
	if err := tr.AddFS(translations, "translations"); err != nil {
		panic(err)
	}
	for _, lang := range tr.Languages {
		b, err := fs.ReadFile(assets.Policy, "policy/"+lang+".json")
		if err != nil {
			panic(err)
		}
		d := Document{Lang: lang}
		if err := json.Unmarshal(b, &d); err != nil {
			panic(fmt.Errorf("policy/%s.json: %w", lang, err))
		}
		documents[lang] = d
	}
}

// Document is the policy in one language: a short version, then numbered
// parts. Treat it as read-only.
type Document struct {
	Lang    string   `json:"-"`       // "en" or "ja"
	Title   string   `json:"title"`   //
	Version string   `json:"version"` // "1.0"
	Date    string   `json:"date"`    // "2026-11-23"
	Binding string   `json:"binding"` // which language binds
	Intro   []string `json:"intro"`   // paragraphs

	ShortTitle string    `json:"short_title"`
	Short      []Promise `json:"short"` // how pictures are used

	ServiceTitle string    `json:"service_title"` // heads each Section.Service
	ProgramTitle string    `json:"program_title"` // heads each Section.Program
	Parts        []Section `json:"parts"`
}

// Promise is one line of the short version.
type Promise struct {
	ID    string   `json:"id"`
	Title string   `json:"title"`
	Text  string   `json:"text"`
	Facts []string `json:"facts"` // IDs of the facts that bear on it, see Facts
}

// Section is a numbered part of the long version.
type Section struct {
	Number   string    `json:"number"` // "2.1"
	Title    string    `json:"title"`
	Text     []string  `json:"text"`    // paragraphs
	Service  string    `json:"service"` // what a web service would collect, or ""
	Program  string    `json:"program"` // what this program does instead, or ""
	Facts    []string  `json:"facts"`
	Sections []Section `json:"sections"`
}

// Policy returns the policy in "en" or "ja"; any other language gets the
// binding text, which is the English one.
func Policy(lang string) Document {
	if d, ok := documents[lang]; ok {
		return d
	}
	return documents[tr.Languages[0]]
}
