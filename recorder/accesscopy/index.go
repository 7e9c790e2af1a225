package accesscopy

import (
	"bytes"
	_ "embed" // for the page
	"html/template"
	"time"
)

//go:embed index.tmpl.html
var indexText string

// index is the page that shows a copy to people. Nothing of what is in it can act as
// markup, and it loads nothing from anywhere.
func index(c Contents) ([]byte, error) {
	page, err := template.New("index").Funcs(template.FuncMap{"when": when, "length": length, "own": ownSound}).Parse(indexText)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = page.Execute(&out, c)
	return out.Bytes(), err
}

// when shows a time in UTC, as there is no telling where the page will be read.
func when(at any) string {
	switch t := at.(type) {
	case time.Time:
		return t.UTC().Format("2 January 2006, 15:04:05 UTC")
	case *time.Time:
		if t != nil {
			return when(*t)
		}
	}
	return "–"
}

func length(ms int64) string {
	return (time.Duration(ms) * time.Millisecond).Round(time.Second).String()
}

// ownSound says what a recording's file holds.
func ownSound(r Recording) string {
	if r.Whole {
		return "Listen (both voices)"
	}
	return "Listen (your voice)"
}
