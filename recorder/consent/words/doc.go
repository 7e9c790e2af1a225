// Package words turns a verdict into what a person reads: the recording
// question or notice, why it is asked, what exactly happens, and the neutral
// line about the other side's answer.
//
// The wording is data: one YAML file a language in catalogue/, each with a
// version. English is complete and is the fallback; another language is added
// by adding its file, and a file with a gap or a placeholder that English does
// not have is refused. Names, purposes, periods and contacts are never in the
// catalogue: they come with the [Context].
//
// A [Question] carries a hash over everything that is shown, so that the ledger
// can prove which wording a person saw.
//
// What it is not: it decides nothing (package consent does), speaks nothing and
// is not legal advice. It starts no goroutine; all functions are safe for
// concurrent use.
//
//	q := words.Ask(verdict, consent.Caller, words.Context{Language: "en", RetentionDays: 90})
package words
