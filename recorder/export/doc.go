// Package export makes other files of a recording than the one that is played: one voice
// as it is stored, both voices mixed to mono Ogg Opus, and WAV in stereo or mono for
// players and programs that do not take Ogg Opus.
//
// A [Source] reads the stereo stream that recorder/playback serves, second by second. A
// [WAVReader] is a WAV file that exists nowhere: it decodes the seconds that a read
// touches, with so much before each for the decoder to find its feet (RFC 7845 section
// 4.6), and gives the same bytes however it is read. Everything works in constant memory,
// whatever the length of the call.
//
// Where a voice is decoded it is raised or lowered by the gain that its manifest states, so
// that both people are about equally loud ([Source.SetGains]); what is copied, the stereo
// stream and single voices, stays as it was stored. (The output gain of RFC 7845 section 5.1 is
// one number for all channels of a stream, and a single voice is worth more as it was stored.)
// Mixing never clips: both voices are added, and what would come near full scale is bent
// below it (mix.go has the rule).
//
// The package does not decide who may have a copy, and writes no tags but the caller's. It
// starts no goroutine. A Source and a WAVReader are safe for concurrent use if the stream
// is.
//
//	source, err := export.NewSource(recording.Manifest.Layout, recording)
//	wav, err := export.NewWAVReader(source, export.Stereo)
//	http.ServeContent(w, r, "", time.Time{}, io.NewSectionReader(wav, 0, wav.Size()))
package export
