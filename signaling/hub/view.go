package hub

import (
	"bytes"
	"cmp"
	"time"

	"parley/media/quality"
	"parley/recorder/consent"
	"parley/recorder/consent/words"
	"parley/signaling/auth"
	"parley/signaling/session"
	"parley/signaling/wire"
	"parley/storage/id"
	"parley/storage/meta"
)

// changed sends the views that differ from what each tab has, and, when the
// phase changed, the experts' new states.
func (c *call) changed(phase bool) {
	c.sendViews()
	if phase {
		c.clerk.tellPresence()
	}
}

func (c *call) sendViews() {
	for _, p := range c.people {
		for _, s := range c.hub.tabs(p) {
			c.sendView(s)
		}
	}
}

func (c *call) sendView(s *Session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, ok := c.view(s)
	if !ok {
		return
	}
	m := wire.Call{Call: v}
	data, err := wire.Encode(m)
	if err != nil || bytes.Equal(data, c.lastView[s]) {
		return
	}
	c.lastView[s] = data
	s.socket.Send(m)
}

// view is the call as the person behind a socket may see it.
func (c *call) view(s *Session) (wire.CallView, bool) {
	c.mu.Lock()
	state := c.state
	c.mu.Unlock()
	side, ok := state.SideOf(s.who.Person)
	if !ok || side == session.Expert && state.RungAt.IsZero() {
		return wire.CallView{}, false // who was not rung knows of no call
	}
	you, peer := state.Sides[side], state.Sides[side.Other()]
	return wire.CallView{
		ID: string(state.ID), Role: side.String(), State: string(state.Phase), Here: you.Socket == s.id,
		Peer:      wire.Person{ID: string(peer.ID), Name: peer.Name, Headline: peer.Headline},
		CreatedAt: state.CreatedAt.UTC(), ConnectedAt: optional(state.ConnectedAt), AnswersBy: answersBy(state),
		EndsAt: optional(state.EndsAt), EndedAt: optional(state.EndedAt), EndReason: string(state.End),
		Hold:      wire.HoldView{ByYou: you.Holds, ByPeer: peer.Holds},
		Media:     mediaView(you, peer),
		Consent:   c.hub.consentView(state, you, peer),
		Recording: recordingView(c.hub.cfg.Words.Light(you.Language), state, you, peer),
	}, true
}

// answersBy is when the expert has said to answer, while the call waits for it.
func answersBy(c session.Call) *time.Time {
	if c.Phase != session.Ringing {
		return nil
	}
	return optional(c.AnswersBy)
}

func mediaView(you, peer session.Place) wire.MediaView {
	return wire.MediaView{
		You: string(you.Media), Peer: string(peer.Media), YouMuted: you.Sound.Muted, PeerMuted: peer.Sound.Muted,
		YouSound: soundView(you.Sound), PeerSound: soundView(peer.Sound),
		YouQuality: qualityView(you), PeerQuality: qualityView(peer),
	}
}

// qualityView is what was measured of a side; one from which nothing comes is lost,
// whatever was measured before.
func qualityView(p session.Place) wire.QualityView {
	q := p.Quality
	if p.Sound.Fault == session.AlarmNoPackets && q.Word != quality.Lost {
		q = session.Quality{Word: quality.Lost, Reason: session.QualityOutgoing}
	}
	return wire.QualityView{Word: string(q.Word), Reason: string(q.Reason)}
}

