// Package crash holds the tests that kill the product: the real binary, with
// real calls, ended with SIGKILL at random moments, started again, and held
// against what was spoken. They show that at most the last second before the
// kill is lost, that every recording is finished by the next start without a
// person, and that what could not be saved is said in the recording's report.
//
// Random moments come from a seed that each test prints; PARLEY_SEED repeats
// it. PARLEY_KILLS sets how many kills there are during calls, and
// PARLEY_HANGUP_KILLS how many after hang-up.
//
// The package has no code of its own beside its tests and knows the server
// from outside only: its command line, protocol, REST calls and data folder.
package crash
