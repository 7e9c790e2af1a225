package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"parley/recorder/consent/ledger"
	"parley/signaling/auth"
	"parley/signaling/problem"
	"parley/signaling/session"
	"parley/signaling/vcon"
	"parley/storage/id"
	"parley/storage/meta"
)

// vconExport is the kind of the audit entry of a vCon; its subject is the call.
const vconExport = "vcon.export"

// callVCon answers with a call as a vCon: for a platform's backend, which sees
// ids and that people answered, and for privacy officers, who name their case and
// see names and the signed receipts, too.
func (s *Server) callVCon(w http.ResponseWriter, r *http.Request) error {
	who, err := s.caller(r)
	if err != nil {
		return err
	}
	caseID := strings.TrimSpace(r.URL.Query().Get("case"))
	if err := s.mayExport(who, caseID); err != nil {
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
	if call.EndedAt == nil {
		return session.ErrWrongPhase
	}
	audit := map[string]string{"role": string(who.Role), "case": caseID}
	if _, err := s.cfg.Store.AppendChain(r.Context(), AuditChain, vconExport, string(call.ID), string(who.Person), audit, s.cfg.Now()); err != nil {
		return err
	}
	officer := who.Role == auth.RolePrivacy
	facts := vcon.Facts{Call: call, Names: officer, Answers: officer}
	if err := s.addVoices(r.Context(), &facts); err != nil {
		return err
	}
	if err := s.addReceipts(r.Context(), &facts); err != nil {
		return err
	}
	return s.writeVCon(w, facts)
}

// mayExport tells why somebody may not have a vCon, or nil.
func (s *Server) mayExport(who auth.Identity, caseID string) error {
	if who.Role != auth.RoleService && who.Role != auth.RolePrivacy {
		return problem.ErrForbidden
	}
	if err := needsReason(who, "", caseID); err != nil {
		return err
	}
	return s.stepUp(who)
}

func (s *Server) writeVCon(w http.ResponseWriter, facts vcon.Facts) error {
	made, err := vcon.Build(facts, s.cfg.Now())
	if err != nil {
		return err
	}
	data, err := json.Marshal(made)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", vcon.MediaType)
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(data) // the client may be gone; there is nobody to tell
	return nil
}

// addVoices adds the voices that can be played: what was erased, whose time is
// over or is not finished is not there. One that consent does not cover is an error.
func (s *Server) addVoices(ctx context.Context, f *vcon.Facts) error {
	if f.Call.RecordingID == nil {
		return nil
	}
	rec, err := s.cfg.Store.Recording(ctx, *f.Call.RecordingID)
	if err != nil {
		return err
	}
	if playable(rec) != nil {
		return nil
	}
	opened, err := s.cfg.Library.Open(ctx, rec.ID)
	if err != nil {
		return err
	}
	f.Recording = rec
	for leg, voice := range opened.Manifest.Voices {
		if !opened.Erased[leg] {
			f.Sealed[leg] = voice.SHA256
		}
	}
	return opened.Close()
}

// addReceipts adds the receipts of both people and the call's newest entry of the
// ledger.
func (s *Server) addReceipts(ctx context.Context, f *vcon.Facts) error {
	for after, more := uint64(0), true; more; {
		entries, err := s.cfg.Store.ChainEntries(ctx, ledger.Chain, string(f.Call.ID), after, meta.MaxLimit)
		if err != nil {
			return fmt.Errorf("read the ledger: %w", err)
		}
		for _, e := range entries {
			after = e.Seq
			f.Ledger = vcon.Entry{Number: e.Seq, Hash: e.Hash}
			if e.Kind != ledger.KindReceipt {
				continue
			}
			var issued ledger.ReceiptIssued
			if err := json.Unmarshal(e.Body, &issued); err != nil {
				return fmt.Errorf("ledger entry %d: %w", e.Seq, err)
			}
			leg := 0
			if e.Actor == string(f.Call.ExpertID) {
				leg = 1
			}
			f.Receipts[leg] = append(f.Receipts[leg], vcon.Receipt{
				Entry: f.Ledger, At: e.At.UTC(), Hash: issued.Receipt, JWS: issued.JWS,
			})
		}
		more = len(entries) == meta.MaxLimit
	}
	return nil
}
