package api

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"parley/recorder/disclosure"
	"parley/signaling/auth"
	"parley/signaling/wire"
	"parley/storage/audit"
	"parley/storage/id"
	"parley/storage/signing"
)

// officerToken is that of a privacy officer of a name.
func (h *house) officerToken(name id.PersonID) string {
	h.t.Helper()
	now := time.Now()
	token, err := auth.Mint(h.key, auth.Identity{Person: name, Role: auth.RolePrivacy, Name: "Officer", Expires: now.Add(time.Hour)}, now)
	h.must(err)
	return token
}

// TestDisclosure from the order to a bundle that stands offline; two people approve,
// and the people who spoke are told unless the law forbids it.
func TestDisclosure(t *testing.T) {
	for _, confidential := range []bool{false, true} {
		h := newHouse(t)
		rec := h.shelve()
		key, err := signing.FromSeed(bytes.Repeat([]byte{7}, signing.SeedLen))
		h.must(err)
		h.api.cfg.Bundles = &disclosure.Maker{Store: h.store, Library: h.api.cfg.Library, Key: key, Operator: "Example", Now: time.Now}
		path := wire.Root + "/recordings/" + string(rec.ID) + "/disclosures"
		pia, paul := h.officerToken("pia"), h.officerToken("paul")
		if got := h.ask("POST", path, pia, `{"part":"call"}`).StatusCode; got != http.StatusBadRequest {
			t.Errorf("without a basis: got %d, want 400", got)
		}
		asked := h.ask("POST", path, pia, fmt.Sprintf(`{"part":"member","authority":"Court","legal_basis":"section 1","case":"7","confidential":%v}`, confidential))
		if asked.StatusCode != http.StatusCreated {
			t.Fatalf("order: got %d, want 201", asked.StatusCode)
		}
		one := fmt.Sprintf("%s/%d", path, decode[disclosureView](t, asked).Number)
		for _, step := range []struct {
			token, path, body string
			want              int
		}{
			{pia, "/bundle", ``, http.StatusConflict},
			{pia, "/decision", `{"approve":false}`, http.StatusBadRequest},
			{pia, "/decision", `{"approve":true}`, http.StatusOK},
			{pia, "/decision", `{"approve":true}`, http.StatusConflict},
			{pia, "/bundle", ``, http.StatusConflict},
			{paul, "/decision", `{"approve":true}`, http.StatusOK},
			{paul, "/decision", `{"approve":false,"note":"too late"}`, http.StatusConflict},
		} {
			if got := h.ask("POST", one+step.path, step.token, step.body).StatusCode; got != step.want {
				t.Errorf("%s %s: got %d, want %d", step.path, step.body, got, step.want)
			}
		}
		data, err := io.ReadAll(h.ask("POST", one+"/bundle", paul, "").Body)
		h.must(err)
		if r, err := disclosure.Verify(bytes.NewReader(data), int64(len(data)), key.Public()); err != nil || len(r.Faults) > 0 || len(r.Statement.Order.Approvals) != 2 {
			t.Errorf("bundle: got %+v, %v, want it genuine", r.Faults, err)
		}
		seen := decode[struct{ Accesses []audit.Access }](t, h.ask("GET", wire.Root+"/recordings/"+string(rec.ID)+"/accesses", h.token(auth.RoleMember), ""))
		if told := len(seen.Accesses) == 1 && seen.Accesses[0].What == "disclosure"; told == confidential {
			t.Errorf("confidential %v: the member sees %+v", confidential, seen.Accesses)
		}
		if list := decode[struct{ Disclosures []disclosureView }](t, h.ask("GET", path, paul, "")); len(list.Disclosures) != 1 || !list.Disclosures[0].Approved {
			t.Errorf("list: got %+v", list)
		}
	}
}
