package red

import (
	"bytes"
	"errors"
	"reflect"
	"testing"
)

// block is what Parse hands out, copied.
type block struct {
	pt   uint8
	ts   uint32
	data string
}

// parse collects what Parse hands out.
func parse(payload []byte, ts uint32) ([]block, error) {
	var blocks []block
	err := Parse(payload, ts, func(pt uint8, ts uint32, data []byte) {
		blocks = append(blocks, block{pt, ts, string(data)})
	})
	return blocks, err
}

// header is a redundant block's header.
func header(pt uint8, offset uint32, size int) []byte {
	bits := 1<<31 | uint32(pt)<<24 | offset<<10 | uint32(size)
	return []byte{byte(bits >> 24), byte(bits >> 16), byte(bits >> 8), byte(bits)}
}

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

func TestParse(t *testing.T) {
	long := bytes.Repeat([]byte{0x5a}, MaxBlockBytes)
	for name, tt := range map[string]struct {
		payload []byte
		ts      uint32
		want    []block
	}{
		"primary alone": {
			join([]byte{111}, []byte("now")), 48000,
			[]block{{111, 48000, "now"}},
		},
		"one redundant block, as Chromium sends it": {
			join([]byte{0xef, 0x0f, 0x00, 0x04}, []byte{0x6f}, []byte("past"), []byte("now")), 48000,
			[]block{{111, 47040, "past"}, {111, 48000, "now"}},
		},
		"two redundant blocks": {
			join(header(111, 1920, 3), header(111, 960, 4), []byte{111}, []byte("old"), []byte("past"), []byte("now")), 48000,
			[]block{{111, 46080, "old"}, {111, 47040, "past"}, {111, 48000, "now"}},
		},
		"payload types apart": {
			join(header(0, 160, 1), []byte{127}, []byte("a"), []byte("b")), 1000,
			[]block{{0, 840, "a"}, {127, 1000, "b"}},
		},
		"largest offset and length": {
			join(header(111, MaxOffset48k, MaxBlockBytes), []byte{111}, long, []byte("now")), 20000,
			[]block{{111, 20000 - MaxOffset48k, string(long)}, {111, 20000, "now"}},
		},
		"timestamp wraps": {
			join(header(111, 960, 1), []byte{111}, []byte("a"), []byte("b")), 100,
			[]block{{111, 1<<32 - 860, "a"}, {111, 100, "b"}},
		},
		"offset 0": {
			join(header(111, 0, 1), []byte{111}, []byte("a"), []byte("b")), 100,
			[]block{{111, 100, "a"}, {111, 100, "b"}},
		},
		"empty redundant block": {
			join(header(111, 960, 0), []byte{111}, []byte("now")), 48000,
			[]block{{111, 48000, "now"}},
		},
		"empty primary block": {
			join(header(111, 960, 4), []byte{111}, []byte("past")), 48000,
			[]block{{111, 47040, "past"}},
		},
		"nothing but a header": {[]byte{111}, 48000, nil},
	} {
		got, err := parse(tt.payload, tt.ts)
		if err != nil || !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: got %v, %v, want %v", name, got, err, tt.want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for name, payload := range map[string][]byte{
		"empty":                           nil,
		"header of one byte":              {0xef},
		"header of three bytes":           {0xef, 0x0f, 0x00},
		"no primary header":               header(111, 960, 0),
		"no primary header behind two":    join(header(111, 1920, 0), header(111, 960, 0)),
		"second header cut":               join(header(111, 1920, 0), header(111, 960, 0)[:2]),
		"block longer than the rest":      join(header(111, 960, 4), []byte{111}, []byte("abc")),
		"blocks together longer than all": join(header(111, 1920, 2), header(111, 960, 2), []byte{111}, []byte("abc")),
		"block without any data":          join(header(111, 960, MaxBlockBytes), []byte{111}),
	} {
		if got, err := parse(payload, 48000); !errors.Is(err, ErrMalformed) || got != nil {
			t.Errorf("%s: got %v, %v, want nothing and %v", name, got, err, ErrMalformed)
		}
	}
}

func TestParseAllocatesNothing(t *testing.T) {
	payload := join(header(111, 1920, 3), header(111, 960, 4), []byte{111}, []byte("old"), []byte("past"), []byte("now"))
	total := 0
	if got := testing.AllocsPerRun(100, func() {
		if err := Parse(payload, 48000, func(_ uint8, _ uint32, data []byte) { total += len(data) }); err != nil {
			t.Fatal(err)
		}
	}); got != 0 {
		t.Errorf("allocations: got %.0f, want 0", got)
	}
}

// FuzzParse: what parses is, put together again from what was handed out, the payload; and
// every block lies within the payload, so that the capacity of one does not reach into
// the next.
func FuzzParse(f *testing.F) {
	f.Add([]byte{111, 1, 2, 3}, uint32(0))
	f.Add(join(header(111, 960, 2), []byte{111, 1, 2, 3}), uint32(100))
	f.Add(join(header(111, 1920, 1), header(111, 960, 1), []byte{111, 1, 2, 3}), uint32(1<<31))
	f.Add(header(111, 960, 1), uint32(5))
	f.Fuzz(func(t *testing.T, payload []byte, ts uint32) {
		var headers, bodies []byte
		err := Parse(payload, ts, func(pt uint8, at uint32, data []byte) {
			if len(data) == 0 || len(data) != cap(data) || pt > 127 || ts-at > MaxOffset48k {
				t.Errorf("payload %x: block of type %d, %d ticks back, length %d, capacity %d", payload, pt, ts-at, len(data), cap(data))
			}
			if len(data) <= MaxBlockBytes {
				headers = append(headers, header(pt, ts-at, len(data))...)
			}
			bodies = append(bodies, data...)
		})
		if err != nil {
			if len(bodies) > 0 {
				t.Errorf("payload %x: %d bytes handed out before %v", payload, len(bodies), err)
			}
			return
		}
		if !bytes.HasSuffix(payload, bodies) {
			t.Errorf("payload %x: blocks %x are not its end", payload, bodies)
		}
		// The headers of empty blocks are not handed out; all others must be the payload's.
		if len(headers) > 0 && len(headers)+len(bodies) == len(payload)+redundantHeader-primaryHeader {
			if want := payload[:len(headers)-redundantHeader]; !bytes.HasPrefix(headers, want) {
				t.Errorf("payload %x: headers %x, want %x", payload, headers, want)
			}
		}
	})
}
