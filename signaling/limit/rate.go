package limit

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/time/rate"
)

// Rate is how often something may be done: Count times at once, and that many
// again within Per. The zero rate bounds nothing.
type Rate struct {
	Count int
	Per   time.Duration
}

// UnmarshalText reads 60/1m, or off.
func (r *Rate) UnmarshalText(text []byte) error {
	if string(text) == "off" {
		*r = Rate{}
		return nil
	}
	count, per, ok := strings.Cut(string(text), "/")
	n, err := strconv.Atoi(count)
	d, dErr := time.ParseDuration(per)
	if !ok || err != nil || dErr != nil || n < 1 || d <= 0 {
		return fmt.Errorf("%.40q must be a number of times and a time such as 60/1m, or off", text)
	}
	*r = Rate{n, d}
	return nil
}

// bucket is full at first.
func (r Rate) bucket() *rate.Limiter {
	return rate.NewLimiter(rate.Limit(float64(r.Count)/r.Per.Seconds()), r.Count)
}

// String is what UnmarshalText reads.
func (r Rate) String() string {
	if r.Count == 0 {
		return "off"
	}
	return fmt.Sprintf("%d/%s", r.Count, r.Per)
}
