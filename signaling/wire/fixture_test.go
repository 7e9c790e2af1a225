package wire

import "time"

// The people and times of the fixtures.
const (
	fixtureCall      = "call_06fmdcs7c1s6p8v4j3r8tq2kbg"
	fixtureRecording = "rec_06fmdct5q9s6p8v4j3r8tq2kbg"
	fixtureHash      = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
)

var (
	fixtureCreated   = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	fixtureConnected = time.Date(2026, 11, 22, 9, 0, 7, 250_000_000, time.UTC)
	fixtureLight     = time.Date(2026, 11, 22, 9, 0, 9, 0, time.UTC)
	fixtureEnded     = time.Date(2026, 11, 22, 9, 10, 30, 5_000_000, time.UTC)
)

func at(t time.Time) *time.Time { return &t }

func fixtureQuestion() *Question {
	return &Question{
		Kind: "question", Hash: fixtureHash, Language: "en",
		Title: "May this call be recorded?",
		Body:  []string{"Only the two of you and quality reviewers can listen.", "A no changes nothing: the call goes on unrecorded."},
		Yes:   "Yes, record", No: "No, don't",
		Why:      []string{"You are in California and Dr. Lee is in Germany.", "Germany's rule is stricter: everybody must say yes."},
		WhyTitle: "Why am I asked?", DetailsTitle: "What exactly happens?",
		Details: []string{"It is kept for 90 days.", "You can stop it at any moment."},
		Sources: []Source{{Citation: "§ 201 StGB", Says: "Recording the spoken word needs everybody's consent."}},
	}
}

func fixtureNotice() *Question {
	return &Question{
		Kind: "notice", Hash: fixtureHash, Language: "de",
		Title: "Dieses Gespräch wird aufgezeichnet",
		Body:  []string{"Wer bleibt, ist einverstanden."},
		No:    "Nicht aufzeichnen",
		Why:   []string{"„Hinweis“ genügt an beiden Orten <hier>."}, Details: []string{}, Sources: []Source{},
	}
}

func fixtureNone() *Question {
	return &Question{
		Kind: "none", Hash: fixtureHash, Language: "en", Title: "This call will not be recorded",
		Body: []string{"There is nothing to answer."}, Why: []string{}, Details: []string{}, Sources: []Source{},
	}
}

// ringing is the member's view of a call that rings; the other views start
// from it.
func ringing() CallView {
	return CallView{
		ID: fixtureCall, Role: "member", State: "ringing", Here: true,
		Peer:      Person{ID: "dr-lee", Name: "Dr. Lee", Headline: "Tax law"},
		CreatedAt: fixtureCreated,
		Media:     MediaView{You: "connecting", Peer: "none"},
		Consent: ConsentView{
			Question: fixtureQuestion(), Answer: "none", WaitingForPeer: true,
			Summary: "Recording is off until everybody has been told and asked.",
		},
		Recording: RecordingView{State: RecordingOff, Text: "Not recorded"},
	}
}

// changed is ringing with a change.
func changed(change func(*CallView)) Call {
	v := ringing()
	change(&v)
	return Call{Call: v}
}

func fixtureActive(v *CallView) {
	v.State, v.ConnectedAt = "active", at(fixtureConnected)
	v.Media = MediaView{
		You: "connected", Peer: "connected", YouQuality: QualityView{Word: "excellent"}, PeerQuality: QualityView{Word: "poor", Reason: "outgoing"},
		PeerSound: SoundView{Fault: "no_packets", Relay: "trying"},
	}
	v.Consent.Answer, v.Consent.WaitingForPeer = "yes", false
}

func fixtureRecorded(v *CallView) {
	fixtureActive(v)
	v.Consent.Summary, v.Consent.PeerAnswer = "Recording is on.", "yes"
	v.Recording = RecordingView{State: RecordingOn, Since: at(fixtureLight), Text: "Recording", ID: fixtureRecording}
}

func fixtureOver(v *CallView, reason string) {
	v.State, v.EndedAt, v.EndReason = "ended", at(fixtureEnded), reason
}

// fixtures is at least one message of each type, and each state that a view of
// a call can show. The web client reads the same files.
func fixtures() map[string]ServerMessage {
	all := fixturePlain()
	for name, c := range fixtureCalls() {
		all[name] = c
	}
	return all
}

