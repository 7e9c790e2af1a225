// Package ogg writes and reads Ogg Opus (RFC 7845 over RFC 3533) and joins two mono
// voices into one stereo stream without touching the audio.
//
// A [Writer] sets what a recording stands on: granule positions that count every
// sample, pre-skip, end trim to the exact length, and an end-of-stream page. It needs
// no seeking and writes whole pages of one second. A [Reader] is strict: it names what
// is wrong and does not look for a place to go on, since a damaged sealed file does not
// open in the first place. A [PairWriter] writes the two voices of a call in lockstep and
// gives the [Layout] by which a [StereoReader] serves any byte range of the stereo file,
// which exists nowhere, from the few seconds of either voice that the range needs.
//
// The package knows packets, not sound: it neither decodes nor encodes. It starts no
// goroutines. Writers and readers belong to one goroutine each; a StereoReader may be
// shared.
//
//	pair, err := ogg.NewPairWriter(left, right, ogg.PairConfig{PreSkip: 312})
//	err = pair.WriteFrame(memberPacket, expertPacket) // every 20 ms
//	layout, err := pair.Close(totalSamples)
//	stereo, err := ogg.NewStereoReader(layout, leftVoice, rightVoice)
//	http.ServeContent(w, r, "", time.Time{}, io.NewSectionReader(stereo, 0, stereo.Size()))
package ogg
