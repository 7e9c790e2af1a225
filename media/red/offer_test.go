package red

import (
	"errors"
	"testing"
)

func TestCheck(t *testing.T) {
	for name, tt := range map[string]struct {
		payload []byte
		primary string // of a payload that passes
	}{
		"primary alone":          {join([]byte{111}, []byte("now")), "now"},
		"with a copy":            {join(header(111, 960, 4), []byte{111}, []byte("past"), []byte("now")), "now"},
		"an empty copy":          {join(header(111, 960, 0), []byte{111}, []byte("now")), "now"},
		"empty":                  {nil, ""},
		"cut short":              {header(111, 960, 4), ""},
		"no primary block":       {join(header(111, 960, 4), []byte{111}, []byte("past")), ""},
		"a copy of now for it":   {join(header(111, 0, 3), []byte{111}, []byte("now")), "now"},
		"a copy of another type": {join(header(0, 960, 4), []byte{111}, []byte("past"), []byte("now")), ""},
		"another type":           {join(header(111, 960, 4), []byte{0}, []byte("past"), []byte("now")), ""},
		"redundant audio inside": {join([]byte{63}, []byte("now")), ""},
	} {
		err := Check(tt.payload)
		if tt.primary == "" {
			if !errors.Is(err, ErrMalformed) {
				t.Errorf("%s: got %v, want ErrMalformed", name, err)
			}
			continue
		}
		if err != nil || string(Primary(tt.payload)) != tt.primary {
			t.Errorf("%s: got %v and %q, want %q", name, err, Primary(tt.payload), tt.primary)
		}
		if n := testing.AllocsPerRun(100, func() { _ = Check(tt.payload); Primary(tt.payload) }); n != 0 {
			t.Errorf("%s: got %v allocations, want none", name, n)
		}
	}
}

// FuzzCheck: what passes has a primary block, and nothing makes it panic.
func FuzzCheck(f *testing.F) {
	f.Add(join(header(111, 960, 2), []byte{111, 1, 2, 3}))
	f.Add(join(header(111, 0, 2), []byte{111, 1, 2}))
	f.Fuzz(func(t *testing.T, payload []byte) {
		var threshold Threshold
		threshold.Passes(1, 0, payload)
		if err := Check(payload); err == nil && len(Primary(payload)) == 0 {
			t.Errorf("payload %x passes without a primary block", payload)
		}
	})
}
