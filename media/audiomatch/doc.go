// Package audiomatch tells whether a sound arrived: it makes phrases that resemble speech
// and differ from one another, finds a phrase in what was heard, and measures level. The
// health check uses it on its test call, the tests use it on everything that carries
// sound.
//
// It compares waveforms. It is no measure of perceived quality, no speech detector, and
// finds nothing that was stretched, since correlation needs the clocks to agree within a
// few samples over the phrase.
//
// It is pure: no goroutines, no state, safe for concurrent use.
//
//	phrase := audiomatch.Phrase(1, 5*time.Second)
//	ref, err := audiomatch.Resample(phrase, 48000, 8000)
//	got, err := audiomatch.Resample(heard, 48000, 8000)
//	best, lag := audiomatch.Correlate(ref, got) // best > 0.9: heard, lag/8000 s late
package audiomatch
