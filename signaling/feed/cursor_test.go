package feed_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"parley/signaling/feed"
)

func TestCursorsComeBack(t *testing.T) {
	for _, seq := range []uint64{0, 1, 2, 1 << 20, math.MaxUint64} {
		text := feed.At(seq).String()
		got, err := feed.ParseCursor(text)
		if err != nil || got.Seq() != seq {
			t.Errorf("cursor of %d: got %d and %v from %q", seq, got.Seq(), err, text)
		}
	}
}

func TestCursorsThatAreNone(t *testing.T) {
	good := feed.At(42).String()
	for name, text := range map[string]string{
		"a number":      "42",
		"cut":           good[:len(good)-1],
		"longer":        good + "A",
		"padded":        good + "=",
		"mistyped":      strings.Replace(good, good[10:12], "__", 1),
		"spaced":        " " + good,
		"with newline":  good + "\n",
		"an event's id": "evt_06eeodtmfdrkv5a2jj98bvamj4",
		"long":          strings.Repeat("A", 1<<16),
	} {
		if c, err := feed.ParseCursor(text); !errors.Is(err, feed.ErrCursor) {
			t.Errorf("%s: got %v and %v, want ErrCursor", name, c, err)
		}
	}
}

func FuzzParseCursor(f *testing.F) {
	f.Add(feed.At(1).String())
	f.Add("")
	f.Add("AQAAAAAAAAAq")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := feed.ParseCursor(text)
		if err == nil && c.String() != text {
			t.Errorf("ParseCursor(%q): its text is %q", text, c.String())
		}
	})
}
