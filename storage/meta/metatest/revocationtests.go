package metatest

import (
	"testing"
	"time"

	"parley/storage/id"
	"parley/storage/meta"
)

func revocations(t *testing.T, store meta.Store) {
	ctx := testContext(t)
	person := meta.Revocation{Kind: meta.RevokedPerson, Subject: "maya", IssuedBefore: noon, ExpiresAt: after(time.Hour), By: "platform", At: noon}
	token := meta.Revocation{Kind: meta.RevokedToken, Subject: "maya", IssuedBefore: noon, ExpiresAt: after(time.Minute), By: "platform", At: noon}
	must(t, "of a person", store.PutRevocation(ctx, person))
	must(t, "of a token", store.PutRevocation(ctx, token))
	list := func(when string, now time.Time, want ...meta.Revocation) {
		t.Helper()
		got, err := store.Revocations(ctx, now)
		must(t, "Revocations", err)
		for i := range want {
			want[i].IssuedBefore, want[i].ExpiresAt, want[i].At = stored(want[i].IssuedBefore), stored(want[i].ExpiresAt), stored(want[i].At)
		}
		wantSame(t, when, got, want)
	}
	list("at first", noon, person, token)

	again := person
	again.IssuedBefore, again.ExpiresAt, again.At, again.By = after(-time.Hour), after(2*time.Hour), after(time.Second), "operator"
	must(t, "once more", store.PutRevocation(ctx, again))
	again.IssuedBefore = person.IssuedBefore // the later one counts
	list("once more", noon, again, token)
	list("when one has expired", after(time.Minute), again)

	must(t, "DropRevocations", store.DropRevocations(ctx, after(time.Minute)))
	list("what has expired is forgotten", noon, again)

	for name, bad := range map[string]meta.Revocation{
		"nothing":   {},
		"no kind":   {Kind: "role", Subject: "qa", IssuedBefore: noon, ExpiresAt: after(time.Hour), By: "p", At: noon},
		"nobody":    {Kind: meta.RevokedPerson, IssuedBefore: noon, ExpiresAt: after(time.Hour), By: "p", At: noon},
		"by nobody": {Kind: meta.RevokedPerson, Subject: "m", IssuedBefore: noon, ExpiresAt: after(time.Hour), At: noon},
		"over":      {Kind: meta.RevokedPerson, Subject: "m", IssuedBefore: noon, ExpiresAt: noon, By: "p", At: noon},
	} {
		wantError(t, name, store.PutRevocation(ctx, bad), meta.ErrInvalid)
	}
}

func accounts(t *testing.T, store meta.Store) {
	ctx := testContext(t)
	claim := func(human, cluster, person string) error {
		return store.ClaimAccount(ctx, meta.Account{Human: human, Cluster: cluster, Person: id.PersonID(person), At: noon})
	}
	must(t, "the first", claim("h-7", "tax", "lee"))
	must(t, "the same again", claim("h-7", "tax", "lee"))
	wantError(t, "a second one", claim("h-7", "tax", "lee-2"), meta.ErrConflict)
	must(t, "another cluster", claim("h-7", "law", "lee-2"))
	must(t, "another human", claim("h-8", "tax", "kim"))
	must(t, "no cluster", claim("h-7", "", "lee-3"))
	wantError(t, "a second one in no cluster", claim("h-7", "", "lee"), meta.ErrConflict)
	must(t, "ReleaseAccount", store.ReleaseAccount(ctx, "h-7", "tax"))
	must(t, "ReleaseAccount again", store.ReleaseAccount(ctx, "h-7", "tax"))
	must(t, "after the release", claim("h-7", "tax", "lee-2"))
	wantError(t, "of nobody", claim("", "tax", "lee"), meta.ErrInvalid)
}
