package api

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"parley/recorder/manifest"
	"parley/recorder/playback"
	"parley/signaling/auth"
	"parley/signaling/problem"
	"parley/signaling/wire"
	"parley/storage/id"
	"parley/storage/meta"
)

// playCookie holds a play's ticket. Its path is the play's own address, so
// that two tabs of two people do not meet.
const playCookie = "parley_play"

const maxReasonBytes = 500

// pauseAtMost is how long one answer with sound may take.
const pauseAtMost = 2 * time.Hour

func (s *Server) startPlay(w http.ResponseWriter, r *http.Request) error {
	who, err := s.caller(r)
	if err != nil {
		return err
	}
	var body struct {
		Reason string `json:"reason"`
		Case   string `json:"case"`
	}
	if err := readJSON(w, r, &body); err != nil {
		return err
	}
	rec, err := s.maySee(r, who)
	if err != nil {
		return err
	}
	reason, caseID := strings.TrimSpace(body.Reason), strings.TrimSpace(body.Case)
	if err := needsReason(who, reason, caseID); err != nil {
		return err
	}
	if err := s.mayPlay(who, rec); err != nil {
		return err
	}
	x, err := s.openPlay(r.Context(), who, rec.ID, why{reason, caseID})
	if err != nil {
		return err
	}
	return writePlay(w, r, x)
}

// why is what somebody says before they listen.
type why struct{ reason, caseID string }

// playable tells why a recording cannot be played, or nil.
func playable(rec meta.Recording) error {
	switch {
	case rec.State == meta.StateErased || rec.Erased == [2]bool{true, true}:
		return problem.ErrErased
	case rec.TrashedAt != nil:
		return problem.ErrTrashed
	case rec.State != meta.StateStored:
		return problem.ErrNotPlayable
	}
	return nil
}

// openPlay opens the recording for as long as the play lives; the audit entry
// is durable before anything is opened.
func (s *Server) openPlay(ctx context.Context, who auth.Identity, rec id.RecordingID, said why) (*play, error) {
	x := &play{id: id.NewPlay(s.cfg.Now()), ticket: newTicket(), who: who, recording: rec}
	if err := s.audit(ctx, "play.start", x, map[string]string{"reason": said.reason, "case": said.caseID}); err != nil {
		return nil, err
	}
	life, cancel := context.WithCancel(context.WithoutCancel(ctx))
	opened, err := s.cfg.Library.Open(life, rec)
	if err != nil {
		cancel()
		return nil, err
	}
	x.opened, x.cancel, x.wav = opened, cancel, sync.OnceValues(opened.WAV)
	s.plays.add(x)
	if err := s.cfg.Tokens.Still(who); err != nil { // taken back before it was entered
		s.EndRevoked()
		return nil, err
	}
	return x, nil
}

func writePlay(w http.ResponseWriter, r *http.Request, x *play) error {
	path := wire.Root + "/plays/" + string(x.id)
	http.SetCookie(w, &http.Cookie{
		Name: playCookie, Value: x.ticket, Path: path, HttpOnly: true,
		Secure: overTLS(r), SameSite: http.SameSiteStrictMode, MaxAge: int(playLife.Seconds()),
	})
	m := x.opened.Manifest
	return writeJSON(w, http.StatusCreated, struct {
		Play     id.PlayID `json:"play"`
		AudioURL string    `json:"audio_url"`
		WAVURL   string    `json:"wav_url"`
		PeaksURL string    `json:"peaks_url"`
		// MessagesURL is what the two wrote to each other.
		MessagesURL string           `json:"messages_url"`
		Spans       []span           `json:"spans"`
		Events      []manifest.Event `json:"events"`
		// Erased are the voices that were erased: they are silent.
		Erased []string `json:"erased"`
		// GainsDB are what brings member and expert to one level, of AudioURL; in WAVURL
		// it is done.
		GainsDB [2]float64 `json:"gains_db"`
	}{
		x.id, path + "/audio.opus", path + "/audio.wav", path + "/peaks.json", path + "/messages.json", spansOf(m),
		append([]manifest.Event{}, m.Events...), erasedOf(x.opened.Erased), [2]float64{m.Voices[0].Stats.GainDB, m.Voices[1].Stats.GainDB},
	})
}

// overTLS tells whether the browser came by TLS, to this server or to a proxy before it.
// A client that says so of itself gets a cookie that it keeps to TLS, which harms nobody.
func overTLS(r *http.Request) bool {
	return r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https"
}

// span is a stretch that was recorded, in milliseconds since the start.
type span struct {
	OpenMs  float64 `json:"open_ms"`
	CloseMs float64 `json:"close_ms"`
}

func spansOf(m manifest.Manifest) []span {
	out := make([]span, 0, len(m.Spans))
	for _, s := range m.Spans {
		out = append(out, span{s.OpenMs, s.CloseMs})
	}
	return out
}

// playPeaks serves the waveform of both voices.
func (s *Server) playPeaks(w http.ResponseWriter, r *http.Request) error {
	x, err := s.authorise(r)
	if err != nil {
		return err
	}
	defer s.plays.release(x)
	if err := s.audit(r.Context(), "play.peaks", x, map[string]string{}); err != nil {
		return err
	}
	peaks, err := s.cfg.Library.Peaks(r.Context(), x.recording)
	if errors.Is(err, playback.ErrNoPeaks) {
		return problem.ErrNotFound
	}
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, peaks)
}

