package bridge

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// arrived is one packet that comes in and what must go out.
type arrived struct {
	ssrc uint32
	seq  uint16
	ts   uint32
	ms   int // arrival, milliseconds after the epoch

	held bool // packets were withheld before it
	drop bool
	// The numbers that must go out.
	wantSeq uint16
	wantTS  uint32
}

func TestRenumber(t *testing.T) {
	tests := []struct {
		name string
		in   []arrived
	}{
		{"one source keeps its numbers", []arrived{
			{ssrc: 1, seq: 100, ts: 5000, wantSeq: 100, wantTS: 5000},
			{ssrc: 1, seq: 101, ts: 5960, ms: 20, wantSeq: 101, wantTS: 5960},
			{ssrc: 1, seq: 103, ts: 7880, ms: 60, wantSeq: 103, wantTS: 7880}, // a loss stays a loss
		}},
		{"wrap of number and time", []arrived{
			{ssrc: 1, seq: 65535, ts: 0xfffffc40, wantSeq: 65535, wantTS: 0xfffffc40},
			{ssrc: 1, seq: 0, ts: 0, ms: 20, wantSeq: 0, wantTS: 0},
			{ssrc: 1, seq: 1, ts: 960, ms: 40, wantSeq: 1, wantTS: 960},
		}},
		{"another source goes on", []arrived{
			{ssrc: 1, seq: 100, ts: 5000, wantSeq: 100, wantTS: 5000},
			{ssrc: 2, seq: 9000, ts: 77, ms: 100, wantSeq: 101, wantTS: 5000 + 4800},
			{ssrc: 2, seq: 9001, ts: 1037, ms: 120, wantSeq: 102, wantTS: 5000 + 5760},
		}},
		{"another source at once is a frame later", []arrived{
			{ssrc: 1, seq: 100, ts: 5000, wantSeq: 100, wantTS: 5000},
			{ssrc: 2, seq: 9000, ts: 77, ms: 0, wantSeq: 101, wantTS: 5960},
			{ssrc: 3, seq: 1, ts: 1, ms: -40, wantSeq: 102, wantTS: 6920}, // a clock that went back
		}},
		{"another source across the wrap", []arrived{
			{ssrc: 1, seq: 65535, ts: 5000, wantSeq: 65535, wantTS: 5000},
			{ssrc: 2, seq: 65535, ts: 77, ms: 20, wantSeq: 0, wantTS: 5960},
			{ssrc: 2, seq: 0, ts: 1037, ms: 40, wantSeq: 1, wantTS: 6920},
		}},
		{"reordered packets keep their places", []arrived{
			{ssrc: 1, seq: 10, ts: 0, wantSeq: 10, wantTS: 0},
			{ssrc: 1, seq: 12, ts: 1920, ms: 40, wantSeq: 12, wantTS: 1920},
			{ssrc: 1, seq: 11, ts: 960, ms: 41, wantSeq: 11, wantTS: 960},
			{ssrc: 1, seq: 13, ts: 2880, ms: 60, wantSeq: 13, wantTS: 2880},
		}},
		{"a packet that comes twice goes once", []arrived{
			{ssrc: 1, seq: 10, ts: 0, wantSeq: 10, wantTS: 0},
			{ssrc: 1, seq: 10, ts: 0, ms: 1, drop: true},
			{ssrc: 1, seq: 12, ts: 1920, ms: 40, wantSeq: 12, wantTS: 1920},
			{ssrc: 1, seq: 11, ts: 960, ms: 41, wantSeq: 11, wantTS: 960},
			{ssrc: 1, seq: 11, ts: 960, ms: 42, drop: true},
		}},
		{"what is too late is dropped", []arrived{
			{ssrc: 1, seq: 10, ts: 0, wantSeq: 10, wantTS: 0},
			{ssrc: 1, seq: 100, ts: 86400, ms: 1800, wantSeq: 100, wantTS: 86400},
			{ssrc: 1, seq: 37, ts: 25920, ms: 1810, wantSeq: 37, wantTS: 25920}, // the last of the window
			{ssrc: 1, seq: 36, ts: 24960, ms: 1820, drop: true},
		}},
		{"what precedes a source's first packet is dropped", []arrived{
			{ssrc: 1, seq: 100, ts: 5000, wantSeq: 100, wantTS: 5000},
			{ssrc: 2, seq: 51, ts: 960, ms: 20, wantSeq: 101, wantTS: 5960},
			{ssrc: 2, seq: 50, ts: 0, ms: 21, drop: true}, // its number would be 100
			{ssrc: 2, seq: 52, ts: 1920, ms: 40, wantSeq: 102, wantTS: 6920},
		}},
		{"withheld packets are no loss", []arrived{
			{ssrc: 1, seq: 10, ts: 0, wantSeq: 10, wantTS: 0},
			{ssrc: 1, seq: 500, ts: 470400, ms: 9800, held: true, wantSeq: 11, wantTS: 470400},
			{ssrc: 1, seq: 501, ts: 471360, ms: 9820, wantSeq: 12, wantTS: 471360},
		}},
		{"withheld from the start", []arrived{
			{ssrc: 1, seq: 500, ts: 470400, ms: 9800, held: true, wantSeq: 500, wantTS: 470400},
			{ssrc: 1, seq: 501, ts: 471360, ms: 9820, wantSeq: 501, wantTS: 471360},
		}},
		{"a source that counts anew goes on", []arrived{
			{ssrc: 1, seq: 40000, ts: 5000, wantSeq: 40000, wantTS: 5000},
			{ssrc: 1, seq: 3, ts: 12, ms: 20, wantSeq: 40001, wantTS: 5960},
			{ssrc: 1, seq: 4, ts: 972, ms: 40, wantSeq: 40002, wantTS: 6920},
			{ssrc: 1, seq: 4 + maxJump + 1, ts: 99, ms: 60, wantSeq: 40003, wantTS: 7880},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var r renumber
			for i, in := range tt.in {
				h := packet(in.ssrc, in.seq, in.ts)
				if in.held {
					r.breakSource()
				}
				ok := r.apply(h, epoch.Add(time.Duration(in.ms)*time.Millisecond))
				if ok == in.drop {
					t.Fatalf("packet %d: sent %v, want %v", i, ok, !in.drop)
				}
				if ok && (h.SequenceNumber != in.wantSeq || h.Timestamp != in.wantTS) {
					t.Errorf("packet %d: got %d at %d, want %d at %d", i, h.SequenceNumber, h.Timestamp, in.wantSeq, in.wantTS)
				}
			}
		})
	}
}

