package render

import (
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"parley/media/audiomatch"
	"parley/media/opus"
	"parley/recorder/journal"
)

const (
	// baseDelay is what every packet of a scene needs from mouth to server.
	baseDelay = 40 * time.Millisecond
	frameTime = 20 * time.Millisecond
	// sceneTime is how long a scene's speech is.
	sceneTime = 10 * time.Second
)

// speech is a phrase with a click at each full second, in a little silence.
func speech(seed int, d time.Duration) []int16 {
	pcm := audiomatch.Phrase(seed, d)
	for at := sampleRate; at+sampleRate/10 < len(pcm); at += sampleRate {
		clear(pcm[at-sampleRate/20 : at+sampleRate/20])
		for i := range 240 { // 5 ms of 2 kHz
			pcm[at+i] = int16(30000 * math.Copysign(1, math.Sin(2*math.Pi*2000*(float64(i)+0.5)/sampleRate)))
		}
	}
	return pcm
}

// encodedSpeech is speech as packets of 20 ms.
var encodedSpeech = func() func(seed int) [][]byte {
	var mu sync.Mutex
	made := map[int][][]byte{}
	return func(seed int) [][]byte {
		mu.Lock()
		defer mu.Unlock()
		if made[seed] == nil {
			made[seed] = encodeAll(speech(seed, sceneTime))
		}
		return made[seed]
	}
}()

func encodeAll(pcm []int16) [][]byte {
	enc, err := opus.NewEncoder(opus.Config{BitrateBps: 32000})
	if err != nil {
		panic(err)
	}
	var out [][]byte
	buf := make([]byte, opus.MaxFramePacketBytes)
	for ; len(pcm) >= frame; pcm = pcm[frame:] {
		n, err := enc.Encode(pcm[:frame], buf)
		if err != nil {
			panic(err)
		}
		out = append(out, slices.Clone(buf[:n]))
	}
	return out
}

// sent is a packet with the instant at which its sound began, on the true
// clock.
type sent struct {
	journal.Packet
	spoken time.Duration
	click  bool // it begins with a click
	lost   bool
}

// scene is what one leg sends. Its impairments change the packets in place.
type scene []sent

// clean is a scene without any impairment.
func clean(seed int) scene { return spoken(seed, encodedSpeech(seed)) }

// spoken is a scene of packets that come as regularly as they can.
func spoken(seed int, packets [][]byte) scene {
	var out scene
	for i, payload := range packets {
		at := time.Duration(i) * frameTime
		out = append(out, sent{spoken: at, click: i > 0 && i%50 == 0, Packet: journal.Packet{
			Arrival: at + baseDelay, Sequence: uint16(1000 + i), Timestamp: uint32(77777 + i*frame),
			SSRC: uint32(seed), Level: journal.NoLevel, Payload: payload,
		}})
	}
	return out
}

// from changes every packet from number n on.
func (s scene) from(n int, change func(p *sent)) scene {
	for i := n; i < len(s); i++ {
		change(&s[i])
	}
	return s
}

// later shifts everything from packet n on in real time, but not in RTP time:
// what a browser does when its track is taken away, or when it stalls.
func (s scene) later(n int, by time.Duration) scene {
	return s.from(n, func(p *sent) { p.Arrival += by; p.spoken += by })
}

func (s scene) jitter(most time.Duration) scene {
	r := rand.New(rand.NewPCG(1, 2))
	return s.from(0, func(p *sent) { p.Arrival += time.Duration(r.Int64N(int64(most))) })
}

// lose loses the packets for which which is true.
func (s scene) lose(which func(i int) bool) scene {
	for i := range s {
		s[i].lost = s[i].lost || which(i)
	}
	return s
}

func (s scene) loseRandomly(share float64) scene {
	r := rand.New(rand.NewPCG(3, 4))
	return s.lose(func(int) bool { return r.Float64() < share })
}

