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
