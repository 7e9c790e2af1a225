// Package check holds the connections by which people try, before a call, how
// their network reaches the server: each sends back what comes and is joined to
// nothing else, no call and no recording. How many there are, of a person and in
// all, and how long each lasts is bounded.
//
// A Desk owns the timers that end them; Close waits for all of that.
package check