// playAudio serves the stereo stream as it is.
func (s *Server) playAudio(w http.ResponseWriter, r *http.Request) error {
	return s.serveRange(w, r, "audio/ogg", func(x *play) (*io.SectionReader, error) {
		return io.NewSectionReader(x.opened, 0, x.opened.Size()), nil
	})
}

// playVoice serves one person's voice to the byte as it was recorded.
func (s *Server) playVoice(w http.ResponseWriter, r *http.Request) error {
	leg := slices.Index([]string{id.PartMember + ".opus", id.PartExpert + ".opus"}, r.PathValue("voice"))
	return s.serveRange(w, r, "audio/ogg", func(x *play) (*io.SectionReader, error) {
		if leg < 0 {
			return nil, problem.ErrNotFound
		}
		voice := x.opened.Voice(leg)
		if voice == nil {
			return nil, problem.ErrErased
		}
		return voice, nil
	})
}

// playManifest serves what is known of the recording: its spans with the proof of
// consent for each, how each voice was made and what is missing of it.
func (s *Server) playManifest(w http.ResponseWriter, r *http.Request) error {
	x, err := s.authorise(r)
	if err != nil {
		return err
	}
	defer s.plays.release(x)
	if err := s.audit(r.Context(), "play.manifest", x, map[string]string{}); err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, x.opened.Manifest)
}

// playWAV decodes what is asked for, for players that cannot take Ogg Opus.
func (s *Server) playWAV(w http.ResponseWriter, r *http.Request) error {
	return s.serveRange(w, r, "audio/wav", func(x *play) (*io.SectionReader, error) {
		wav, err := x.wav()
		if err != nil {
			return nil, err
		}
		return io.NewSectionReader(wav, 0, wav.Size()), nil
	})
}

// authorise finds the play that a request belongs to and asks again whether
// its person may listen. plays.release must follow where there is no error.
func (s *Server) authorise(r *http.Request) (*play, error) {
	playID, err := id.ParsePlay(r.PathValue("play"))
	if err != nil {
		return nil, problem.ErrNotFound
	}
	cookie, err := r.Cookie(playCookie)
	if err != nil {
		return nil, problem.ErrUnauthenticated
	}
	x, err := s.plays.use(playID, cookie.Value)
	if err != nil {
		return nil, err
	}
	if err := s.mayStill(r.Context(), x); err != nil {
		s.plays.release(x)
		return nil, err
	}
	return x, nil
}

// mayStill asks whether a play may go on: its token is good, its person may
// listen, and no voice was erased since it was opened.
func (s *Server) mayStill(ctx context.Context, x *play) error {
	if !s.cfg.Now().Before(x.who.Expires) {
		return auth.ErrExpired
	}
	if err := s.cfg.Tokens.Still(x.who); err != nil {
		return err
	}
	rec, err := s.cfg.Store.Recording(ctx, x.recording)
	if err != nil {
		return err
	}
	ok, err := s.allowed(ctx, x.who, rec)
	if err == nil && !ok {
		err = problem.ErrNotFound
	}
	if err != nil {
		return err
	}
	if err := s.mayPlay(x.who, rec); err != nil {
		return err
	}
	if rec.Erased != x.opened.Erased {
		return problem.ErrChanged
	}
	return nil
}

// askEvery is how many bytes are read between two questions whether a play may
// go on; it is the length of a chunk of a sealed object.
const askEvery = 64 << 10

// stillAllowed is what a play reads, for as long as it may.
type stillAllowed struct {
	io.ReadSeeker
	may  func() error
	left int // bytes until it is asked again
}

func (r *stillAllowed) Read(p []byte) (int, error) {
	if r.left <= 0 {
		if err := r.may(); err != nil {
			return 0, err
		}
		r.left = askEvery
	}
	n, err := r.ReadSeeker.Read(p[:min(len(p), r.left)])
	r.left -= n
	return n, err
}

// serveRange authorises a request anew, writes it down, and serves the bytes
// that it asks for.
func (s *Server) serveRange(w http.ResponseWriter, r *http.Request, kind string, content func(*play) (*io.SectionReader, error)) error {
	x, err := s.authorise(r)
	if err != nil {
		return err
	}
	defer s.plays.release(x)
	what := map[string]string{"range": clip(r.Header.Get("Range"))}
	if voice := r.PathValue("voice"); voice != "" {
		what["voice"] = clip(voice)
	}
	if err := s.audit(r.Context(), "play.range", x, what); err != nil {
		return err
	}
	from, err := content(x)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "private, no-store")
	w.Header().Set("ETag", validator(x))
	may := func() error { return s.mayStill(r.Context(), x) }
	// A browser takes no more while its player is paused.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(pauseAtMost)) // only a test has no connection
	http.ServeContent(w, r, "", time.Time{}, &stillAllowed{ReadSeeker: from, may: may, left: askEvery})
	return nil
}

// validator is the ETag of what is played: a recording changes only when one of
// its voices is erased.
func validator(x *play) string {
	return `"` + strings.Join(append([]string{string(x.recording)}, erasedOf(x.opened.Erased)...), "-") + `"`
}

func clip(s string) string { return s[:min(len(s), 64)] }

func (s *Server) audit(ctx context.Context, kind string, x *play, more map[string]string) error {
	more["play"], more["role"] = string(x.id), string(x.who.Role)
	_, err := s.cfg.Store.AppendChain(ctx, AuditChain, kind, string(x.recording), string(x.who.Person), more, s.cfg.Now())
	return err
}
