package vcon

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"time"

	"parley/storage/id"
	"parley/storage/meta"
)

// Facts are what is known of a call that has ended.
type Facts struct {
	Call      meta.Call
	Recording meta.Recording
	// Sealed are the SHA-256 in hex of the sealed objects of the recording's
	// voices, member and expert; empty where there is nothing to be heard.
	Sealed [2]string
	// Receipts are the member's and the expert's, the oldest first; Ledger is the
	// newest entry of the call.
	Receipts [2][]Receipt
	Ledger   Entry
	// Names and Answers tell whether the reader may see who spoke, and the signed
	// receipts.
	Names, Answers bool
}

// Build describes the call. Now is when it is asked for.
func Build(f Facts, now time.Time) (Container, error) {
	dialog, err := f.voices()
	if err != nil {
		return Container{}, err
	}
	if len(dialog) == 0 {
		dialog = []Dialog{f.bare()}
	}
	return Container{
		VCon: Syntax, UUID: uuidOf(f.Call), Extensions: []string{Extension},
		CreatedAt: f.ended(), UpdatedAt: now.UTC(), Redacted: Redacted{Type: "audio"},
		Parties: f.parties(), Dialog: dialog, Analysis: f.sound(len(dialog)), Attachments: f.consents(),
	}, nil
}

// uuidOf is the same for a call each time: a UUID of version 8 (RFC 9562 section
// 5.8) of the time of the call and a hash of its id.
func uuidOf(c meta.Call) string {
	hash := sha256.Sum256([]byte("vcon:" + c.ID))
	var u [16]byte
	copy(u[:], hash[:])
	var ms [8]byte
	binary.BigEndian.PutUint64(ms[:], uint64(c.CreatedAt.UnixMilli()))
	copy(u[:6], ms[2:])
	u[6] = u[6]&0x0f | 0x80
	u[8] = u[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
}

func (f Facts) ended() time.Time {
	if f.Call.EndedAt == nil {
		return f.Call.CreatedAt.UTC()
	}
	return f.Call.EndedAt.UTC()
}

func (f Facts) parties() []Party {
	out := []Party{
		{UUID: string(f.Call.MemberID), Type: "person", Role: id.PartMember},
		{UUID: string(f.Call.ExpertID), Type: "person", Role: id.PartExpert},
	}
	if f.Names {
		for i, name := range []string{f.Call.MemberName, f.Call.ExpertName} {
			out[i].Name, out[i].Validation = name, "access token"
		}
	}
	return out
}

// voices are the voices that are there to be heard.
func (f Facts) voices() ([]Dialog, error) {
	var out []Dialog
	for leg, sum := range f.Sealed {
		if sum == "" {
			continue
		}
		hash, err := contentHash(sum)
		if err != nil {
			return nil, fmt.Errorf("vcon of %s: %w", f.Call.ID, err)
		}
		d := f.dialog(leg)
		d.Start, d.Duration = f.Recording.StartedAt.UTC(), seconds(time.Duration(f.Recording.LengthMs)*time.Millisecond)
		d.MediaType = "audio/ogg"
		d.Voice = &Voice{ID: string(f.Recording.ID), Voice: [2]string{id.PartMember, id.PartExpert}[leg], Sealed: hash}
		out = append(out, d)
	}
	return out, nil
}

// dialog is what all dialogs have. Who called is the originator, which is said
// where their voice is not the dialog's first.
func (f Facts) dialog(parties ...int) Dialog {
	d := Dialog{
		Type: "recording", Parties: parties, Application: Extension,
		Call: &Call{ID: string(f.Call.ID), EndReason: Reason(f.Call)},
	}
	if parties[0] != 0 {
		d.Originator = new(int)
	}
	return d
}

// bare is a call without a voice: set up, or not.
func (f Facts) bare() Dialog {
	d := f.dialog(0, 1)
	if at := f.Call.ConnectedAt; at != nil {
		d.Start, d.Duration = at.UTC(), seconds(f.ended().Sub(*at))
		return d
	}
	d.Type, d.Start, d.Disposition = "incomplete", f.Call.CreatedAt.UTC(), disposition(f.Call.EndReason)
	return d
}

// Reason is why a call ended, as its view has it: nobody is told of a block.
func Reason(c meta.Call) string {
	if c.EndReason == "blocked" {
		return "away"
	}
	return c.EndReason
}

// disposition says why a call was not set up (section 4.3.11).
func disposition(endReason string) string {
	switch endReason {
	case "no_answer":
		return "no-answer"
	case "busy", "away", "blocked":
		return "busy"
	case "declined", "cancelled", "not_agreed", "revoked":
		return "hung-up"
	}
	return "failed"
}

func seconds(d time.Duration) *float64 {
	s := max(d, 0).Seconds()
	return &s
}

// contentHash writes a SHA-256 as section 2.2 wants it.
func contentHash(hexadecimal string) (string, error) {
	sum, err := hex.DecodeString(hexadecimal)
	if err != nil {
		return "", err
	}
	return "sha256-" + base64.RawURLEncoding.EncodeToString(sum), nil
}

// consents are the records of consent, one for each person who answered.
func (f Facts) consents() (out []Attachment) {
	for party, receipts := range f.Receipts {
		if len(receipts) == 0 {
			continue
		}
		body := Consent{Ledger: f.Ledger}
		for _, r := range receipts {
			if !f.Answers {
				r.JWS = ""
			}
			body.Receipts = append(body.Receipts, r)
		}
		out = append(out, Attachment{
			Purpose: "consent", Start: receipts[0].At, Party: party,
			MediaType: "application/json", Encoding: "json", Body: body,
		})
	}
	return out
}

// sound is how the sound of a call that was set up arrived, of all dialogs.
func (f Facts) sound(dialogs int) []Analysis {
	if f.Call.ConnectedAt == nil {
		return nil
	}
	of := make([]int, dialogs)
	for i := range of {
		of[i] = i
	}
	return []Analysis{{
		Type: "report", Dialog: of, MediaType: "application/json", Vendor: Extension, Product: "call quality", Schema: "parley-sound-1",
		Encoding: "json", Body: Sound{Member: f.Call.Sound(0), Expert: f.Call.Sound(1)},
	}}
}