func optional(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

var answerWords = map[consent.Answer]string{
	consent.AnswerNone:      "none",
	consent.AnswerExpress:   "yes",
	consent.AnswerContinued: "continued",
	consent.AnswerDeclined:  "no",
}

func (h *Hub) consentView(c session.Call, you, peer session.Place) wire.ConsentView {
	answer := answerWords[you.Answer]
	if you.Withdrawn {
		answer = "withdrawn"
	}
	return wire.ConsentView{
		Question:       question(you.Question),
		Answer:         answer,
		WaitingForPeer: peer.Answer == consent.AnswerNone && peer.Question.Kind != words.KindNone,
		PeerAnswer:     peerAnswer(c, peer),
		Before:         partView(c, you),
		Summary:        h.cfg.Words.Neutral(you.Language, summaryState(c)),
	}
}

// partView tells what became of the recording before a no; the question about it
// is for who said the no.
func partView(c session.Call, you session.Place) string {
	if c.Part == session.PartAsked && c.Sides[c.PartSide].ID != you.ID {
		return ""
	}
	return string(c.Part)
}

// peerAnswer is told only while it is what lets the call be recorded.
func peerAnswer(c session.Call, peer session.Place) string {
	if !c.Verdict.MayRecord() || c.Light != session.LightRecording && c.Light != session.LightPaused {
		return ""
	}
	if peer.Answer != consent.AnswerExpress && peer.Answer != consent.AnswerContinued {
		return ""
	}
	return answerWords[peer.Answer]
}

// summaryState names the state of the recording without telling who said what.
func summaryState(c session.Call) words.State {
	switch c.Light {
	case session.LightRecording:
		return words.StateOn
	case session.LightPaused:
		return words.StatePaused
	case session.LightStopped:
		return words.StateStopped
	case session.LightProblem:
		return words.StateUnavailable
	}
	if s := words.StateOf(c.Verdict); s != words.StateOn {
		return s
	}
	return words.StateWaiting // allowed, but capture has not begun
}

func question(q words.Question) *wire.Question {
	out := &wire.Question{
		Kind: string(q.Kind), Hash: q.Hash, Language: q.Language, Title: q.Title, Body: q.Body,
		Yes: q.Yes, No: q.No, WhyTitle: q.WhyTitle, DetailsTitle: q.DetailsTitle, Why: q.Why, Details: q.WhatHappens, Sources: []wire.Source{},
	}
	for _, s := range q.Sources {
		out.Sources = append(out.Sources, wire.Source{Citation: s.Citation, Says: s.Says})
	}
	return out
}

// textOf is what stands beside the light.
func textOf(l words.Light, c session.Call) string {
	switch c.Light {
	case session.LightRecording:
		return l.Recording
	case session.LightPaused:
		if !c.Paused {
			return l.Hold
		}
		return l.Card
	case session.LightStopped:
		return l.Stopped
	case session.LightProblem:
		return l.Problem
	}
	return l.Off
}

func recordingView(l words.Light, c session.Call, you, peer session.Place) wire.RecordingView {
	return wire.RecordingView{
		State: string(c.Light), Since: optional(c.LightSince), Text: textOf(l, c), ID: string(c.Recording),
		Hint:   hint(l, c, you, peer),
		Paused: c.Paused, RemindAt: optional(c.RemindAt),
	}
}

// record is the call as metadata keeps it.
func (c *call) record() meta.Call {
	s := c.state
	return meta.Call{
		ID:       s.ID,
		MemberID: s.Sides[session.Member].ID, ExpertID: s.Sides[session.Expert].ID,
		MemberName: s.Sides[session.Member].Name, ExpertName: s.Sides[session.Expert].Name,
		CreatedAt: s.CreatedAt.UTC(), AcceptedAt: optional(s.AcceptedAt),
		ConnectedAt: optional(s.ConnectedAt), EndedAt: optional(s.EndedAt),
		EndReason: string(s.End), RecordingID: cmp.Or(recordingOf(s), c.former), Alarms: alarms(s), Quality: c.quality(),
	}
}

func recordingOf(s session.Call) *id.RecordingID {
	if s.Recording == "" {
		return nil
	}
	return &s.Recording
}

var sources = map[string]consent.Source{
	"declared": consent.SourceDeclared, "billing": consent.SourceBilling, "phone": consent.SourcePhone,
	"geo": consent.SourceGeo, "ip": consent.SourceIP, auth.SourceStated: consent.SourceStated,
	auth.SourceEarlier: consent.SourcePrevious,
}

// signals are a token's places in the words of the judge; a source that is
// not known counts as the platform's own claim.
func signals(who auth.Identity) []consent.Signal {
	out := make([]consent.Signal, 0, len(who.Places))
	for _, p := range who.Places {
		src, ok := sources[p.Source]
		if !ok {
			src = consent.SourceToken
		}
		out = append(out, consent.Signal{Place: p.Code, Source: src, VPN: p.Hidden})
	}
	return out
}
