// Package session is a call as a pure state machine: a call and an event give
// the next call and the commands that the caller must carry out, in order.
//
// It decides when sound opens, when a person has answered, when the recording
// gate opens and closes, and why a call ends. It reads no clock, starts no
// goroutine and does no I/O: time comes with each event, wishes for timers go
// out as commands. signaling/hub carries the commands out.
//
//	next, commands, err := session.Apply(env, call, session.Accepted{Socket: s}, now)
package session