func fixturePlain() map[string]ServerMessage {
	operator := Operator{Name: "Example Advice Ltd", RetentionDays: 90}
	member := Person{ID: "maya", Role: "member", Name: "Maya Torres"}
	live := ringing()
	fixtureRecorded(&live)
	live.Here = false
	return map[string]ServerMessage{
		"welcome": Welcome{Person: member, Language: "en", Operator: operator, ICEServers: []ICEServer{}, ServerTime: fixtureCreated},
		"welcome_in_call": Welcome{
			Person: member, Language: "en", Operator: operator, ServerTime: fixtureLight, Call: &live,
			ICEServers: []ICEServer{
				{URLs: []string{"stun:127.0.0.1:3478"}},
				{URLs: []string{"turn:127.0.0.1:3478?transport=udp", "turn:127.0.0.1:3478?transport=tcp"}, Username: "1795338000.a.b.c", Credential: "c2VjcmV0"},
			},
		},
		"welcome_expert": Welcome{
			Person:   Person{ID: "dr-lee", Role: "expert", Name: "Dr. Lee", Headline: "Tax law"},
			Language: "de", Operator: operator, ICEServers: []ICEServer{}, ServerTime: fixtureCreated,
		},
		"directory": Directory{Version: 7, Experts: []Expert{
			{ID: "dr-lee", Name: "Dr. Lee", Headline: "Tax law", Languages: []string{"en", "de"}, State: StateAvailable, Rating: &Rating{Stars: 4.7, Members: 23}},
			{ID: "sam-ortiz", Name: "Sam Ortiz", Headline: "", Languages: []string{}, State: StateBusy},
			{ID: "zoe", Name: "Zoë Ångström", Headline: "Schlaf & Ruhe", Languages: []string{"sv"}, State: StateAway},
		}},
		"directory_empty":     Directory{Experts: []Expert{}},
		"directory_changed":   DirectoryChanged{Version: 8, Expert: Expert{ID: "zoe", Name: "Zoë Ångström", Headline: "Schlaf & Ruhe", Languages: []string{"sv"}, State: StateAvailable}},
		"presence_available":  Presence{Available: true, State: StateAvailable},
		"presence_busy":       Presence{Available: true, State: StateBusy},
		"presence_wrap_up":    Presence{Available: true, State: StateWrapUp, WrapUpUntil: at(fixtureEnded)},
		"presence_away":       Presence{Available: false, State: StateAway},
		"presence_missed":     Presence{Available: false, State: StateAway, Reason: "missed_calls"},
		"message":             Message{Call: fixtureCall, ID: "txt_06fmdcs7c1s6p8v4j3r8tq2kbg", From: "maya", At: fixtureLight, Text: "The form is E‑101 🙂"},
		"media_offer":         MediaOffer{Call: fixtureCall, Generation: 2, SDP: "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=rtpmap:111 opus/48000/2\r\n", Relay: true, ICEServers: []ICEServer{{URLs: []string{"turn:203.0.113.5:3478"}, Username: "1", Credential: "c"}}},
		"media_offer_warm":    MediaOffer{Call: fixtureCall, Generation: 3, SDP: "v=0\r\n", Warm: true},
		"media_offer_restart": MediaOffer{Call: fixtureCall, Generation: 2, Restart: 1, SDP: "v=0\r\n"},
		"pong":                Pong{Ref: "7"},
		"check_offer":         CheckOffer{Ref: "8", Check: 3, SDP: "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n"},
		"check_offer_relays":  CheckOffer{Ref: "9", Check: 4, SDP: "v=0\r\n", ICEServers: []ICEServer{{URLs: []string{"turn:203.0.113.5:3478"}, Username: "1", Credential: "c"}}},
		"recording_ready":     RecordingReady{Recording: fixtureRecording, Call: fixtureCall},
		"error": Error{Ref: "7", Problem: Problem{
			Type: "/problems/expert-busy", Title: "Busy", Status: 409,
			Detail: "This expert is in another call. Try again in a while.", Instance: "play_06fmdcs7c1s6p8v4j3r8tq2kbg",
		}},
		"error_without_ref": Error{Problem: Problem{Type: "/problems/malformed-message", Title: "Malformed message", Status: 400}},
	}
}

