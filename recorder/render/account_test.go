package render

import (
	"math"
	"testing"

	"parley/media/opus/packet"
	"parley/media/rtptime"
)

// account is what a trace proves about its losses.
type account struct {
	received  int     // packets
	lost      int     // packets that never came, and no copy of them
	duplicate int     // packets that came twice
	copied    float64 // ms of which only a redundant copy came
	fec       float64 // ms of which a following packet carries an in-band copy
	late      float64 // ms that came after packets that were sent later
	missing   float64 // ms that are lost for good, in-band copies included
}

// accountOf goes through a trace that holds the dropped packets too, or through
// one without losses.
func accountOf(v voiceTrace) account {
	var a account
	byNumber, numbers := map[int64][]heardPacket{}, []int64{}
	var seq rtptime.SequenceExtender
	ssrc, base, highest := uint32(0), int64(0), int64(0)
	for _, p := range v.packets {
		if p.SSRC != ssrc { // a reconnect: its numbers must not meet the others
			seq, ssrc, base = rtptime.SequenceExtender{}, p.SSRC, base+1<<20
		}
		n := seq.Extend(p.Sequence) + base
		if byNumber[n] == nil {
			numbers = append(numbers, n)
		}
		again := came(byNumber[n])
		byNumber[n] = append(byNumber[n], p)
		switch {
		case p.dropped:
			continue
		case again:
			a.duplicate++
		case n < highest:
			a.late += float64(durationOf(p.Payload)) / 48
		}
		a.received++
		highest = max(highest, n)
	}
	for i, n := range numbers {
		if !came(byNumber[n]) {
			a.lose(byNumber, n, i == 0)
		}
	}
	return a
}

// lose takes down a packet that never came.
func (a *account) lose(byNumber map[int64][]heardPacket, n int64, first bool) {
	switch {
	case first:
		// Nobody can know of it.
	case usable(byNumber, n) != nil:
		a.copied += 20
	case packet.HasLBRR(usable(byNumber, n+1)):
		a.lost, a.fec = a.lost+1, a.fec+20
	default:
		a.lost, a.missing = a.lost+1, a.missing+20
	}
}

// usable is the Opus packet with a number, as it came or as the packet after
// it holds a copy of it; nil if neither came.
func usable(byNumber map[int64][]heardPacket, n int64) []byte {
	if own := byNumber[n]; came(own) {
		return blocksOf(own[0])[len(blocksOf(own[0]))-1].payload
	}
	if next := byNumber[n+1]; came(next) && len(byNumber[n]) > 0 {
		for _, b := range blocksOf(next[0]) {
			if b.ts == byNumber[n][0].Timestamp {
				return b.payload
			}
		}
	}
	return nil
}

// blocksOf are the Opus packets that a packet carries, its own last.
func blocksOf(p heardPacket) []block {
	if p.RED {
		return unpack(p.Packet)
	}
	return []block{{p.Timestamp, p.Payload}}
}

func came(packets []heardPacket) bool {
	for _, p := range packets {
		if !p.dropped {
			return true
		}
	}
	return false
}

// mustAccount compares the report of a voice with what the trace proves.
func mustAccount(t *testing.T, want account, got VoiceStats, epochs int) {
	t.Helper()
	if got.Packets != want.received || got.Lost != want.lost || got.Duplicate != want.duplicate || got.Late != 0 || got.Malformed != 0 || got.Sources != epochs {
		t.Errorf("stats: got %+v, want %+v, %d epochs, nothing too late or malformed", got, want, epochs)
	}
	for _, row := range []struct {
		name      string
		got, want float64
	}{
		{"recovered from copies", got.RecoveredMs, want.copied},
		{"come late", got.LateMs, want.late},
	} {
		if math.Abs(row.got-row.want) > 0.01*row.want {
			t.Errorf("%s: got %.0f ms, want %.0f", row.name, row.got, row.want)
		}
	}
	fec, missing := want.fec, want.missing
	if got.Mode == ModeCopy { // players do not look for in-band copies
		fec, missing = 0, missing+fec
	}
	if math.Abs(got.FECMs-fec) > 0.01*fec || math.Abs(got.ConcealedMs-missing) > 0.05*missing {
		t.Errorf("got %.0f ms from in-band copies and %.0f ms concealed, want %.0f and %.0f", got.FECMs, got.ConcealedMs, fec, missing)
	}
}
