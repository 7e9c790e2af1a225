package ledger

import (
	"fmt"

	"parley/recorder/consent"
	"parley/recorder/consent/receipt"
	"parley/storage/chain"
)

// Operator is what receipts say of who records.
type Operator struct {
	Name          string
	Contact       string
	RetentionDays int
	Purposes      []string
}

// Answer is one answer with everything that its receipt tells.
type Answer struct {
	Entry  chain.Entry // of kind answer
	Given  AnswerGiven
	Notice NoticeShown // the wording that the person was shown last; zero if none
	// Verdict is what the judge says with this answer.
	Verdict  consent.Verdict
	Party    consent.Party
	Signals  []consent.Signal
	AgeKnown bool   // or its being of age, by the platform's word
	Previous string // hash of the person's receipt before in this call
	Operator Operator
}

// Receipt is the receipt of the answer. The error says what it lacks.
func (a Answer) Receipt() (receipt.Receipt, error) {
	state, kind, method := stateOf(a.Given)
	if state == receipt.StateGiven && a.Notice.Hash != a.Given.Hash {
		return receipt.Receipt{}, fmt.Errorf("receipt of entry %d: consent to a wording that was not shown", a.Entry.Seq)
	}
	notice := receipt.Notice{TextHash: a.Notice.Hash, Version: a.Notice.Version, Language: a.Notice.Language}
	return receipt.New(receipt.Content{
		Header: receipt.Header{
			RecordID:       fmt.Sprintf("%s/%d", a.Entry.Subject, a.Entry.Seq),
			PIIPrincipalID: a.Entry.Actor,
		},
		Processing: receipt.Processing{
			PrivacyNotice: notice, Purposes: a.purposes(), PIIInformation: []string{"voice"},
			CollectionMethod: "voice call in the browser", WithdrawalMethod: "the stop button of the call",
			Storage: receipt.Storage{
				RetentionPeriod: fmt.Sprintf("P%dD", a.Operator.RetentionDays), StorageLocations: []string{},
			},
		},
		Parties: receipt.Parties{
			PIIControllers:        []receipt.Organisation{{Name: a.Operator.Name, Contact: a.Operator.Contact}},
			RecipientThirdParties: []receipt.Organisation{},
		},
		Event: receipt.Event{ClockSource: "server", State: state, ConsentType: kind, Method: method},
		Extension: receipt.Extension{
			CallID: a.Entry.Subject, Party: a.Party, Judgement: receipt.Judged(a.Verdict).For(a.Party),
			Signals: append([]consent.Signal{}, a.Signals...), AgeBasis: ageBasis(a.AgeKnown),
			OnCall:  append([]consent.Party{}, a.Verdict.Present...),
			Earlier: a.Given.Earlier, PreviousHash: a.Previous, LedgerSeq: a.Entry.Seq, LedgerHash: a.Entry.Hash,
		},
	}, a.Entry.At)
}

func (a Answer) purposes() []receipt.Purpose {
	out := []receipt.Purpose{}
	for _, p := range a.Operator.Purposes {
		out = append(out, receipt.Purpose{Purpose: p, LawfulBasis: "consent"})
	}
	return out
}

func ageBasis(known bool) string {
	if known {
		return "token"
	}
	return "unknown"
}

// Ways in which an answer came about, in AnswerGiven.Method.
const (
	MethodButton    = "button"
	MethodStayedOn  = "stayed_on"
	MethodWithdrawn = "withdrawn"
	MethodEarlier   = "earlier"
)

// stateOf says an answer in the words of the receipt.
func stateOf(a AnswerGiven) (receipt.State, receipt.ConsentType, receipt.Method) {
	method := receipt.MethodButton
	if a.Method == MethodEarlier {
		method = receipt.MethodEarlier
	}
	switch {
	case a.Method == MethodWithdrawn:
		return receipt.StateWithdrawn, "", receipt.MethodButton
	case a.Answer == string(consent.AnswerExpress):
		return receipt.StateGiven, receipt.Explicit, method
	case a.Answer == string(consent.AnswerContinued) && method == receipt.MethodEarlier:
		return receipt.StateGiven, receipt.Implied, method
	case a.Answer == string(consent.AnswerContinued):
		// Whether by a button or by saying nothing: it is not an active yes.
		return receipt.StateGiven, receipt.Implied, receipt.MethodStayed
	}
	return receipt.StateRefused, "", method
}
