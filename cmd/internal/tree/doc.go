// Package tree holds tests of the source tree itself: who may import whom, and
// that every package says what it is for.
package tree
