package integration_test

import (
	"fmt"
	"testing"
	"time"

	"parley/cmd/internal/softphone"
	"parley/signaling/wire"
	"parley/storage/id"
	"parley/storage/meta"
)

// TestAThousandExperts: whoever watches the list sees each change, which is sent
// alone; the whole list comes once, with the sign-in.
func TestAThousandExperts(t *testing.T) {
	store := openSQLite(t)
	for n := range 1000 {
		err := store.UpsertPerson(t.Context(), meta.Person{
			ID: id.PersonID(fmt.Sprintf("expert-%d", n)), Role: meta.RoleExpert, Name: fmt.Sprintf("Expert %d", n), UpdatedAt: time.Now(),
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	s := serveOn(t, store, nil)
	watcher := s.dialRaw(noah)
	watcher.wait("the list", func(m wire.ServerMessage) bool { d, ok := m.(wire.Directory); return ok && len(d.Experts) == 1000 })
	var members []*phone
	for n := range 20 {
		p := s.phone(person(fmt.Sprintf("member-%d", n), "member", "US-TX"))
		p.wait("the list", func(st softphone.State) bool { return len(st.Experts) == 1000 })
		members = append(members, p)
	}
	expert := s.phone(person("expert-500", "expert", "US-NY"))
	longest := time.Duration(0)
	for n := range 10 {
		want := []string{wire.StateAvailable, wire.StateAway}[n%2]
		at := time.Now()
		expert.send(&wire.PresenceSet{Available: want == wire.StateAvailable})
		for _, m := range members {
			m.wait("the change", func(st softphone.State) bool { return len(st.Experts) == 1000 && find(st.Experts, expert.name) == want })
		}
		longest = max(longest, time.Since(at))
	}
	t.Logf("20 members saw each of 10 changes among 1 000 experts within %v", longest)
	late := s.phone(maya)
	late.wait("the state as it stands", func(st softphone.State) bool {
		return len(st.Experts) == 1000 && find(st.Experts, expert.name) == wire.StateAway
	})
	lists := 0
	watcher.ask("all has come") // behind everything that was sent before
	watcher.mu.Lock()
	for _, m := range watcher.messages {
		if _, whole := m.(wire.Directory); whole {
			lists++
		}
	}
	watcher.mu.Unlock()
	if lists != 1 {
		t.Errorf("the whole list was sent %d times, want once", lists)
	}
}
