package receipt

import (
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"
)

func (c Content) validate() error {
	var faults []error
	require := func(field string, ok bool) {
		if !ok {
			faults = append(faults, fmt.Errorf("%s: missing", field))
		}
	}
	require("header.record_id", c.Header.RecordID != "")
	require("header.pii_principal_id", c.Header.PIIPrincipalID != "")
	if c.mustNameNotice() {
		require("processing.privacy_notice.version", c.Processing.PrivacyNotice.Version != "")
		require("processing.privacy_notice.language", c.Processing.PrivacyNotice.Language != "")
	}
	require("processing.pii_information", len(c.Processing.PIIInformation) > 0)
	require("processing.purposes", len(c.Processing.Purposes) > 0)
	for _, p := range c.Processing.Purposes {
		require("processing.purposes: purpose", p.Purpose != "")
		require("processing.purposes: lawful_basis", p.LawfulBasis != "")
	}
	require("parties.pii_controllers", len(c.Parties.PIIControllers) > 0)
	for _, o := range slices.Concat(c.Parties.PIIControllers, c.Parties.RecipientThirdParties) {
		require("parties: name", o.Name != "")
	}
	require("event.time", c.Event.Time != "")
	require("event.indicated_by", c.Event.IndicatedBy != "")
	require("event.clock_source", c.Event.ClockSource != "")
	require("extension.call_id", c.Extension.CallID != "")
	require("extension.party", c.Extension.Party != "")
	require("extension.ledger_seq", c.Extension.LedgerSeq > 0)
	require("extension.judgement.table_version", c.Extension.Judgement.TableVersion != "")
	faults = append(faults, c.checkHashes()...)
	faults = append(faults, c.checkEarlier()...)
	return errors.Join(append(faults, c.Event.check()...)...)
}

// mustNameNotice: nobody agrees to what was not shown, but a no counts all the
// same.
func (c Content) mustNameNotice() bool {
	return c.Event.State == StateGiven || c.Processing.PrivacyNotice != Notice{}
}

// checkEarlier: an answer of before this call is named, and no other is.
func (c Content) checkEarlier() []error {
	e := c.Extension.Earlier
	if (e != nil) != (c.Event.Method == MethodEarlier) {
		return []error{errors.New("extension.earlier: goes with the method earlier_answer, and with no other")}
	}
	if e == nil {
		return nil
	}
	var faults []error
	if raw, err := hex.DecodeString(e.Receipt); err != nil || len(raw) != 32 {
		faults = append(faults, fmt.Errorf("extension.earlier.receipt: %q is no SHA-256 in hex", e.Receipt))
	}
	if _, err := time.Parse(timeLayout, e.Time); err != nil {
		faults = append(faults, fmt.Errorf("extension.earlier.time: %q is no time", e.Time))
	}
	return faults
}

func (c Content) checkHashes() []error {
	var faults []error
	hashes := []struct {
		field, value string
		required     bool
	}{
		{"processing.privacy_notice.text_hash", c.Processing.PrivacyNotice.TextHash, c.mustNameNotice()},
		{"processing.privacy_notice.media_hash", c.Processing.PrivacyNotice.MediaHash, false},
		{"extension.previous_hash", c.Extension.PreviousHash, false},
		{"extension.ledger_hash", c.Extension.LedgerHash, true},
	}
	for _, h := range hashes {
		raw, err := hex.DecodeString(h.value)
		if h.value == "" && !h.required {
			continue
		}
		if err != nil || len(raw) != 32 {
			faults = append(faults, fmt.Errorf("%s: %q is no SHA-256 in hex", h.field, h.value))
		}
	}
	return faults
}

// check makes sure that state, kind and method fit together: a yes that was
// never shown, or one that was implied by a click, proves nothing.
func (e Event) check() []error {
	var faults []error
	states := []State{StateAsked, StateGiven, StateRefused, StateWithdrawn, StateExpired}
	if !slices.Contains(states, e.State) {
		faults = append(faults, fmt.Errorf("event.state: %q is not a known value", e.State))
	}
	methods := []Method{MethodNone, MethodButton, MethodKeypress, MethodSpoken, MethodStayed, MethodEarlier}
	if !slices.Contains(methods, e.Method) {
		faults = append(faults, fmt.Errorf("event.method: %q is not a known value", e.Method))
	}
	active := e.Method == MethodButton || e.Method == MethodKeypress || e.Method == MethodSpoken || e.Method == MethodEarlier
	ok := false
	switch e.ConsentType {
	case "":
		ok = e.State != StateGiven
	case Explicit:
		ok = e.State == StateGiven && active
	case Implied:
		ok = e.State == StateGiven && (e.Method == MethodStayed || e.Method == MethodEarlier)
	}
	if !ok {
		faults = append(faults, fmt.Errorf("event.consent_type: %q does not fit state %q by method %q", e.ConsentType, e.State, e.Method))
	}
	return faults
}
