package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"parley/recorder/consent/ledger"
	"parley/recorder/consent/receipt"
	"parley/signaling/auth"
	"parley/signaling/problem"
	"parley/signaling/wire"
	"parley/storage/id"
	"parley/storage/meta"
)

// receiptView is one of a person's own receipts of a call.
type receiptView struct {
	// Entry is the number of the answer's entry in the ledger; it names the
	// receipt within the call.
	Entry uint64 `json:"entry"`
	At    string `json:"at"`
	// Answer is one of the words of a call's view: yes, continued, no, withdrawn.
	Answer string `json:"answer"`
	Hash   string `json:"hash"`
	URL    string `json:"url"`
	// File is a name to save it under.
	File string `json:"file"`
}

// answerOf says what a receipt says in the words of a call's view.
func answerOf(e receipt.Event) string {
	switch {
	case e.State == receipt.StateWithdrawn:
		return "withdrawn"
	case e.State == receipt.StateGiven && e.ConsentType == receipt.Implied:
		return wire.AnswerContinued
	case e.State == receipt.StateGiven:
		return wire.AnswerYes
	}
	return wire.AnswerNo
}

// issued is a receipt as the ledger keeps it.
type issued struct {
	ledger.ReceiptIssued
	at   time.Time
	call id.CallID
}

// listReceipts answers with the person's own receipts of a call, oldest first.
func (s *Server) listReceipts(w http.ResponseWriter, r *http.Request) error {
	all, err := s.ownReceipts(r)
	if err != nil {
		return err
	}
	page := struct {
		Receipts []receiptView `json:"receipts"`
	}{Receipts: make([]receiptView, 0, len(all))}
	for _, one := range all {
		signed, err := receipt.Open(one.JWS, s.cfg.Keys)
		if err != nil {
			return fmt.Errorf("receipt of entry %d: %w", one.Answer, err)
		}
		page.Receipts = append(page.Receipts, receiptView{
			Entry: one.Answer, At: signed.Event.Time, Answer: answerOf(signed.Event), Hash: one.Receipt,
			URL: fmt.Sprintf(wire.Root+"/calls/%s/receipts/%d", one.call, one.Answer), File: one.fileName(),
		})
	}
	return writeJSON(w, http.StatusOK, page)
}

// oneReceipt answers with a receipt as a file.
func (s *Server) oneReceipt(w http.ResponseWriter, r *http.Request) error {
	all, err := s.ownReceipts(r)
	if err != nil {
		return err
	}
	entry, err := strconv.ParseUint(r.PathValue("entry"), 10, 64)
	if err != nil {
		return problem.ErrNotFound
	}
	for _, one := range all {
		if one.Answer == entry {
			return one.write(w)
		}
	}
	return problem.ErrNotFound
}

// newestReceipt answers with the receipt of what the person said last.
func (s *Server) newestReceipt(w http.ResponseWriter, r *http.Request) error {
	all, err := s.ownReceipts(r)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return problem.ErrNotFound
	}
	return all[len(all)-1].write(w)
}

func (i issued) write(w http.ResponseWriter) error {
	file, err := receipt.File(i.JWS)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/jose+json")
	w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", i.fileName()))
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(file) // the client may be gone; there is nobody to tell
	return nil
}

// fileName sorts by time and tells two answers of one call apart.
func (i issued) fileName() string {
	return fmt.Sprintf("parley-receipt-%s-%d.json", i.at.UTC().Format("2006-01-02-1504"), i.Answer)
}

// ownReceipts are the caller's receipts of the call in the path. A call of other
// people does not exist for them.
func (s *Server) ownReceipts(r *http.Request) ([]issued, error) {
	who, err := s.caller(r)
	if err != nil {
		return nil, err
	}
	callID, err := id.ParseCall(r.PathValue("id"))
	if err != nil {
		return nil, problem.ErrNotFound
	}
	call, err := s.cfg.Store.Call(r.Context(), callID)
	if err != nil {
		return nil, err
	}
	if !spokeIn(who, call) {
		return nil, problem.ErrNotFound
	}
	return s.receiptsOf(r.Context(), callID, who.Person)
}

func spokeIn(who auth.Identity, c meta.Call) bool {
	return who.Role == auth.RoleMember && who.Person == c.MemberID ||
		who.Role == auth.RoleExpert && who.Person == c.ExpertID
}

func (s *Server) receiptsOf(ctx context.Context, call id.CallID, person id.PersonID) ([]issued, error) {
	out := []issued{}
	for after, more := uint64(0), true; more; {
		entries, err := s.cfg.Store.ChainEntries(ctx, ledger.Chain, string(call), after, meta.MaxLimit)
		if err != nil {
			return nil, fmt.Errorf("read the ledger: %w", err)
		}
		for _, e := range entries {
			after = e.Seq
			if e.Kind != ledger.KindReceipt || e.Actor != string(person) {
				continue
			}
			one := issued{at: e.At, call: call}
			if err := json.Unmarshal(e.Body, &one.ReceiptIssued); err != nil {
				return nil, fmt.Errorf("ledger entry %d: %w", e.Seq, err)
			}
			out = append(out, one)
		}
		more = len(entries) == meta.MaxLimit
	}
	return out, nil
}

// keys answers with the public keys of the deployment.
func (s *Server) keys(w http.ResponseWriter, _ *http.Request) error {
	set, err := s.cfg.Keys.JWKS()
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/jwk-set+json")
	w.Header().Set("Cache-Control", "public, max-age=300")
	_, _ = w.Write(set) // the client may be gone; there is nobody to tell
	return nil
}
