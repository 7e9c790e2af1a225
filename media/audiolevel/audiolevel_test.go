package audiolevel

import (
	"testing"

	"github.com/pion/rtp"
)

func TestOf(t *testing.T) {
	for name, row := range map[string]struct {
		id      uint8
		payload []byte
		level   uint8
		stated  bool
		sound   bool
	}{
		"none":                {0, nil, 0, false, true},
		"another extension":   {2, []byte{127}, 0, false, true},
		"loud, with voice":    {Extension, []byte{0x80 | 20}, 20, true, true},
		"very quiet":          {Extension, []byte{125}, 125, true, true},
		"silence":             {Extension, []byte{126}, 126, true, false},
		"silence, with voice": {Extension, []byte{0xff}, 127, true, false},
	} {
		h := rtp.Header{Version: 2}
		if row.payload != nil {
			if err := h.SetExtension(row.id, row.payload); err != nil {
				t.Fatal(err)
			}
		}
		level, stated := Of(&h)
		if level != row.level || stated != row.stated || IsSound(&h) != row.sound {
			t.Errorf("%s: got level %d (%t), sound %t; want %d (%t), %t", name, level, stated, IsSound(&h), row.level, row.stated, row.sound)
		}
	}
}
