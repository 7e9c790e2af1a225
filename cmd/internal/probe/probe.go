package probe

import (
	"context"
	"errors"
	"fmt"
	"time"

	"parley/cmd/internal/softphone"
	"parley/media/audiomatch"
	"parley/signaling/auth"
	"parley/signaling/wire"
)

// Config says what to check.
type Config struct {
	Server string
	// Key mints the tokens of the check's people; nil uses the server's demo.
	Key *auth.Key
	// Progress is told each step; may be nil.
	Progress func(step string)
}

// Result is what a check came to. Times are milliseconds; 0 when the check
// did not get that far.
type Result struct {
	OK bool `json:"ok"`
	// SetupMs is from the member's call until both connections are up and
	// sound is open (the expert accepts and both answer at once).
	SetupMs float64 `json:"setup_ms"`
	// FirstAudioMs is from the expert's accept until both have heard sound.
	FirstAudioMs float64 `json:"first_audio_ms"`
	// ReadyMs is from hang-up until the recording can be played.
	ReadyMs     float64 `json:"ready_ms"`
	RecordingID string  `json:"recording_id"`
	LengthMs    int64   `json:"length_ms"`
	// Heard and Recorded are correlations with what was spoken, 1 is equal:
	// what the expert heard of the member and the other way round; the left
	// and the right channel of the recording.
	Heard    [2]float64 `json:"heard"`
	Recorded [2]float64 `json:"recorded"`
	// Leaked is how much of each voice is in the other's channel.
	Leaked [2]float64 `json:"leaked"`
	Failed []string   `json:"failed"`
}

const (
	speak = 4 * time.Second
	// What a healthy call reaches after Opus both ways.
	minHeard    = 0.8
	minRecorded = 0.8
	maxLeaked   = 0.2
)

// Run makes the check. It never returns an error: what went wrong is in the
// result.
func Run(ctx context.Context, cfg Config) Result {
	if cfg.Progress == nil {
		cfg.Progress = func(string) {}
	}
	c := &check{cfg: cfg, api: client{base: cfg.Server}, result: Result{Failed: []string{}}}
	if err := c.run(ctx); err != nil {
		c.result.Failed = append(c.result.Failed, err.Error())
	}
	c.result.OK = len(c.result.Failed) == 0
	return c.result
}

type check struct {
	cfg    Config
	api    client
	result Result
	people people
	phones [2]*softphone.Phone // member, expert
	spoken [2][]int16
}

