package client

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Person is somebody by the platform's id and the name that others see.
type Person struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Recording is what was recorded of a call.
type Recording struct {
	ID        string    `json:"id"`
	Call      string    `json:"call"`
	Member    Person    `json:"member"`
	Expert    Person    `json:"expert"`
	StartedAt time.Time `json:"started_at"`
	LengthMs  int64     `json:"length_ms"`
	// State is capturing, rendering, uploading, stored, damaged, discarded or erased.
	State    string `json:"state"`
	Playable bool   `json:"playable"`
	Clean    bool   `json:"clean"`
	// Notes are what is not clean, Remarks what a listener should know all the same.
	Notes   []string `json:"notes"`
	Remarks []string `json:"remarks"`
	// Held tells that a legal hold keeps it; TrashedAt when it was set aside.
	Held      bool       `json:"held"`
	TrashedAt *time.Time `json:"trashed_at,omitempty"`
	// Erased are the voices that were erased: member, expert.
	Erased []string `json:"erased"`
	// Sound is in the answer of GetRecording for reviewers and their leads, while there is a
	// record of the call.
	Sound *ReviewSound `json:"sound,omitempty"`
}

// ReviewSound is how a call sounded, as a reviewer is told.
type ReviewSound struct {
	Member LegReview `json:"member"`
	Expert LegReview `json:"expert"`
}

// LegReview is what a person sent, on its way to the server, and what they heard, on its
// way from there. Nil: nothing was measured.
type LegReview struct {
	Sent     *WayReview `json:"sent,omitempty"`
	Heard    *WayReview `json:"heard,omitempty"`
	Absences int64      `json:"absences"` // nothing came
	Silences int64      `json:"silences"` // nothing but digital silence
}

// WayReview is how the sound of one direction arrived.
type WayReview struct {
	// Word is excellent, good, poor or empty, and Cause loss, jitter, delay or empty.
	Word        string  `json:"word"`
	Cause       string  `json:"cause"`
	MOS         Measure `json:"mos"` // its worst is the lowest
	LossPercent Measure `json:"loss_percent"`
	JitterMs    Measure `json:"jitter_ms"`
}

// RecordingPage is a page; Next is empty on the last.
type RecordingPage struct {
	Recordings []Recording `json:"recordings"`
	Next       string      `json:"next"`
}

// RecordingQuery chooses a page of recordings.
type RecordingQuery struct {
	Limit  int    `query:"limit"`
	Before string `query:"before"` // next of the page before
}

// ListRecordings returns a page of the recordings that the caller may see, newest first.
func (c *Client) ListRecordings(ctx context.Context, q RecordingQuery) (out RecordingPage, err error) {
	return out, c.json(ctx, get("/recordings", q), &out)
}

// EachRecording reads all pages from where q begins.
func (c *Client) EachRecording(ctx context.Context, q RecordingQuery) iter.Seq2[Recording, error] {
	return each(q.Before, func(cursor string) ([]Recording, string, error) {
		q.Before = cursor
		page, err := c.ListRecordings(ctx, q)
		return page.Recordings, page.Next, err
	})
}

// GetRecording returns one recording.
func (c *Client) GetRecording(ctx context.Context, id string) (out Recording, err error) {
	return out, c.json(ctx, get(path("/recordings/%s", id), nil), &out)
}

// AssignmentWish lets a reviewer listen to a recording for a while.
type AssignmentWish struct {
	Reviewer  string    `json:"reviewer"`
	Recording string    `json:"recording"`
	ExpiresAt time.Time `json:"expires_at"`
}

// Assignment is what Assign has made.
type Assignment struct {
	ID        string    `json:"id"`
	ExpiresAt time.Time `json:"expires_at"`
}

// Assign lets a reviewer listen to a recording for a while.
func (c *Client) Assign(ctx context.Context, w AssignmentWish) (out Assignment, err error) {
	return out, c.json(ctx, change(http.MethodPost, "/assignments", w), &out)
}

// PlayWish says why somebody listens; the people who spoke can see its class.
type PlayWish struct {
	Reason string `json:"reason,omitempty"`
	Case   string `json:"case,omitempty"`
}

// PlaySpan is a stretch that was recorded, in milliseconds from the beginning.
type PlaySpan struct {
	OpenMs  float64 `json:"open_ms"`
	CloseMs float64 `json:"close_ms"`
}

// PlayEvent is something that happened in a recording.
type PlayEvent struct {
	AtMs    float64 `json:"at_ms"`
	ClockMs float64 `json:"clock_ms"`
	Kind    string  `json:"kind"`
	Leg     string  `json:"leg,omitempty"`
}

