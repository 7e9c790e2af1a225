package evaluation

// Form is what is asked of a call.
type Form struct {
	ID      string `json:"id"`
	Version int    `json:"version"`
	// Pass is the least score in per cent with which a call is as it should be.
	Pass     int       `json:"pass"`
	Sections []Section `json:"sections"`
}

// Section is a part of a form.
type Section struct {
	ID        string     `json:"id"`
	Questions []Question `json:"questions"`
}

// Question is answered with yes or no.
type Question struct {
	ID string `json:"id"`
	// Points is what a yes is worth; 0 for what only can fail.
	Points int `json:"points"`
	// Partly lets it be answered with half of the points.
	Partly bool `json:"partly"`
	// NotApplicable lets it be left out of the score.
	NotApplicable bool `json:"not_applicable"`
	// Fatal fails the whole call by a no.
	Fatal bool `json:"fatal"`
}

// forms are all versions of all forms. One that was used is never changed: a change is
// a new version at the end.
func forms() []Form {
	return []Form{{
		ID: "call", Version: 1, Pass: 80,
		Sections: []Section{
			{"opening", []Question{
				{ID: "greeting", Points: 1},
				{ID: "purpose", Points: 2, Partly: true},
			}},
			{"talk", []Question{
				{ID: "listening", Points: 3, Partly: true},
				{ID: "respect", Points: 3, Partly: true},
				{ID: "plain", Points: 2, Partly: true},
			}},
			{"substance", []Question{
				{ID: "answer", Points: 4, Partly: true},
				{ID: "limits", Points: 2, Partly: true, NotApplicable: true},
			}},
			{"closing", []Question{
				{ID: "summary", Points: 2, Partly: true, NotApplicable: true},
				{ID: "next", Points: 1, NotApplicable: true},
			}},
			{"must", []Question{
				{ID: "privacy", Fatal: true},
				{ID: "safe", Fatal: true},
			}},
		},
	}}
}

// Current is the form by which a call is scored that is not scored yet.
func Current() Form {
	all := forms()
	return all[len(all)-1]
}

// Find returns a version of a form, or false.
func Find(name string, version int) (Form, bool) {
	for _, f := range forms() {
		if f.ID == name && f.Version == version {
			return f, true
		}
	}
	return Form{}, false
}

// questions are those of all sections, in order.
func (f Form) questions() (all []Question) {
	for _, s := range f.Sections {
		all = append(all, s.Questions...)
	}
	return all
}
