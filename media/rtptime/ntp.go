package rtptime

import "time"

const (
	// ntpEpochOffset is the seconds from 1900-01-01, where NTP counts from, to
	// 1970-01-01 (RFC 5905 figure 4).
	ntpEpochOffset = 2_208_988_800
	// ntpEra is the seconds in one era of the 32-bit seconds field.
	ntpEra = 1 << 32
	// ntpEraBit splits the era as RFC 4330 section 3 does: seconds with it set
	// belong to 1968–2036, without it to 2036–2104.
	ntpEraBit = 1 << 31
)

// NTP is a 64-bit NTP timestamp as in a sender report: 32 bits of seconds since
// 1900 modulo 2^32 and 32 bits of fraction (RFC 3550 section 4, RFC 5905
// section 6).
type NTP uint64

// FromTime returns t as an NTP timestamp, rounded to the nearest 2^-32 s.
// Times between 1968-01-20 and 2104-02-26 come back from [NTP.Time] to the
// nanosecond.
func FromTime(t time.Time) NTP {
	seconds := uint64(t.Unix()+ntpEpochOffset) % ntpEra
	fraction := (uint64(t.Nanosecond())<<32 + uint64(time.Second)/2) / uint64(time.Second)
	return NTP(seconds<<32 + fraction)
}

// Time returns the timestamp as a time in UTC, rounded to the nanosecond. Its
// era is chosen by the top bit, so the result lies between 1968 and 2104.
func (n NTP) Time() time.Time {
	seconds := int64(n >> 32)
	if seconds&ntpEraBit == 0 {
		seconds += ntpEra
	}
	fraction := uint64(n) & (ntpEra - 1)
	nanoseconds := (fraction*uint64(time.Second) + ntpEra/2) >> 32
	return time.Unix(seconds-ntpEpochOffset, int64(nanoseconds)).UTC()
}

// Middle32 returns the middle 32 bits, by which a receiver report names the
// sender report it answers (LSR, RFC 3550 section 6.4.1).
func (n NTP) Middle32() Short {
	return Short(n >> 16)
}

// Short counts units of 2^-16 s modulo 2^32 (about 18 hours): the middle of an
// NTP timestamp, or a delay such as DLSR. Subtraction wraps as RFC 3550 section
// 6.4.1 wants it, so a round trip is (now − lsr − dlsr).Duration().
type Short uint32

// Duration returns s as a duration from 0 to 65536 s, rounded to the nanosecond.
func (s Short) Duration() time.Duration {
	return ToDuration(int64(s), 1<<16)
}
