package crash

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"
)

// Frames of a journal, as recorder/journal/FORMAT.md tells.
const (
	frameHead  = 21
	laneMember = 1
)

// batch is a frame of one lane in a journal file.
type batch struct {
	number uint64
	lane   byte
	from   int // of the body in the file
	size   int
}

// batches are the frames of a journal behind its header.
func batches(data []byte) (out []batch) {
	for at := 0; at+frameHead <= len(data) && bytes.Equal(data[at:at+4], []byte("PJF1")); {
		b := batch{
			lane: data[at+4], number: binary.LittleEndian.Uint64(data[at+5:]),
			from: at + frameHead, size: int(binary.LittleEndian.Uint32(data[at+13:])),
		}
		if b.number > 0 {
			out = append(out, b)
		}
		at = b.from + b.size
	}
	return out
}

// harm is damage done to a journal while no server runs.
type harm struct {
	// do changes the journal and returns what the report must say of it, and the
	// batch that is lost.
	do func(t *testing.T, r *rand.Rand, path string) (note string, lost batch)
	// tail tells that the batch is missing at the end, beyond what the kill may
	// cost there, and not in the middle.
	tail bool
}

// span is about how long a batch's lane was filling it, by its share of the bytes
// of a stretch: on a machine that is busy a batch holds more.
func (b batch) span(all []batch, of time.Duration) time.Duration {
	sum := 0
	for _, o := range all {
		if o.lane == b.lane {
			sum += o.size
		}
	}
	return of * time.Duration(b.size) / time.Duration(sum)
}

// batchSlack is by how much the span of a batch may be wrong: speech takes more
// bytes than silence, and a mark that is hit at its edge is missing.
const batchSlack = 500 * time.Millisecond

// TestHarmedJournal: a journal that was damaged while the server was down is
// finished by the next start, the report names the damage, and the rest is
// saved.
func TestHarmedJournal(t *testing.T) {
	for name, h := range map[string]harm{
		"tail cut off":            {do: cutTail, tail: true},
		"byte flipped in a body":  {do: flipBody},
		"byte flipped in a frame": {do: flipHead},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			harmJournal(t, h)
		})
	}
}

func harmJournal(t *testing.T, h harm) {
	r := chance(t)
	ctx, cancel := context.WithTimeout(t.Context(), roundTimeout)
	defer cancel()
	dir := t.TempDir()
	s := start(t, dir)
	c := connectAll(ctx, t, s, 1)[0]
	pass(between(r, 3*time.Second, 4*time.Second))
	killed := s.kill(t)
	c.close()
	var note string
	var lost time.Duration
	marks := c.talkers[0].spoken()
	for _, path := range journals(t, dir) {
		data, err := os.ReadFile(path)
		must(t, err)
		var b batch
		note, b = h.do(t, r, path)
		lost = b.span(batches(data), killed.Sub(marks[0].at)) + batchSlack
	}
	s = start(t, dir)
	left := s.settled(ctx, t)[c.id()]
	if len(left) != 1 || left[0].State != "stored" || left[0].Clean {
		t.Fatalf("recordings: got %+v, want one that is stored and not clean\n%s", left, s.said())
	}
	voice := s.play(ctx, t, left[0].ID)[0]
	_, found := place(marks, listen(t, 0, voice))
	checkHarm(t, h, lost, marks, found, killed)
	s.stop(t)
	if got := reports(ctx, t, dir)[left[0].ID]; !says(got, note) || !says(got, endedNote) {
		t.Errorf("the report: got %q, want notes with %q and %q", got.Notes, note, endedNote)
	}
}

// checkHarm counts what is missing in the middle and at the end.
func checkHarm(t *testing.T, h harm, lost time.Duration, marks []mark, found []bool, killed time.Time) {
	t.Helper()
	last := max(lastOf(found), 0)
	middle := time.Duration(0)
	for _, ok := range found[:last] {
		if !ok {
			middle += markEvery
		}
	}
	inMiddle, atEnd := lost, time.Duration(0)
	if h.tail {
		inMiddle, atEnd = 0, lost
	}
	if middle > inMiddle {
		t.Errorf("missing in the middle: got %s, want at most %s", middle, inMiddle)
	}
	if got, want := killed.Sub(marks[last].at), maxLoss+atEnd; got > want {
		t.Errorf("missing at the end: got %s, want at most %s", got, want)
	}
}

// cutTail takes a random number of bytes off the last batch.
func cutTail(t *testing.T, r *rand.Rand, path string) (string, batch) {
	t.Helper()
	data, err := os.ReadFile(path)
	must(t, err)
	all := batches(data)
	last := all[len(all)-1]
	cut := 1 + r.IntN(last.size+frameHead-1)
	must(t, os.Truncate(path, int64(len(data)-cut)))
	return "the process ended while the last batch was being written", last
}

// flipBody changes a byte of the sealed part of a batch in the middle.
func flipBody(t *testing.T, r *rand.Rand, path string) (string, batch) {
	t.Helper()
	b := middle(t, path)
	flip(t, path, b.from+r.IntN(b.size))
	return fmt.Sprintf("batch %d of ", b.number), b
}

// flipHead changes a byte of the frame's own fields.
func flipHead(t *testing.T, r *rand.Rand, path string) (string, batch) {
	t.Helper()
	b := middle(t, path)
	flip(t, path, b.from-frameHead+r.IntN(frameHead))
	return fmt.Sprintf("batch %d of ", b.number), b
}

// middle is the member's batch in the middle of a journal.
func middle(t *testing.T, path string) batch {
	t.Helper()
	data, err := os.ReadFile(path)
	must(t, err)
	var voice []batch
	for _, b := range batches(data) {
		if b.lane == laneMember {
			voice = append(voice, b)
		}
	}
	if len(voice) < 3 {
		t.Fatalf("%s has %d batches of the member, want at least 3", path, len(voice))
	}
	return voice[len(voice)/2]
}

func flip(t *testing.T, path string, at int) {
	t.Helper()
	data, err := os.ReadFile(path)
	must(t, err)
	data[at] ^= 0x10
	must(t, os.WriteFile(path, data, 0o600))
}
