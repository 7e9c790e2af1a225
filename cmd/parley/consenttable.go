package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"parley/cmd/internal/config"
	"parley/recorder/consent"
)

type consentTable struct {
	config.Rules
	JSON bool `help:"Print one JSON object." name:"json"`
}

// placeLine is one place of the table.
type placeLine struct {
	Code        string       `json:"code"`
	Name        string       `json:"name"`
	Form        consent.Form `json:"form"`
	MinAge      int          `json:"min_age"`
	Confidence  string       `json:"confidence,omitempty"`
	Evidence    string       `json:"evidence_seen,omitempty"`
	LastChecked string       `json:"last_checked,omitempty"`
	ReviewedBy  string       `json:"reviewed_by,omitempty"`
	ReviewedOn  string       `json:"reviewed_on,omitempty"`
	Unreviewed  bool         `json:"unreviewed"`
	// Old tells that nobody has checked or reviewed the entry for a year.
	Old bool `json:"old"`
}

// tableReport is what the command prints.
type tableReport struct {
	Version       string      `json:"version"`
	RequireReview bool        `json:"require_review"`
	Disclaimer    string      `json:"disclaimer"`
	Unreviewed    []string    `json:"unreviewed"`
	Old           []string    `json:"older_than_a_year"`
	Places        []placeLine `json:"places"`
}

// Run implements the command.
func (c consentTable) Run(s streams) error {
	rules, err := loadRules(c.Rules)
	if err != nil {
		return err
	}
	report := reportOn(rules, time.Now())
	if c.JSON {
		enc := json.NewEncoder(s.out)
		enc.SetIndent("", "  ")
		return enc.Encode(report)
	}
	return report.print(s.out)
}

func reportOn(rules *consent.Table, now time.Time) tableReport {
	r := tableReport{
		Version: rules.Version(), RequireReview: rules.RequiresReview(), Disclaimer: notAdvice,
		Unreviewed: []string{}, Old: []string{},
	}
	yearAgo := now.AddDate(-1, 0, 0).Format(time.DateOnly)
	for _, code := range slices.Concat(rules.Codes(), rules.Fallbacks()) {
		e, _ := rules.Listed(code)
		line := placeLine{
			Code: code, Name: e.Name, Form: e.EffectiveForm(), MinAge: e.MinAge, Confidence: e.Confidence,
			Evidence: e.EvidenceSeen, LastChecked: e.LastChecked, ReviewedBy: e.ReviewedBy, ReviewedOn: e.ReviewedOn,
			Unreviewed: e.ReviewedBy == "",
		}
		if seen := max(e.LastChecked, e.ReviewedOn); seen != "" { // dates as text sort by time
			line.Old = seen < yearAgo
		}
		if line.Unreviewed {
			r.Unreviewed = append(r.Unreviewed, code)
		}
		if line.Old {
			r.Old = append(r.Old, code)
		}
		r.Places = append(r.Places, line)
	}
	return r
}

func (r tableReport) print(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	line := func(format string, args ...any) { _, _ = fmt.Fprintf(w, format+"\n", args...) } // Flush tells of errors
	line("CODE\tPLACE\tASKS\tAGE\tCHECKED\tEVIDENCE\tREVIEWED")
	for _, p := range r.Places {
		reviewed := "no"
		if !p.Unreviewed {
			reviewed = p.ReviewedOn + " by " + p.ReviewedBy
		}
		line("%s\t%s\t%s\t%d\t%s\t%s\t%s", p.Code, p.Name, p.Form, p.MinAge, dash(p.LastChecked), dash(p.Evidence), reviewed)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(out, "\nTable %s.\nNot reviewed by your counsel (%d): %s\nOlder than a year (%d): %s\n%s\n",
		r.Version, len(r.Unreviewed), dash(strings.Join(r.Unreviewed, " ")), len(r.Old), dash(strings.Join(r.Old, " ")), r.Disclaimer)
	return err
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
