package api

import (
	"context"
	"io"
	"net/http"
	"strconv"
	"strings"

	"parley/recorder/disclosure"
	"parley/signaling/auth"
	"parley/signaling/problem"
	"parley/storage/audit"
	"parley/storage/meta"
)

// Bundles makes what is disclosed to authorities; *disclosure.Maker does.
type Bundles interface {
	Write(ctx context.Context, w io.Writer, o disclosure.Order) error
}

// disclosureView is an order as privacy officers see it.
type disclosureView struct {
	disclosure.Order
	// Approved tells that the bundle can be made.
	Approved bool `json:"approved"`
}

func disclosureOf(o disclosure.Order) disclosureView { return disclosureView{o, o.Approved()} }

// askDisclosure enters what an authority asks for on legal process.
func (s *Server) askDisclosure(w http.ResponseWriter, r *http.Request) error {
	who, rec, err := s.aboutAsOfficer(r)
	if err != nil {
		return err
	}
	var scope disclosure.Scope
	if err := readJSON(w, r, &scope); err != nil {
		return err
	}
	if scope.Validate() != nil {
		return &problem.BadRequestError{Reason: "a disclosure needs part (member, expert or call), authority, legal_basis and case of up to 500 bytes, and to_ms above from_ms"}
	}
	e, err := s.cfg.Store.AppendChain(r.Context(), AuditChain, disclosure.KindRequest, string(rec.ID), string(who.Person), scope, s.cfg.Now())
	if err != nil {
		return err
	}
	o, err := s.order(r.Context(), rec, e.Seq)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusCreated, disclosureOf(o))
}

func (s *Server) listDisclosures(w http.ResponseWriter, r *http.Request) error {
	_, rec, err := s.aboutAsOfficer(r)
	if err != nil {
		return err
	}
	orders, err := s.orders(r.Context(), rec)
	if err != nil {
		return err
	}
	list := []disclosureView{}
	for _, o := range orders {
		list = append(list, disclosureOf(o))
	}
	return writeJSON(w, http.StatusOK, map[string]any{"disclosures": list})
}

// decideDisclosure takes a privacy officer's yes or no. Of two who decide at once both
// count, unless one of them came too late.
func (s *Server) decideDisclosure(w http.ResponseWriter, r *http.Request) error {
	who, rec, o, err := s.aboutOrder(r)
	if err != nil {
		return err
	}
	var body struct {
		Approve bool   `json:"approve"`
		Note    string `json:"note"`
	}
	if err := readJSON(w, r, &body); err != nil {
		return err
	}
	note := strings.TrimSpace(body.Note)
	switch {
	case len(note) > disclosure.MaxText || !body.Approve && note == "":
		return &problem.BadRequestError{Reason: "a refusal needs a note, of up to 500 bytes"}
	case !o.Open(string(who.Person)):
		return problem.ErrConflict
	}
	d := disclosure.Decision{Order: o.Number, Approve: body.Approve, Note: note}
	if _, err := s.cfg.Store.AppendChain(r.Context(), AuditChain, disclosure.KindDecide, string(rec.ID), string(who.Person), d, s.cfg.Now()); err != nil {
		return err
	}
	if o, err = s.order(r.Context(), rec, o.Number); err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, disclosureOf(o))
}

// makeBundle answers with the bundle of an order that was approved. It is written down
// before anything is read, and so stands in the bundle's own log.
func (s *Server) makeBundle(w http.ResponseWriter, r *http.Request) error {
	who, rec, o, err := s.aboutOrder(r)
	if err != nil {
		return err
	}
	if !o.Approved() {
		return problem.ErrNotApproved
	}
	done, err := s.copier()
	if err != nil {
		return err
	}
	defer done()
	body := struct {
		Role         auth.Role `json:"role"`
		Order        uint64    `json:"order"`
		Case         string    `json:"case"`
		Confidential bool      `json:"confidential"`
	}{who.Role, o.Number, o.Case, o.Confidential}
	if _, err := s.cfg.Store.AppendChain(r.Context(), AuditChain, audit.KindDisclosure, string(rec.ID), string(who.Person), body, s.cfg.Now()); err != nil {
		return err
	}
	name := "parley-disclosure-" + strconv.FormatUint(o.Number, 10)
	return s.sendArchive(w, name, func(out io.Writer) error { return s.cfg.Bundles.Write(r.Context(), out, o) })
}

func (s *Server) orders(ctx context.Context, rec meta.Recording) ([]disclosure.Order, error) {
	entries, err := audit.About(ctx, s.cfg.Store, string(rec.ID))
	if err != nil {
		return nil, err
	}
	return disclosure.Orders(entries)
}

func (s *Server) order(ctx context.Context, rec meta.Recording, number uint64) (disclosure.Order, error) {
	orders, err := s.orders(ctx, rec)
	for _, o := range orders {
		if o.Number == number {
			return o, err
		}
	}
	if err == nil {
		err = problem.ErrNotFound
	}
	return disclosure.Order{}, err
}

// aboutOrder finds the order in the path for a privacy officer who has just signed
// in: what follows hands a recording out, or lets it be.
func (s *Server) aboutOrder(r *http.Request) (auth.Identity, meta.Recording, disclosure.Order, error) {
	who, rec, err := s.aboutAsOfficer(r)
	if err == nil {
		err = s.stepUp(who)
	}
	if err != nil {
		return who, rec, disclosure.Order{}, err
	}
	number, err := strconv.ParseUint(r.PathValue("number"), 10, 64)
	if err != nil {
		return who, rec, disclosure.Order{}, problem.ErrNotFound
	}
	o, err := s.order(r.Context(), rec, number)
	return who, rec, o, err
}