// Play is a recording that was opened for listening. The addresses need a cookie that
// the client keeps.
type Play struct {
	Play     string `json:"play"`
	AudioURL string `json:"audio_url"`
	WAVURL   string `json:"wav_url"`
	PeaksURL string `json:"peaks_url"`
	// MessagesURL is what the two wrote to each other.
	MessagesURL string      `json:"messages_url"`
	Spans       []PlaySpan  `json:"spans"`
	Events      []PlayEvent `json:"events"`
	Erased      []string    `json:"erased"`
	// GainsDB bring member and expert to one level.
	GainsDB []float64 `json:"gains_db"`
}

// StartPlay begins to listen, which is written down first.
func (c *Client) StartPlay(ctx context.Context, recording string, w PlayWish) (out Play, err error) {
	return out, c.json(ctx, call{method: http.MethodPost, path: path("/recordings/%s/plays", recording), body: w}, &out)
}

// Range is a part of a file by bytes; the zero Range is all of it.
type Range struct {
	// Range as in RFC 9110 section 14.2, such as bytes=0-65535.
	Range string `header:"Range"`
}

// File is what is read as it comes. Who reads it closes it, and takes it for whole only
// when it ended with io.EOF.
type File struct {
	io.ReadCloser
	// Type is its media type, Length its length in bytes, -1 for not told.
	Type   string
	Length int64
	// ContentRange is which part it is; empty: all.
	ContentRange string
}

func (c *Client) file(ctx context.Context, what call) (*File, error) {
	answer, err := c.send(ctx, what)
	if err != nil {
		return nil, err
	}
	h := answer.Header
	return &File{answer.Body, h.Get("Content-Type"), answer.ContentLength, h.Get("Content-Range")}, nil
}

// PlayOpus returns the sound as Ogg Opus: member left, expert right.
func (c *Client) PlayOpus(ctx context.Context, play string, r Range) (*File, error) {
	return c.file(ctx, get(path("/plays/%s/audio.opus", play), r))
}

// HeadOpus returns the length of what PlayOpus returns.
func (c *Client) HeadOpus(ctx context.Context, play string) (*File, error) {
	return c.file(ctx, call{method: http.MethodHead, path: path("/plays/%s/audio.opus", play)})
}

// PlayWAV returns the sound decoded, both voices at one level.
func (c *Client) PlayWAV(ctx context.Context, play string, r Range) (*File, error) {
	return c.file(ctx, get(path("/plays/%s/audio.wav", play), r))
}

// PlayVoice returns one voice, member.opus or expert.opus, as it was recorded.
func (c *Client) PlayVoice(ctx context.Context, play, voice string, r Range) (*File, error) {
	return c.file(ctx, get(path("/plays/%s/voices/%s", play, voice), r))
}

// PlayManifest returns the manifest of the recording; docs/format.md tells what is in it.
func (c *Client) PlayManifest(ctx context.Context, play string) (out json.RawMessage, err error) {
	return out, c.json(ctx, get(path("/plays/%s/manifest.json", play), nil), &out)
}

// WrittenBeside is a text of one side, member or expert, and when it was written: from
// the start of the recording on, negative before.
type WrittenBeside struct {
	ID   string `json:"id"`
	Side string `json:"side"`
	AtMs int64  `json:"at_ms"`
	Text string `json:"text"`
}

// WrittenList is all that the two wrote to each other, the oldest first.
type WrittenList struct {
	Messages []WrittenBeside `json:"messages"`
}

// PlayMessages returns what the two wrote to each other.
func (c *Client) PlayMessages(ctx context.Context, play string) (out WrittenList, err error) {
	return out, c.json(ctx, get(path("/plays/%s/messages.json", play), nil), &out)
}

// Speech is a stretch in which somebody spoke.
type Speech struct {
	StartMs int64 `json:"start_ms"`
	EndMs   int64 `json:"end_ms"`
}

// Peaks are the waveforms of both voices, as audiowaveform writes them.
type Peaks struct {
	Version         int        `json:"version"`
	Channels        int        `json:"channels"`
	SampleRate      int        `json:"sample_rate"`
	SamplesPerPixel int        `json:"samples_per_pixel"`
	Bits            int        `json:"bits"`
	Length          int        `json:"length"`
	Data            []int      `json:"data"`
	Speech          [][]Speech `json:"speech"`
}

// PlayPeaks returns the waveforms, and when each spoke.
func (c *Client) PlayPeaks(ctx context.Context, play string) (out Peaks, err error) {
	return out, c.json(ctx, get(path("/plays/%s/peaks.json", play), nil), &out)
}

// number is a number in a path.
func number(n int) string { return strconv.Itoa(n) }

// text reads a short file whole.
func (c *Client) text(ctx context.Context, what call) (string, error) {
	f, err := c.file(ctx, what)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	_, err = io.Copy(&b, io.LimitReader(f, maxAnswer))
	return b.String(), errors.Join(err, f.Close())
}
