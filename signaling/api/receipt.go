package api

import (
	"encoding/json"
	"fmt"
	"net/http"

	"parley/recorder/consent"
	"parley/recorder/consent/receipt"
	"parley/signaling/auth"
	"parley/signaling/hub"
	"parley/signaling/problem"
	"parley/signaling/session"
	"parley/storage/chain"
	"parley/storage/id"
	"parley/storage/meta"
)

// receipt answers with a person's own consent receipt of a call, made from
// the ledger.
func (s *Server) receipt(w http.ResponseWriter, r *http.Request) error {
	who, err := s.caller(r)
	if err != nil {
		return err
	}
	callID, err := id.ParseCall(r.PathValue("id"))
	if err != nil {
		return problem.ErrNotFound
	}
	call, err := s.cfg.Store.Call(r.Context(), callID)
	if err != nil {
		return err
	}
	party, ok := partyIn(who, call)
	if !ok {
		return problem.ErrNotFound
	}
	entries, err := s.cfg.Store.ChainEntries(r.Context(), hub.ConsentChain, string(callID), 0, meta.MaxLimit)
	if err != nil {
		return fmt.Errorf("read the ledger: %w", err)
	}
	rc, err := s.makeReceipt(who, party, call, entries)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Disposition", `attachment; filename="consent-receipt.json"`)
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(rc.Encode()) // the client may be gone; there is nobody to tell
	return nil
}

func partyIn(who auth.Identity, c meta.Call) (consent.Party, bool) {
	switch {
	case who.Role == auth.RoleMember && who.Person == c.MemberID:
		return consent.Caller, true
	case who.Role == auth.RoleExpert && who.Person == c.ExpertID:
		return consent.Callee, true
	}
	return "", false
}

// told is what the ledger says about one person.
type told struct {
	notice  session.NoticeShown
	answer  session.AnswerGiven
	entry   chain.Entry // of the answer
	verdict receipt.Judgement
}

// read finds a person's latest answer, what was shown before it, and the
// verdict that stood after it.
func read(entries []chain.Entry, person id.PersonID) (told, error) {
	var t told
	for _, e := range entries {
		var err error
		switch {
		case e.Kind == session.NoteVerdict:
			err = json.Unmarshal(e.Body, &t.verdict)
		case e.Actor != string(person):
		case e.Kind == session.NoteNotice:
			err = json.Unmarshal(e.Body, &t.notice)
		case e.Kind == session.NoteAnswer:
			t.entry = e
			err = json.Unmarshal(e.Body, &t.answer)
		}
		if err != nil {
			return t, fmt.Errorf("ledger entry %d: %w", e.Seq, err)
		}
	}
	if t.entry.Seq == 0 || t.notice.Hash == "" {
		return t, problem.ErrNotFound // no answer, or a withdrawal before anything was shown
	}
	return t, nil
}

func (s *Server) makeReceipt(who auth.Identity, party consent.Party, c meta.Call, entries []chain.Entry) (receipt.Receipt, error) {
	t, err := read(entries, who.Person)
	if err != nil {
		return receipt.Receipt{}, err
	}
	state, kind, method := stateOf(t.answer)
	return receipt.New(receipt.Content{
		Header: receipt.Header{RecordID: t.entry.Hash, PIIPrincipalID: string(who.Person)},
		Processing: receipt.Processing{
			PrivacyNotice:  receipt.Notice{TextHash: t.notice.Hash, Version: t.notice.Version, Language: t.notice.Language},
			Purposes:       []receipt.Purpose{{Purpose: "Quality review", LawfulBasis: "consent"}},
			PIIInformation: []string{"voice"}, CollectionMethod: "voice call in the browser",
			RetentionPeriod:  fmt.Sprintf("P%dD", s.cfg.Operator.RetentionDays),
			StorageLocations: []string{}, WithdrawalMethod: "the stop button of the call",
		},
		Parties: receipt.Parties{
			PIIControllers:        []receipt.Organisation{{Name: s.cfg.Operator.Name}},
			RecipientThirdParties: []receipt.Organisation{},
		},
		Event: receipt.Event{ClockSource: "server", State: state, ConsentType: kind, Method: method},
		Extension: receipt.Extension{
			CallID: string(c.ID), Party: party, Judgement: t.verdict, Signals: []consent.Signal{},
			AgeBasis: "terms", OnCall: []consent.Party{consent.Caller, consent.Callee}, LedgerHash: t.entry.Hash,
		},
	}, t.entry.At)
}

// stateOf says an answer in the words of the receipt.
func stateOf(a session.AnswerGiven) (receipt.State, receipt.ConsentType, receipt.Method) {
	switch {
	case a.Method == "withdrawn":
		return receipt.StateWithdrawn, "", receipt.MethodButton
	case a.Answer == string(consent.AnswerExpress):
		return receipt.StateGiven, receipt.Explicit, receipt.MethodButton
	case a.Answer == string(consent.AnswerContinued):
		// Whether by a button or by saying nothing: it is not an active yes.
		return receipt.StateGiven, receipt.Implied, receipt.MethodStayed
	}
	return receipt.StateRefused, "", receipt.MethodButton
}