// TestNoNumberIsSentTwice: with AES-GCM a repeated number under one key gives
// the key stream away, so it must hold for whatever comes in.
func TestNoNumberIsSentTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var r renumber
		at := epoch
		source, seq := uint32(1), rapid.Uint16().Draw(t, "first")
		highest, began := int64(-1), false
		used := map[int64]bool{} // outgoing numbers, extended beyond 16 bits
		for range rapid.IntRange(1, 400).Draw(t, "packets") {
			switch rapid.IntRange(0, 20).Draw(t, "what") {
			case 0:
				source, seq = rapid.Uint32Range(1, 3).Draw(t, "source"), rapid.Uint16().Draw(t, "anew")
			case 1:
				r.breakSource()
			case 2:
				seq += uint16(rapid.IntRange(-70, 70).Draw(t, "reorder"))
			case 3:
				seq += rapid.Uint16().Draw(t, "jump")
			case 4: // the same again
			default:
				seq++
			}
			at = at.Add(time.Duration(rapid.IntRange(-5, 60).Draw(t, "ms")) * time.Millisecond)
			h := packet(source, seq, uint32(seq)*960)
			if !r.apply(h, at) {
				continue
			}
			if !began {
				began, highest = true, int64(h.SequenceNumber)
			}
			number := highest + int64(int16(h.SequenceNumber-uint16(highest)))
			if used[number] {
				t.Fatalf("number %d (%d) was sent twice", h.SequenceNumber, number)
			}
			used[number] = true
			highest = max(highest, number)
			if number < highest-window {
				t.Fatalf("number %d goes out %d behind, want at most %d", h.SequenceNumber, highest-number, window)
			}
		}
	})
}

// TestARegularSourceLosesNothing: the guard against repetition must not eat
// packets of an ordinary call.
func TestARegularSourceLosesNothing(t *testing.T) {
	var r renumber
	seq, ts := uint16(65000), uint32(0xffff0000)
	for i := range 70000 {
		h := packet(1, seq, ts)
		if !r.apply(h, epoch.Add(time.Duration(i)*20*time.Millisecond)) {
			t.Fatalf("packet %d was dropped", i)
		}
		if h.SequenceNumber != seq || h.Timestamp != ts {
			t.Fatalf("packet %d: got %d at %d, want %d at %d", i, h.SequenceNumber, h.Timestamp, seq, ts)
		}
		seq++
		ts += frame48k
	}
}
