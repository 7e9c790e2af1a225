package evaluation

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// sheet is a form with one of everything.
func sheet() Form {
	return Form{ID: "x", Version: 1, Pass: 80, Sections: []Section{
		{"a", []Question{{ID: "one", Points: 1}, {ID: "three", Points: 3, Partly: true}}},
		{"b", []Question{{ID: "maybe", Points: 2, NotApplicable: true}, {ID: "must", Fatal: true}}},
	}}
}

// answers are verdicts in the order of sheet, empty for none.
func answers(verdicts ...Verdict) (all []Answer) {
	for i, v := range verdicts {
		if v != Open {
			all = append(all, Answer{Question: []string{"one", "three", "maybe", "must"}[i], Verdict: v})
		}
	}
	return all
}

func TestScore(t *testing.T) {
	none := []string{}
	for name, tc := range map[string]struct {
		answers []Answer
		want    Result
	}{
		"nothing":           {nil, Result{0, false, none, []string{"one", "three", "maybe", "must"}}},
		"all":               {answers(Yes, Yes, Yes, Yes), Result{100, true, none, none}},
		"half points":       {answers(Yes, Partly, Yes, Yes), Result{75, false, none, none}},
		"left out":          {answers(Yes, Yes, NotApplicable, Yes), Result{100, true, none, none}},
		"left out and no":   {answers(No, Yes, NotApplicable, Yes), Result{75, false, none, none}},
		"rounded half up":   {answers(Yes, Partly, NotApplicable, Yes), Result{63, false, none, none}}, // 2.5 of 4 is 62.5
		"fatal":             {answers(Yes, Yes, Yes, No), Result{0, false, []string{"must"}, none}},
		"so far":            {answers(Yes, Open, Yes, Yes), Result{100, false, none, []string{"three"}}},
		"just passed":       {answers(No, Yes, Yes, Yes), Result{83, true, none, none}},
		"nothing applies":   {answers(Open, Open, NotApplicable, Open), Result{0, false, none, []string{"one", "three", "must"}}},
		"commented, not so": {[]Answer{{Question: "one", Comment: "hm"}}, Result{0, false, none, []string{"one", "three", "maybe", "must"}}},
	} {
		if got := Score(sheet(), tc.answers); !reflect.DeepEqual(got, tc.want) {
			t.Errorf("%s: got %+v, want %+v", name, got, tc.want)
		}
	}
}

func TestWhatIsNoAnswer(t *testing.T) {
	for name, bad := range map[string][]Answer{
		"unknown":        {{Question: "four", Verdict: Yes}},
		"twice":          {{Question: "one", Verdict: Yes}, {Question: "one", Verdict: No}},
		"no halves":      answers(Partly),
		"must apply":     answers(NotApplicable),
		"no verdict":     {{Question: "one", Verdict: "perhaps"}},
		"a long comment": {{Question: "one", Comment: strings.Repeat("ä", MaxComment+1)}},
	} {
		if err := sheet().Check(bad); !errors.Is(err, ErrAnswer) {
			t.Errorf("%s: got %v, want an error", name, err)
		}
	}
	good := append(answers(Yes, Partly, NotApplicable), Answer{Question: "must", Comment: strings.Repeat("ä", MaxComment)})
	if err := sheet().Check(good); err != nil {
		t.Errorf("answers to the form: got %v", err)
	}
}

func TestMomentsInOrder(t *testing.T) {
	const length = 10 * time.Second
	for name, bad := range map[string][]Moment{
		"before the beginning": {{AtMs: -1, Text: "a"}},
		"after the end":        {{AtMs: 10_001, Text: "a"}},
		"empty":                {{Text: " "}},
		"long":                 {{Text: strings.Repeat("ä", MaxMomentText+1)}},
		"many":                 slices.Repeat([]Moment{{Text: "a"}}, MaxMoments+1),
	} {
		if _, err := InOrder(bad, length); !errors.Is(err, ErrAnswer) {
			t.Errorf("%s: got %v, want an error", name, err)
		}
	}
	got, err := InOrder([]Moment{{9000, "end"}, {0, strings.Repeat("ä", MaxMomentText)}, {10_000, "last"}, {9000, "too"}}, length)
	if want := []Moment{{0, strings.Repeat("ä", MaxMomentText)}, {9000, "end"}, {9000, "too"}, {10_000, "last"}}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v and %v, want %v", got, err, want)
	}
}

// TestEveryFormCanBeScored: no name or question is there twice, points are left whatever
// does not apply, and versions follow each other.
func TestEveryFormCanBeScored(t *testing.T) {
	last := map[string]int{}
	for _, f := range forms() {
		last[f.ID]++
		if f.Version != last[f.ID] || f.Pass < 1 || f.Pass > 100 {
			t.Errorf("form %s: version %d after %d, pass %d", f.ID, f.Version, last[f.ID]-1, f.Pass)
		}
		if found, ok := Find(f.ID, f.Version); !ok || !reflect.DeepEqual(found, f) {
			t.Errorf("form %s %d: Find gives %+v", f.ID, f.Version, found)
		}
		seen, sure := map[string]bool{}, 0
		for _, q := range f.questions() {
			if seen[q.ID] || q.Points < 0 || q.Points == 0 && !q.Fatal {
				t.Errorf("form %s %d: question %+v", f.ID, f.Version, q)
			}
			seen[q.ID] = true
			if !q.NotApplicable {
				sure += q.Points
			}
		}
		if sure == 0 {
			t.Errorf("form %s %d: everything may not apply", f.ID, f.Version)
		}
	}
	if _, ok := Find("call", 0); ok {
		t.Error("Find gives a form that never was")
	}
	if _, _, err := (Content{Form: "call"}).Scored(); err == nil {
		t.Error("an evaluation by an unknown form: got no error")
	}
}
