// Package evaluation says what reviewers ask of a call, and what their answers come
// to.
//
// A [Form] is data with a name and a version: sections of questions, each with the
// points of a yes. Versions are kept for as long as answers to them can be ([Find]), so
// what was scored once is scored the same for ever. [Score] is a pure function of a form
// and the answers to it. [Content] is what is kept of one evaluation, from the first
// answer to what a lead says of a dispute.
//
// The package starts no goroutine and keeps nothing.
package evaluation
