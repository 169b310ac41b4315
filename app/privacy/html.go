package privacy

import (
	_ "embed"
	"html/template"
	"strings"

	"kirinuki/assets/tr"
)

//go:embed policy.html
var pageText string

var page = template.Must(template.New("policy").Funcs(template.FuncMap{
	"state": func(lang string, s State) string { return tr.In(lang, "privacy.state."+string(s)) },
}).Parse(pageText))

// HTML returns the policy as one page to print or keep, together with facts
// as they were measured (nil for none). The page is whole in itself: it loads
// nothing and runs nothing.
func (d Document) HTML(facts []Fact) string {
	var b strings.Builder
	err := page.Execute(&b, struct {
		Document
		Edition    string
		FactsTitle string
		Facts      []Fact
	}{d, d.edition(), tr.In(d.Lang, "privacy.measured"), facts})
	if err != nil {
		panic(err) // the template comes with the program
	}
	return b.String()
}
