// Package probe makes one real call through a server, with two synthetic legs
// that speak known audio, and checks everything that a user would miss: that
// each hears the other, and that the recording is stored, opens, decodes and
// holds both voices in the right channels.
//
// It sees the server from outside only: its protocol, its REST calls, the
// audio that comes back.
package probe
