package metatest

import (
	"testing"
	"time"

	"parley/storage/id"
	"parley/storage/meta"
)

func newPerson(person id.PersonID, role, name string) meta.Person {
	return meta.Person{ID: person, Role: role, Name: name, Languages: []string{"de-AT", "en"}, UpdatedAt: noon}
}

func people(t *testing.T, store meta.Store) {
	ctx := testContext(t)
	_, err := store.Person(ctx, "nobody")
	wantError(t, "Person that is not stored", err, meta.ErrNotExist)

	p := newPerson("p1", meta.RoleExpert, "Ed")
	p.Headline = "Taxes & more"
	must(t, "UpsertPerson", store.UpsertPerson(ctx, p))
	p.UpdatedAt = stored(p.UpdatedAt)
	got, err := store.Person(ctx, "p1")
	must(t, "Person", err)
	wantSame(t, "person", got, p)

	p = meta.Person{ID: "p1", Role: "member", Name: "Eduard", UpdatedAt: after(time.Hour)}
	must(t, "second UpsertPerson", store.UpsertPerson(ctx, p))
	p.UpdatedAt, p.Languages = stored(p.UpdatedAt), []string{}
	got, err = store.Person(ctx, "p1")
	must(t, "Person", err)
	wantSame(t, "person who changed", got, p)
}

func peopleKeepAvailability(t *testing.T, store meta.Store) {
	ctx := testContext(t)
	wantError(t, "SetAvailable of nobody", store.SetAvailable(ctx, "nobody", true, noon), meta.ErrNotExist)
	p := newPerson("p1", meta.RoleExpert, "Ed")
	p.Available = true
	must(t, "UpsertPerson", store.UpsertPerson(ctx, p))
	wantAvailable(t, store, "p1", false, noon)
	must(t, "SetAvailable", store.SetAvailable(ctx, "p1", true, after(time.Minute)))
	wantAvailable(t, store, "p1", true, after(time.Minute))
	p.Available, p.UpdatedAt = false, after(time.Hour)
	must(t, "second UpsertPerson", store.UpsertPerson(ctx, p))
	wantAvailable(t, store, "p1", true, after(time.Hour))
	must(t, "second SetAvailable", store.SetAvailable(ctx, "p1", false, after(2*time.Hour)))
	wantAvailable(t, store, "p1", false, after(2*time.Hour))
}

func peopleKeepDuty(t *testing.T, store meta.Store) {
	ctx := testContext(t)
	wantError(t, "SetWrapUp of nobody", store.SetWrapUp(ctx, "nobody", nil), meta.ErrNotExist)
	wantError(t, "CountMissed of nobody", store.CountMissed(ctx, "nobody", 2, noon), meta.ErrNotExist)
	p := newPerson("p1", meta.RoleExpert, "Ed")
	must(t, "UpsertPerson", store.UpsertPerson(ctx, p))
	available := func(yes bool) { must(t, "SetAvailable", store.SetAvailable(ctx, "p1", yes, noon)) }
	missed := func(most int) { must(t, "CountMissed", store.CountMissed(ctx, "p1", most, after(time.Hour))) }
	wrapUp := func(until *time.Time) { must(t, "SetWrapUp", store.SetWrapUp(ctx, "p1", until)) }
	until := after(time.Minute)
	for _, step := range []struct {
		name string
		do   func()
		want meta.Person
	}{
		{"one missed", func() { available(true); missed(2) }, meta.Person{Available: true, Missed: 1}},
		{"one taken", func() { wrapUp(&until) }, meta.Person{Available: true, WrapUpUntil: ptr(stored(until))}},
		{"missed again", func() { missed(2) }, meta.Person{Available: true, Missed: 1, WrapUpUntil: ptr(stored(until))}},
		{"ended early", func() { available(true) }, meta.Person{Available: true}},
		{"any number", func() { missed(0); missed(0); missed(0) }, meta.Person{Available: true, Missed: 3}},
		{"no wrap-up", func() { wrapUp(nil) }, meta.Person{Available: true}},
		{"two in a row", func() { missed(2); missed(2) }, meta.Person{AwayWhy: meta.AwayMissed}},
		{"a token says no more of it", func() { must(t, "UpsertPerson", store.UpsertPerson(ctx, p)) }, meta.Person{AwayWhy: meta.AwayMissed}},
		{"back again", func() { available(true) }, meta.Person{Available: true}},
		{"away by themselves", func() { available(false); missed(1) }, meta.Person{Missed: 1}},
	} {
		step.do()
		got, err := store.Person(ctx, "p1")
		must(t, "Person", err)
		duty := meta.Person{Available: got.Available, Missed: got.Missed, AwayWhy: got.AwayWhy, WrapUpUntil: got.WrapUpUntil}
		wantSame(t, step.name, duty, step.want)
	}
}

func wantAvailable(t *testing.T, store meta.Store, person id.PersonID, want bool, at time.Time) {
	t.Helper()
	got, err := store.Person(testContext(t), person)
	must(t, "Person", err)
	if got.Available != want || !got.UpdatedAt.Equal(at) {
		t.Errorf("availability of %s: got %v since %v, want %v since %v", person, got.Available, got.UpdatedAt, want, at)
	}
}

func experts(t *testing.T, store meta.Store) {
	ctx := testContext(t)
	none, err := store.Experts(ctx)
	must(t, "Experts", err)
	if len(none) != 0 {
		t.Errorf("experts of an empty store: got %+v, want none", none)
	}
	for _, p := range []meta.Person{
		newPerson("e3", meta.RoleExpert, "Anna"),
		newPerson("e1", meta.RoleExpert, "Berta"),
		newPerson("m1", "member", "Aaron"),
		newPerson("e2", meta.RoleExpert, "Anna"),
	} {
		must(t, "UpsertPerson", store.UpsertPerson(ctx, p))
	}
	must(t, "SetAvailable", store.SetAvailable(ctx, "e1", true, noon))
	all, err := store.Experts(ctx)
	must(t, "Experts", err)
	var got []id.PersonID
	for _, p := range all {
		got = append(got, p.ID)
		if p.Available != (p.ID == "e1") {
			t.Errorf("availability of %s: got %v, want only e1 available", p.ID, p.Available)
		}
	}
	wantSame(t, "experts by name", got, []id.PersonID{"e2", "e3", "e1"})
}
