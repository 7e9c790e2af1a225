package suspicion

import (
	"slices"
	"time"

	"parley/storage/id"
	"parley/storage/meta"
)

// allStars is the best rating.
const allStars = 5

// Window is how far back ratings of an expert are looked at.
const Window = 30 * 24 * time.Hour

// Rules say from when on something is a sign.
type Rules struct {
	// OnDevice and OnAddress are how many members rate an expert from one device,
	// and from one address: a family shares an address.
	OnDevice, OnAddress int
	// Burst is how many full ratings an expert gets Within a time.
	Burst  int
	Within time.Duration
	// Only is how many full ratings a member gives one expert, and nobody else any.
	Only int
}

// Usual are the rules that are used.
func Usual() Rules {
	return Rules{OnDevice: 2, OnAddress: 3, Burst: 6, Within: time.Hour, Only: 5}
}

// MaxOthers bounds the people that one finding names.
const MaxOthers = 20

// Finding is what one rating completes.
type Finding struct {
	Kind string // one of the Sign constants of meta
	// Others are the members whom it is about beside the one who rated, each
	// once and in order, MaxOthers at most.
	Others []id.PersonID
}

// Find tells what a member's newest rating completes. ofExpert are the ratings that
// its expert was given lately, ofMember those that its member has given, both with
// the newest one.
func Find(newest meta.Traced, ofExpert, ofMember []meta.Traced, r Rules) (found []Finding) {
	same := func(kind string, most int, of func(meta.Traced) string) {
		if of(newest) == "" {
			return // it is not known
		}
		others := raters(ofExpert, newest.Member, func(t meta.Traced) bool { return of(t) == of(newest) })
		if len(others)+1 >= most {
			found = append(found, Finding{kind, others})
		}
	}
	same(meta.SignSharedDevice, r.OnDevice, func(t meta.Traced) string { return t.Device })
	same(meta.SignSharedAddress, r.OnAddress, func(t meta.Traced) string { return t.Address })
	if newest.Stars != allStars {
		return found
	}
	near := func(t meta.Traced) bool {
		return t.Stars == allStars && !t.At.After(newest.At) && newest.At.Sub(t.At) < r.Within
	}
	if count(ofExpert, near) >= r.Burst {
		found = append(found, Finding{meta.SignBurst, raters(ofExpert, newest.Member, near)})
	}
	praise := func(t meta.Traced) bool { return t.Expert == newest.Expert && t.Stars == allStars }
	if n := count(ofMember, praise); n == len(ofMember) && n >= r.Only {
		found = append(found, Finding{Kind: meta.SignOneExpert})
	}
	return found
}

func count(all []meta.Traced, is func(meta.Traced) bool) (n int) {
	for _, t := range all {
		if is(t) {
			n++
		}
	}
	return n
}

// raters are the members of some ratings, but for one.
func raters(all []meta.Traced, but id.PersonID, is func(meta.Traced) bool) (who []id.PersonID) {
	for _, t := range all {
		if is(t) && t.Member != but {
			who = append(who, t.Member)
		}
	}
	slices.Sort(who)
	who = slices.Compact(who)
	return who[:min(len(who), MaxOthers)]
}