func fixtureCalls() map[string]Call {
	return map[string]Call{
		"call_ringing": changed(func(*CallView) {}),
		"call_ringing_expert": changed(func(v *CallView) {
			v.Role, v.Here, v.Peer = "expert", false, Person{ID: "maya", Name: "Maya Torres"}
			v.Media = MediaView{You: "none", Peer: "connecting"}
		}),
		"call_ringing_delayed": changed(func(v *CallView) { v.AnswersBy = at(fixtureEnded) }),
		"call_ringing_warm":    changed(func(v *CallView) { v.Media.You, v.Consent.Answer = "connected", "yes" }),
		"call_connecting": changed(func(v *CallView) {
			v.State, v.Media, v.Consent.Question = "connecting", MediaView{You: "connected", Peer: "connecting"}, fixtureNotice()
		}),
		"call_connecting_elsewhere": changed(func(v *CallView) { v.State, v.Here = "connecting", false }),
		"call_active":               changed(fixtureActive),
		"call_active_recording":     changed(fixtureRecorded),
		"call_active_notice_continued": changed(func(v *CallView) {
			fixtureRecorded(v)
			v.Consent.Question, v.Consent.Answer = fixtureNotice(), "continued"
		}),
		"call_active_not_recorded": changed(func(v *CallView) {
			fixtureActive(v)
			v.Consent.Question, v.Consent.Answer, v.Consent.Summary = fixtureNone(), "none", "This call cannot be recorded."
		}),
		"call_active_declined": changed(func(v *CallView) {
			fixtureActive(v)
			v.Consent.Answer, v.Consent.Summary = "no", "Recording is off: not everybody agreed."
		}),
		"call_active_withdrawn": changed(func(v *CallView) {
			fixtureRecorded(v)
			v.Consent.Answer, v.Consent.Summary, v.Consent.PeerAnswer = "withdrawn", "Recording stopped.", ""
			v.Consent.Before = "ask"
			v.Recording.State, v.Recording.Text = RecordingStopped, "Recording stopped"
		}),
		"call_active_paused": changed(func(v *CallView) {
			fixtureRecorded(v)
			v.Consent.Summary = "Recording is paused."
			v.Recording.State, v.Recording.Text = RecordingPaused, "Paused: card details"
			v.Recording.Paused, v.Recording.RemindAt = true, at(fixtureLight.Add(time.Minute))
		}),
		"call_active_hold": changed(func(v *CallView) {
			fixtureRecorded(v)
			v.Hold.ByYou = true
			v.Consent.Summary = "Recording is paused."
			v.Recording.State, v.Recording.Text = RecordingPaused, "Paused: on hold"
		}),
		"call_active_ends_soon": changed(func(v *CallView) {
			fixtureRecorded(v)
			v.EndsAt = at(fixtureEnded)
		}),
		"call_active_problem": changed(func(v *CallView) {
			fixtureActive(v)
			v.Consent.Summary = "This call cannot be recorded."
			v.Recording = RecordingView{State: RecordingProblem, Since: at(fixtureLight), Text: "Recording problem: nothing is being saved"}
		}),
		"call_active_muted": changed(func(v *CallView) {
			fixtureRecorded(v)
			v.Media.YouMuted, v.Media.PeerMuted = true, true
		}),
		"call_active_silent": changed(func(v *CallView) {
			fixtureRecorded(v)
			v.Recording.Hint = "No sound comes from the microphone of Dr. Lee."
		}),
		"call_active_lost": changed(func(v *CallView) {
			fixtureRecorded(v)
			v.Media.Peer, v.Media.PeerQuality = "lost", QualityView{Word: "lost", Reason: "again"}
		}),
		"call_ended_declined":  changed(func(v *CallView) { fixtureOver(v, "declined") }),
		"call_ended_cancelled": changed(func(v *CallView) { fixtureOver(v, "cancelled") }),
		"call_ended_no_answer": changed(func(v *CallView) { fixtureOver(v, "no_answer") }),
		"call_ended_completed": changed(func(v *CallView) {
			fixtureRecorded(v)
			fixtureOver(v, "completed")
			v.Recording.State, v.Recording.Text = RecordingStopped, "Recording stopped"
		}),
		"call_ended_dropped": changed(func(v *CallView) {
			fixtureActive(v)
			fixtureOver(v, "dropped")
			v.Media.Peer, v.Media.PeerQuality = "lost", QualityView{Word: "lost", Reason: "again"}
		}),
		"call_ended_limit": changed(func(v *CallView) {
			fixtureActive(v)
			fixtureOver(v, "limit")
			v.EndsAt = at(fixtureEnded)
		}),
		"call_ended_failed": changed(func(v *CallView) { fixtureOver(v, "failed") }),
	}
}