// pause leaves out packets that were never sent: numbers go on, time jumps.
func (s scene) pause(from, to int) scene {
	s = slices.Delete(s, from, to)
	return s.from(from, func(p *sent) { p.Sequence -= uint16(to - from) })
}

func (s scene) duplicate(every int) scene {
	for i := 0; i < len(s); i += every + 1 {
		again := s[i]
		again.Arrival += 30 * time.Millisecond
		s = slices.Insert(s, i+1, again)
	}
	return s
}

// delay makes each n-th packet late.
func (s scene) delay(each int, by func(i int) time.Duration) scene {
	for i := each; i < len(s); i += each {
		s[i].Arrival += by(i)
	}
	return s
}

// hold keeps what arrives between two instants until the second, as a network
// that stalls does.
func (s scene) hold(from, to time.Duration) scene {
	return s.from(0, func(p *sent) {
		if p.Arrival >= from && p.Arrival < to {
			p.Arrival = to - 2*time.Millisecond + time.Duration(p.Sequence)*time.Microsecond
		}
	})
}

// arrived are the packets that came, in the order in which they came.
func (s scene) arrived() []journal.Packet {
	var out []journal.Packet
	for _, p := range s {
		if !p.lost {
			out = append(out, p.Packet)
		}
	}
	slices.SortStableFunc(out, func(a, b journal.Packet) int { return int(a.Arrival - b.Arrival) })
	return out
}

// losses is how much of the scene was lost, in milliseconds.
func (s scene) losses() float64 {
	n := 0
	for _, p := range s {
		if p.lost {
			n++
		}
	}
	return float64(n) * 20
}

// clicks are the samples of the call's time at which the clicks that arrived
// must be heard. The encoder's delay moves them a little into their packets.
func (s scene) clicks() []int64 {
	var out []int64
	for i, p := range s {
		if p.click && !p.lost && (i == 0 || p.Sequence != s[i-1].Sequence) {
			out = append(out, samples(p.spoken+baseDelay)+opus.Lookahead48k)
		}
	}
	return out
}

// call is a recorded call in which the gate was open from time 0 to length.
type call struct {
	legs    [2][]journal.Packet
	reports [2][]journal.SenderReport
	events  []journal.Event
	server  []journal.Spoken // what the server spoke into both legs
	length  time.Duration
	pauses  string // what becomes of them, as in Config
}

func newCall(length time.Duration, member, expert scene) call {
	return call{
		legs: [2][]journal.Packet{member.arrived(), expert.arrived()}, length: length,
		events: []journal.Event{{Kind: journal.EventGateOpen}, {At: length, Kind: journal.EventGateClose}},
	}
}

// flush is the records of the lanes between two flushes of the journal.
func (c call) flush(t testing.TB, from, to time.Duration) (lanes [3][]byte) {
	t.Helper()
	for _, e := range c.events {
		if e.At >= from && e.At < to {
			var err error
			if lanes[0], err = journal.AppendEvent(lanes[0], e); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, s := range c.server {
		if s.Due >= from && s.Due < to {
			lanes[1], lanes[2] = journal.AppendSpoken(lanes[1], s), journal.AppendSpoken(lanes[2], s)
		}
	}
	for leg, packets := range c.legs {
		reports := c.reports[leg]
		for _, p := range packets {
			for len(reports) > 0 && reports[0].Arrival <= p.Arrival {
				lanes[leg+1] = appendReport(lanes[leg+1], reports[0], from, to)
				reports = reports[1:]
			}
			if p.Arrival >= from && p.Arrival < to {
				lanes[leg+1] = journal.AppendPacket(lanes[leg+1], p)
			}
		}
	}
	return lanes
}

func appendReport(buf []byte, r journal.SenderReport, from, to time.Duration) []byte {
	if r.Arrival < from || r.Arrival >= to {
		return buf
	}
	return journal.AppendReport(buf, r)
}
