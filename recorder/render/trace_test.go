package render

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"

	"parley/media/rtptime"
	"parley/media/rtrace"
	"parley/recorder/journal"
)

// heardPacket is one RTP packet of a trace.
type heardPacket struct {
	journal.Packet
	dropped bool
}

// voiceTrace is what one person's browser sent: all packets of its peer
// connections, and its sender reports.
type voiceTrace struct {
	packets []heardPacket
	reports []journal.SenderReport
}

// openTrace reads a trace by who spoke: the legs of one person, who came back,
// are one voice.
func openTrace(t testing.TB, name string) [2]voiceTrace {
	t.Helper()
	tr, err := rtrace.Open(filepath.Join("testdata", name+".rtrace"))
	if err != nil {
		t.Fatal(err)
	}
	sidecar, err := rtrace.Open(filepath.Join("testdata", strings.TrimSuffix(name, ".all")+".rtrace"))
	if err != nil {
		t.Fatal(err)
	}
	voiceOf, redOf := map[uint8]int{}, map[uint8]uint8{}
	for _, s := range sidecar.Sessions {
		if s.Who == "expert" && name == "j_both" {
			voiceOf[s.Leg] = 1
		}
		if pt, ok := s.PayloadType("red"); ok {
			redOf[s.Leg] = pt
		}
	}
	var out [2]voiceTrace
	for _, p := range tr.Packets {
		v := &out[voiceOf[p.Leg]]
		switch p.Kind {
		case rtrace.RTPReceived:
			v.packets = append(v.packets, rtpOf(t, p, redOf[p.Leg]))
		case rtrace.RTCPReceived:
			v.reports = append(v.reports, reportsOf(t, p)...)
		}
	}
	return out
}

func rtpOf(t testing.TB, p rtrace.Packet, red uint8) heardPacket {
	t.Helper()
	var r rtp.Packet
	if err := r.Unmarshal(p.Data); err != nil {
		t.Fatalf("RTP packet at %v: %v", p.At, err)
	}
	level := uint8(journal.NoLevel)
	if ext := r.GetExtension(1); len(ext) > 0 {
		level = ext[0] & 0x7f
	}
	return heardPacket{dropped: p.Dropped, Packet: journal.Packet{
		Arrival: p.At, Sequence: r.SequenceNumber, Timestamp: r.Timestamp, SSRC: r.SSRC,
		Marker: r.Marker, Level: level, RED: red != 0 && r.PayloadType == red, Payload: r.Payload,
	}}
}

func reportsOf(t testing.TB, p rtrace.Packet) (out []journal.SenderReport) {
	t.Helper()
	packets, err := rtcp.Unmarshal(p.Data)
	if err != nil {
		t.Fatalf("RTCP packet at %v: %v", p.At, err)
	}
	for _, r := range packets {
		if sr, ok := r.(*rtcp.SenderReport); ok {
			out = append(out, journal.SenderReport{Arrival: p.At, SSRC: sr.SSRC, NTP: sr.NTPTime, RTP: sr.RTPTime})
		}
	}
	return out
}

// callOf makes a call of a trace, which ends 100 ms after its last packet.
func callOf(voices [2]voiceTrace) call {
	var c call
	for leg, v := range voices {
		for _, p := range v.packets {
			c.legs[leg] = append(c.legs[leg], p.Packet)
			c.length = max(c.length, p.Arrival+100*time.Millisecond)
		}
		c.reports[leg] = v.reports
	}
	c.events = []journal.Event{{Kind: journal.EventGateOpen}, {At: c.length, Kind: journal.EventGateClose}}
	return c
}

// clickPlan says where the clicks of one source lie, in RTP time from the
// first packet that it sent.
type clickPlan struct {
	Leg       int     `json:"leg"`
	SSRC      string  `json:"ssrc"`
	Clicks    []int64 `json:"clicks"`
	FirstOnly bool    `json:"only_first_2_s_searched"`
}

// clickPlans are the plans of all traces. Where only the first click was
// looked for, the others follow at the distance that the recording has, which
// RTP time keeps; where it wraps, the fake microphone adds 306 samples.
var clickPlans = sync.OnceValues(func() (map[string][]clickPlan, error) {
	data, err := os.ReadFile(filepath.Join("testdata", "clicks.json"))
	if err != nil {
		return nil, err
	}
	var file struct {
		Traces map[string][]clickPlan `json:"traces"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, err
	}
	for _, plans := range file.Traces {
		for i := range plans {
			if p := &plans[i]; p.FirstOnly {
				for k := range int64(6) {
					p.Clicks = append(p.Clicks, p.Clicks[0]+(k+1)*clickDistance+k/5*306)
				}
			}
		}
	}
	return file.Traces, nil
})

// clickDistance is how far apart clicks lie in the recordings, 5 s.
const clickDistance = 5 * sampleRate

// click is one click of a source with its true place.
type click struct {
	rtp  int64 // RTP time since the first packet
	at   int64 // where it must be heard, samples of the call's time
	file int64 // where it lies in the recording
}

// clicksOf returns the clicks of a voice in order, as many as came.
func clicksOf(t testing.TB, name string, leg int, v voiceTrace) (out []click) {
	t.Helper()
	plans, err := clickPlans()
	if err != nil {
		t.Fatal(err)
	}
	list := plans[name]
	if list == nil {
		list = plans[name+".all"]
	}
	for _, p := range list {
		if name == "j_both" && p.Leg != leg {
			continue
		}
		ssrc, err := strconv.ParseUint(p.SSRC, 16, 32)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range p.Clicks {
			if at, ok := v.truth(uint32(ssrc), c); ok {
				out = append(out, click{rtp: c, at: at})
			}
		}
	}
	first := int64(sampleRate)
	if name == "g1_firefox" { // it began in the midst of the recording
		first += clickDistance
	}
	for i := range out {
		passed := (out[i].at - out[0].at + clickDistance/2) / clickDistance * clickDistance
		out[i].file = (first + passed) % (30 * sampleRate)
	}
	return out
}

// truth turns RTP time since a source's first packet into the call's time, by
// the packet near it that was delayed least: within 1.5 s, and with no pause of
// the sender between that its RTP time does not show. It is not ok when the
// packet in which the sound lies did not come, nor a redundant copy of it.
func (v voiceTrace) truth(ssrc uint32, at int64) (place int64, ok bool) {
	first, started := uint32(0), false
	least, prev := int64(math.MaxInt64), heardPacket{}
	for _, p := range v.packets {
		if p.SSRC != ssrc {
			continue
		}
		if !started {
			first, started = p.Timestamp, true
		} else if moved := rtptime.TimestampDiff(prev.Timestamp, p.Timestamp); moved > 0 && samples(p.Arrival-prev.Arrival)-moved > sampleRate {
			if ok {
				break // the sound lies before the pause
			}
			least = math.MaxInt64
		}
		prev = p
		if p.dropped {
			continue
		}
		rel := rtptime.TimestampDiff(first, p.Timestamp)
		if abs(rel-at) <= 3*sampleRate/2 {
			least = min(least, samples(p.Arrival)-rel)
		}
		ok = ok || holds(p, rel, at)
	}
	return at + least, ok && least != math.MaxInt64
}

// holds tells whether a packet at RTP time rel, or a copy in it, holds the
// sample at.
func holds(p heardPacket, rel, at int64) bool {
	for _, b := range blocksOf(p) {
		from := rel - int64(p.Timestamp-b.ts)
		if at >= from && at < from+durationOf(b.payload) {
			return true
		}
	}
	return false
}
