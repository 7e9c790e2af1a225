package accesscopy

import (
	"time"

	"parley/recorder/consent/receipt"
	"parley/recorder/evaluation"
	"parley/storage/audit"
	"parley/storage/chain"
	"parley/storage/id"
	"parley/storage/meta"
)

// Version is the version of data.json.
const Version = 1

// Contents is what data.json says.
type Contents struct {
	Version  int       `json:"version"`
	MadeAt   time.Time `json:"made_at"`
	Operator string    `json:"operator"`
	Person   Person    `json:"person"`
	// Calls and Recordings are oldest first.
	Calls      []Call      `json:"calls"`
	Recordings []Recording `json:"recordings"`
	// Evaluations are those of an expert's calls that were released, the newest first.
	Evaluations []Evaluation `json:"evaluations"`
	Blocks      []Block      `json:"blocks"`
}

// Person is what is kept of the person.
type Person struct {
	ID        id.PersonID `json:"id"`
	Role      string      `json:"role"`
	Name      string      `json:"name,omitempty"`
	Headline  string      `json:"headline,omitempty"`
	Languages []string    `json:"languages,omitempty"`
	Available *bool       `json:"available,omitempty"`
	UpdatedAt *time.Time  `json:"updated_at,omitempty"`
}

// Call is a call of the person's.
type Call struct {
	ID          id.CallID       `json:"id"`
	With        string          `json:"with"`
	CalledAt    time.Time       `json:"called_at"`
	AcceptedAt  *time.Time      `json:"accepted_at,omitempty"`
	ConnectedAt *time.Time      `json:"connected_at,omitempty"`
	EndedAt     *time.Time      `json:"ended_at,omitempty"`
	EndReason   string          `json:"end_reason,omitempty"`
	Sound       meta.LegAlarms  `json:"own_sound"`
	Recording   *id.RecordingID `json:"recording,omitempty"`
	// Wrote is what the person wrote in and about the call, oldest first, and
	// Rating the stars that they gave.
	Wrote  []Wrote `json:"wrote,omitempty"`
	Rating *Rating `json:"rating,omitempty"`
	// Receipts and Ledger name files of the archive.
	Receipts []Receipt `json:"receipts"`
	Ledger   string    `json:"ledger,omitempty"`
}

// Wrote is a message, a comment or a report.
type Wrote struct {
	Kind string    `json:"kind"`
	At   time.Time `json:"at"`
	Text string    `json:"text"`
}

// Rating is what the person thought of a call.
type Rating struct {
	Stars  int         `json:"stars"`
	Survey meta.Survey `json:"survey"`
	At     time.Time   `json:"at"`
}

// Receipt is a consent receipt.
type Receipt struct {
	File string        `json:"file"`
	At   string        `json:"at"`
	Said receipt.State `json:"state"`
}

// Recording is a recording in which the person speaks.
type Recording struct {
	ID        id.RecordingID `json:"id"`
	Call      id.CallID      `json:"call"`
	With      string         `json:"with"`
	StartedAt time.Time      `json:"started_at"`
	LengthMs  int64          `json:"length_ms"`
	State     meta.State     `json:"state"`
	Keep      meta.Keep      `json:"keep"`
	// SetAsideAt is when its time was over.
	SetAsideAt *time.Time `json:"set_aside_at,omitempty"`
	// File is the sound, empty where there is none; Note says why, or what is
	// missing.
	File string `json:"file,omitempty"`
	Note string `json:"note,omitempty"`
	// Whole tells that both voices are in the file.
	Whole    bool           `json:"whole"`
	Erased   bool           `json:"own_voice_erased"`
	Accesses []audit.Access `json:"accesses"`
	Erasures []Erasure      `json:"erasures"`
}

// Erasure is an erasure that concerns the person's voice.
type Erasure struct {
	Part        string            `json:"part"`
	Basis       string            `json:"basis"`
	State       meta.ErasureState `json:"state"`
	RequestedAt time.Time         `json:"requested_at"`
	DoneAt      *time.Time        `json:"done_at,omitempty"`
	// Certificate names a file of the archive.
	Certificate string `json:"certificate,omitempty"`
}

// Evaluation is what a reviewer thinks of how the person has held a call: never who it
// is.
type Evaluation struct {
	Call       id.CallID           `json:"call"`
	Recording  id.RecordingID      `json:"recording"`
	State      string              `json:"state"`
	ReleasedAt *time.Time          `json:"released_at"`
	Form       string              `json:"form"`
	Version    int                 `json:"version"`
	Percent    int                 `json:"percent"`
	Passed     bool                `json:"passed"`
	Answers    []evaluation.Answer `json:"answers"`
	Comment    string              `json:"comment,omitempty"`
	// Moments are comments to places of the recording.
	Moments []evaluation.Moment `json:"moments,omitempty"`
	// Dispute is what the person said against it, and Settlement the answer.
	Dispute    *evaluation.Dispute `json:"dispute,omitempty"`
	Settlement *Settlement         `json:"settlement,omitempty"`
}

// Settlement is the answer to a dispute, without who gave it.
type Settlement struct {
	At     time.Time `json:"at"`
	Stands bool      `json:"stands"`
	Text   string    `json:"text"`
}

// Block is somebody whom the person does not want to meet.
type Block struct {
	Person id.PersonID `json:"person"`
	At     time.Time   `json:"at"`
}

// ledgerFile is what the file of a call's ledger entries holds: those that the
// person made, and those about their side of the call.
type ledgerFile struct {
	Call    id.CallID     `json:"call"`
	Entries []chain.Entry `json:"entries"`
}
