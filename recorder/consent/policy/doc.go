// Package policy reads the operator's switches from YAML: what a service asks
// for beyond the law. An operator may be stricter than the rules and never
// looser, so a file that would loosen something is refused, with the line and
// the reason.
//
// The keys, all optional beside the first:
//
//	policy: 1                     # of this layout
//	never_record_minors: true     # nobody under 18 is ever recorded
//	unknown_age: must_be_known    # or adult, for a service whose terms admit adults only
//	call_age: 16                  # people below it may not call at all; 16 or more
//	at_least: express             # or notice: what every call asks, whatever the place
//	beep: true                    # a tone in every recording
//	max_retention_days: 90        # the longest that a recording may be kept
//	withdrawal: ask               # or erase: what was recorded before somebody stops it
//	decline: go_on                # or end: a no before ringing ends the call politely
//	purposes: ["Quality review"]  # each one by one; a yes covers these and no other
//	earlier_consent: {count: true, max_age_days: 180}
//
// It reads no file and starts no goroutine; all functions are safe for
// concurrent use.
package policy
