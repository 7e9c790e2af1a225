package evaluation

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Moment is what a reviewer says to a place of the recording.
type Moment struct {
	// AtMs is the place in milliseconds from the beginning of the recording.
	AtMs int64  `json:"at_ms"`
	Text string `json:"text"`
}

// How many moments there can be, and how many characters each has.
const (
	MaxMoments    = 50
	MaxMomentText = 250
)

// InOrder are the moments as they come in a recording of that length, or an error that
// matches [ErrAnswer].
func InOrder(all []Moment, length time.Duration) ([]Moment, error) {
	if len(all) > MaxMoments {
		return nil, fmt.Errorf("%w: more than %d moments", ErrAnswer, MaxMoments)
	}
	for _, m := range all {
		switch n := utf8.RuneCountInString(m.Text); {
		case m.AtMs < 0 || m.AtMs > length.Milliseconds():
			return nil, fmt.Errorf("%w: %d ms is not in the recording", ErrAnswer, m.AtMs)
		case strings.TrimSpace(m.Text) == "" || n > MaxMomentText:
			return nil, fmt.Errorf("%w: what is said to a moment has 1 to %d characters", ErrAnswer, MaxMomentText)
		}
	}
	return slices.SortedStableFunc(slices.Values(all), func(a, b Moment) int { return int(a.AtMs - b.AtMs) }), nil
}
