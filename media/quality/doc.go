// Package quality judges how well the sound of one direction of a leg arrives: a
// mean opinion score by the E-model (ITU-T G.107, simplified), and four words with
// their cause.
//
// Formula and thresholds are those of twilio-voice.js (lib/twilio/rtc/mos.ts and
// lib/twilio/statsMonitor.ts), so that its numbers and ours compare. The browser's
// client has the same in web/src/client/media/quality.ts; testdata/vectors.json
// holds both to one result.
//
// It is pure: no clock, no I/O. Who measures (media/peer) and who is told
// (signaling/hub) are elsewhere.
//
//	var w quality.Window
//	w.Add(quality.Sample{RoundTripMs: 40, JitterMs: 5, LossPercent: 0.5})
//	fmt.Println(w.Judge().Word) // excellent
package quality