func (c *check) run(ctx context.Context) (err error) {
	c.cfg.Progress("signing in")
	if c.people, err = c.signIn(ctx); err != nil {
		return err
	}
	for i := range c.phones {
		p, dErr := softphone.Dial(ctx, softphone.Config{Server: c.cfg.Server, Token: c.people.tokens[i]})
		if dErr != nil {
			return fmt.Errorf("sign in: %w", dErr)
		}
		defer func() { err = errors.Join(err, p.Close()) }()
		c.phones[i] = p
		c.spoken[i] = audiomatch.Phrase(i+1, speak)
	}
	for _, step := range []func(context.Context) error{c.connect, c.talk, c.hangUp, c.listen} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (c *check) both(ctx context.Context, what string, ok func(wire.CallView) bool) error {
	for _, p := range c.phones {
		err := p.Wait(ctx, what, func(s softphone.State) bool { return s.Call != nil && ok(*s.Call) })
		if err != nil {
			return err
		}
	}
	return nil
}

// connect rings, accepts, answers the questions and waits until both hear.
func (c *check) connect(ctx context.Context) error {
	c.cfg.Progress("calling")
	member, expert := c.phones[0], c.phones[1]
	if err := expert.Send(ctx, &wire.PresenceSet{Available: true}); err != nil {
		return err
	}
	err := member.Wait(ctx, "the expert to be available", func(s softphone.State) bool {
		for _, x := range s.Experts {
			if x.ID == c.people.expert {
				return x.State == wire.StateAvailable
			}
		}
		return false
	})
	if err != nil {
		return err
	}
	started := time.Now()
	if err := member.Send(ctx, &wire.CallStart{Expert: c.people.expert}); err != nil {
		return err
	}
	if err := c.both(ctx, "the ringing", func(v wire.CallView) bool { return v.State == "ringing" }); err != nil {
		return err
	}
	accepted := time.Now()
	if err := expert.Send(ctx, &wire.CallAccept{Call: expert.State().Call.ID}); err != nil {
		return err
	}
	for _, p := range c.phones {
		if err := p.Agree(ctx, wire.AnswerYes); err != nil {
			return err
		}
	}
	if err := c.both(ctx, "sound", func(v wire.CallView) bool { return v.State == "active" }); err != nil {
		return err
	}
	c.result.SetupMs = ms(time.Since(started))
	return c.firstAudio(ctx, accepted)
}

// firstAudio lets both hum until each has heard the other.
func (c *check) firstAudio(ctx context.Context, accepted time.Time) error {
	for _, p := range c.phones {
		if err := waitMedia(ctx, p); err != nil {
			return err
		}
		p.Media().Say(audiomatch.Phrase(7, 500*time.Millisecond))
	}
	for i, p := range c.phones {
		at, err := waitSound(ctx, p)
		if err != nil {
			return fmt.Errorf("%s hears nothing: %w", [2]string{"the member", "the expert"}[i], err)
		}
		c.result.FirstAudioMs = max(c.result.FirstAudioMs, ms(at.Sub(accepted)))
	}
	return c.both(ctx, "the recording light", func(v wire.CallView) bool { return v.Recording.State == wire.RecordingOn })
}

const poll = 5 * time.Millisecond

func waitMedia(ctx context.Context, p *softphone.Phone) error {
	return p.Wait(ctx, "media", func(softphone.State) bool { return p.Media() != nil })
}

func waitSound(ctx context.Context, p *softphone.Phone) (time.Time, error) {
	tick := time.NewTicker(poll)
	defer tick.Stop()
	for {
		if at := p.Media().FirstSound(); !at.IsZero() {
			return at, nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return time.Time{}, ctx.Err()
		}
	}
}

// talk lets both speak their phrase and compares what each heard.
func (c *check) talk(ctx context.Context) error {
	c.cfg.Progress("talking")
	for i, p := range c.phones {
		p.Media().Say(c.spoken[i])
	}
	pause := time.NewTimer(speak + time.Second)
	defer pause.Stop()
	select {
	case <-pause.C:
	case <-ctx.Done():
		return ctx.Err()
	}
	for i, p := range c.phones {
		score, err := similarity(c.spoken[1-i], p.Media().Heard())
		if err != nil {
			return err
		}
		c.result.Heard[1-i] = score
		if score < minHeard {
			c.fail("%s does not hear the other as spoken: correlation %.2f, want at least %.2f",
				[2]string{"the member", "the expert"}[i], score, minHeard)
		}
	}
	return nil
}

func (c *check) fail(format string, args ...any) {
	c.result.Failed = append(c.result.Failed, fmt.Sprintf(format, args...))
}

// hangUp ends the call and waits for the recording.
func (c *check) hangUp(ctx context.Context) error {
	c.cfg.Progress("hanging up")
	member := c.phones[0]
	at := time.Now()
	if err := member.Send(ctx, &wire.CallHangup{Call: member.State().Call.ID}); err != nil {
		return err
	}
	if err := member.Wait(ctx, "the recording", func(s softphone.State) bool { return s.Ready != nil }); err != nil {
		return err
	}
	c.result.ReadyMs = ms(time.Since(at))
	c.result.RecordingID = member.State().Ready.Recording
	return nil
}

// listen plays the recording as a reviewer and compares its channels.
func (c *check) listen(ctx context.Context) error {
	c.cfg.Progress("listening to the recording")
	length, audio, err := c.api.play(ctx, c.people.reviewer, c.result.RecordingID)
	if err != nil {
		return err
	}
	c.result.LengthMs = length
	channels, err := decodeStereo(audio)
	if err != nil {
		return fmt.Errorf("decode the recording: %w", err)
	}
	for i, name := range [2]string{"left", "right"} {
		if c.result.Recorded[i], err = similarity(c.spoken[i], channels[i]); err != nil {
			return err
		}
		if c.result.Leaked[i], err = similarity(c.spoken[i], channels[1-i]); err != nil {
			return err
		}
		if c.result.Recorded[i] < minRecorded {
			c.fail("the %s channel does not hold its voice: correlation %.2f, want at least %.2f", name, c.result.Recorded[i], minRecorded)
		}
		if c.result.Leaked[i] > maxLeaked {
			c.fail("the voice of the %s channel is in the other one too: correlation %.2f", name, c.result.Leaked[i])
		}
	}
	return nil
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// compareRate is the rate at which audio is compared; speech has little above.
const compareRate = 8000

// similarity is the best correlation of what was spoken within what was heard.
func similarity(spoken, heard []int16) (float64, error) {
	ref, err := audiomatch.Resample(spoken, 48000, compareRate)
	if err != nil {
		return 0, err
	}
	got, err := audiomatch.Resample(heard, 48000, compareRate)
	if err != nil {
		return 0, err
	}
	best, _ := audiomatch.Correlate(ref, got)
	return best, nil
}
