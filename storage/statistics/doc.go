// Package statistics counts calls without telling of anybody: no number is given of a
// group of fewer than [MinGroup] different members or experts, and none that follows
// from the numbers that are given.
//
// The second is why there is so little to choose. Calls are counted by whole calendar
// months in UTC, so that no two questions overlap without being the same, and only
// months that are over, so that the same question has one answer for ever: the
// difference of two days would else be one call. Within a month each call has one
// [Outcome]. The outcomes are told only if each that occurs has a group that is large
// enough, and else only their sum: with one of them left out it would follow from the
// others.
//
// The package is pure; it starts no goroutine.
package statistics
