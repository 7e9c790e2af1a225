// Package waveform draws a recording and tells who spoke when: peaks in the data format of
// BBC audiowaveform, version 2, which wavesurfer.js and Peaks.js read, and stretches of
// speech per voice.
//
// A [Builder] takes one voice as it comes, as PCM or, far cheaper, as the audio levels that
// browsers send along (RFC 6464), and keeps 150 bytes per second of PCM and 50 per second of
// levels: what is drawn of a voice belongs to that voice and is sealed to its key. [Join] puts the voices of a call
// into one waveform for the player.
//
// Speech is found by energy alone (speech.go has the rule). That is good for skipping
// pauses and for counting who spoke how long; it is no recogniser, and music is speech to
// it.
//
// The package is pure: it does no I/O, starts no goroutine, and the same input gives the
// same output in pieces of any size. A Builder belongs to one goroutine.
//
//	builder, err := waveform.NewBuilder(waveform.Config{})
//	builder.AddPCM(pcm) // every 20 ms
//	builder.Finish(totalSamples)
//	both, err := waveform.Join(member.Waveform(), expert.Waveform())
//	data, err := json.Marshal(both)
package waveform
