// Package consent judges whether a call may be recorded.
//
// The judge is a pure function: [Table.Judge] takes the operator's [Policy]
// and the [Facts] of a call (who is on it, where each may be, what each
// answered) and returns a [Verdict] that says whether recording may run, who
// must be told, who must say yes, and which rules decided. [Apply] moves Facts
// on by one [Event] of the call. A recorder opens its gate only for a [Grant],
// and a valid Grant comes only from a Verdict that allows recording.
//
// The rules are data (a [Table], decoded by package consent/table) plus the
// numbered combination rules that the source files name: L1 to L9 decide which
// places count, the form E is the strictest of these places, P1 and P2 are
// policy and forbidden purpose, M1 to M3 are minors. Unknown counts as the
// strictest, silence is not consent, and a place once in a call stays in it.
//
// What it is not: no clock, no I/O, no goroutines, no wording for people
// (consent/words), no proof of an answer (consent/receipt) and not legal
// advice. It imports the standard library only.
//
// All functions are safe for concurrent use: a Table never changes after
// [NewTable], Apply never changes its argument, and a Verdict shares no memory
// with the Table.
//
// A short example:
//
//	t, err := table.Embedded()
//	v := t.Judge(consent.Policy{}, facts)
//	grant, err := v.Grant() // *RefusedError unless v.MayRecord()
package consent
