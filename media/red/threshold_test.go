package red

import "testing"

func TestThreshold(t *testing.T) {
	const frame = 960
	plain := []byte(nil)
	alone := join([]byte{111}, []byte("now"))
	pair := join(header(111, frame, 4), []byte{111}, []byte("past"), []byte("now"))
	far := join(header(111, MaxOffset48k, 4), header(111, frame, 4), []byte{111}, []byte("past"), []byte("past"), []byte("now"))
	type step struct {
		begin   bool
		ssrc    uint32
		ts      uint32
		payload []byte
		want    bool
	}
	for name, steps := range map[string][]step{
		"plain packets pass":         {{false, 1, 0, plain, true}, {true, 1, 5000, plain, true}},
		"redundant without copies":   {{false, 1, 0, alone, true}},
		"the first packet's copies":  {{false, 1, 9600, pair, false}, {false, 1, 10560, pair, true}},
		"copies that reach far":      {{false, 1, 0, pair, false}, {false, 1, MaxOffset48k - 1, far, false}, {false, 1, MaxOffset48k, far, true}},
		"begun anew":                 {{false, 1, 0, plain, true}, {false, 1, 96000, pair, true}, {true, 1, 96960, pair, false}, {false, 1, 97920, pair, true}},
		"a late packet's copies":     {{false, 1, 9600, plain, true}, {false, 1, 960000, pair, true}, {false, 1, 8640, pair, false}, {false, 1, 8640, plain, true}},
		"another source begins anew": {{false, 1, 9600, plain, true}, {false, 2, 48000, pair, false}, {false, 2, 48960, pair, true}},
		"timestamps wrap":            {{false, 1, 1<<32 - frame, plain, true}, {false, 1, 0, pair, true}},
		"a day of timestamps": {
			{false, 1, 0, plain, true}, {false, 1, 0x50000000, pair, true}, {false, 1, 0x90000000, pair, true},
			{false, 1, 0xd0000000, pair, true}, {false, 1, 0x10000000, pair, true}, {false, 1, 0x50000000, pair, true},
		},
	} {
		var threshold Threshold
		for i, s := range steps {
			if s.begin {
				threshold.Begin()
			}
			if got := threshold.Passes(s.ssrc, s.ts, s.payload); got != s.want {
				t.Errorf("%s, packet %d: got %v, want %v", name, i, got, s.want)
			}
		}
	}
}
