package hub

import (
	"testing"
	"time"

	"parley/recorder/consent/words"
	"parley/signaling/auth"
	"parley/signaling/session"
	"parley/signaling/wire"
)

// TestTheWelcomeTellsTheLanguage: the page can speak as the server does.
func TestTheWelcomeTellsTheLanguage(t *testing.T) {
	h := &Hub{cfg: Config{Now: time.Now, ICEServers: func(auth.Identity) []wire.ICEServer { return nil }}}
	for want, languages := range map[string][]string{"de": {"de-AT", "fr"}, "en": nil} {
		if w := h.welcome(&Session{who: auth.Identity{Languages: languages}}, nil); w.Language != want {
			t.Errorf("for %v: got %q, want %s", languages, w.Language, want)
		}
	}
}

// TestTheLightSpeaksThePersonsLanguage: what stands beside the light, and what is said
// of a microphone, is in each language another text for each state.
func TestTheLightSpeaksThePersonsLanguage(t *testing.T) {
	you, peer := session.Place{}, session.Place{Party: session.Party{Name: "Dr. Lee"}}
	peer.Sound.Alarm = session.AlarmSilence
	seen := map[string]string{}
	for _, language := range words.Languages() {
		l := words.Catalogue{}.Light(language)
		texts := []string{l.YouSilent, l.YouAbsent, l.PeerSilent(peer.Name), l.PeerAbsent(peer.Name), textOf(l, session.Call{Light: session.LightPaused, Paused: true})}
		for _, light := range []session.Light{session.LightOff, session.LightRecording, session.LightPaused, session.LightStopped, session.LightProblem} {
			texts = append(texts, textOf(l, session.Call{Light: light}))
		}
		for _, text := range texts {
			if other, twice := seen[text]; text == "" || twice {
				t.Errorf("%s: %q is empty or said in %s already", language, text, other)
			}
			seen[text] = language
		}
	}
	if got := textOf(words.Catalogue{}.Light("de-AT"), session.Call{Light: session.LightRecording}); got != "Aufnahme läuft" {
		t.Errorf("for Austria: got %q", got)
	}
	if got := hint(words.Catalogue{}.Light("de"), session.Call{Phase: session.Active}, you, peer); got != "" {
		t.Errorf("while nothing is recorded: got the hint %q, want none", got)
	}
}
