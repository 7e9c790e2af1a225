package waveform

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"testing"
	"time"

	"parley/media/audiomatch"
)

var example = Waveform{SamplesPerPixel: 960, Channels: 2, Data: []int8{-65, 63, -66, 64, -128, 127, 0, 0}}

func TestJSON(t *testing.T) {
	got, err := json.Marshal(example)
	const want = `{"version":2,"channels":2,"sample_rate":48000,"samples_per_pixel":960,"bits":8,"length":2,"data":[-65,63,-66,64,-128,127,0,0]}`
	if err != nil || string(got) != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
	got, err = json.Marshal(Waveform{SamplesPerPixel: 960, Channels: 1})
	const empty = `{"version":2,"channels":1,"sample_rate":48000,"samples_per_pixel":960,"bits":8,"length":0,"data":[]}`
	if err != nil || string(got) != empty {
		t.Errorf("nothing: got %s, %v, want %s", got, err, empty)
	}
}

// dat is the example, byte by byte.
var dat = []byte{
	2, 0, 0, 0, // version
	1, 0, 0, 0, // flags: 8 bits
	0x80, 0xbb, 0, 0, // 48000
	0xc0, 3, 0, 0, // 960
	2, 0, 0, 0, // length
	2, 0, 0, 0, // channels
	0xbf, 63, 0xbe, 64, 0x80, 127, 0, 0,
}

func TestBinary(t *testing.T) {
	got, err := example.MarshalBinary()
	if err != nil || !bytes.Equal(got, dat) {
		t.Errorf("got % x, %v, want % x", got, err, dat)
	}
	var back Waveform
	if err := back.UnmarshalBinary(dat); err != nil || !reflect.DeepEqual(back, example) {
		t.Errorf("back: got %+v, %v, want %+v", back, err, example)
	}
}

func TestBinaryRefuses(t *testing.T) {
	change := func(at int, to ...byte) []byte {
		data := bytes.Clone(dat)
		copy(data[at:], to)
		return data
	}
	for name, data := range map[string][]byte{
		"nothing":           nil,
		"half a header":     dat[:20],
		"version 1":         change(0, 1),
		"16 bits":           change(4, 0),
		"other rate":        change(8, 0),
		"one sample":        change(12, 1, 0),
		"scale of a minute": change(14, 0xff),
		"length too large":  change(16, 3),
		"length overflow":   change(19, 0x80),
		"no channel":        change(20, 0),
		"too many channels": change(21, 1),
		"cut":               dat[:len(dat)-1],
		"too long":          append(bytes.Clone(dat), 0),
	} {
		before := example
		if err := before.UnmarshalBinary(data); !errors.Is(err, ErrFormat) || !reflect.DeepEqual(before, example) {
			t.Errorf("%s: got %v, want %v and nothing changed", name, err, ErrFormat)
		}
	}
}

// TestJoin: voices interleaved, the shorter one silent at its end.
func TestJoin(t *testing.T) {
	member := Waveform{SamplesPerPixel: 960, Channels: 1, Data: []int8{-1, 1, -2, 2}}
	expert := Waveform{SamplesPerPixel: 960, Channels: 1, Data: []int8{-5, 5}}
	want := Waveform{SamplesPerPixel: 960, Channels: 2, Data: []int8{-1, 1, -5, 5, -2, 2, 0, 0}}
	if got, err := Join(member, expert); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
	other := Waveform{SamplesPerPixel: 480, Channels: 1}
	for name, voices := range map[string][]Waveform{"two scales": {member, other}, "no channels": {member, {SamplesPerPixel: 960}}} {
		if got, err := Join(voices...); err == nil {
			t.Errorf("%s: got %+v, want an error", name, got)
		}
	}
	if got, err := Join(); err != nil || got.Length() != 0 {
		t.Errorf("nothing: got %+v, %v", got, err)
	}
}

// TestTwoVoices: the way of a recording, from sound to what the player draws.
func TestTwoVoices(t *testing.T) {
	member, expert := newBuilder(t, 0), newBuilder(t, 0)
	member.AddPCM(audiomatch.Phrase(1, 2*time.Second))
	expert.AddPCM(audiomatch.Phrase(2, time.Second))
	for _, b := range []*Builder{member, expert} {
		b.Finish(96000)
	}
	both, err := Join(member.Waveform(), expert.Waveform())
	if err != nil || both.Length() != 100 || both.Channels != 2 {
		t.Fatalf("got %d pixels of %d channels, %v, want 100 of 2", both.Length(), both.Channels, err)
	}
	for pixel := range 100 {
		got, want := both.Data[4*pixel:4*pixel+4], append(member.Waveform().Data[2*pixel:2*pixel+2], expert.Waveform().Data[2*pixel:2*pixel+2]...)
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("pixel %d: got %v, want %v", pixel, got, want)
		}
	}
}

// FuzzUnmarshalBinary: what is taken comes back byte for byte.
func FuzzUnmarshalBinary(f *testing.F) {
	f.Add(dat)
	f.Add(dat[:datHeaderSize])
	f.Fuzz(func(t *testing.T, data []byte) {
		var w Waveform
		if err := w.UnmarshalBinary(data); err != nil {
			return
		}
		if back, err := w.MarshalBinary(); err != nil || !bytes.Equal(back, data) {
			t.Errorf("% x: got % x back, %v", data, back, err)
		}
	})
}
