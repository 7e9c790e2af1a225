// Package level measures how loud a voice is while it speaks and evens two
// voices out: the quiet one is raised and the loud one lowered towards one
// level, gently, and never so that a sample clips.
//
// A [Meter] tells speech from the noise around it by level alone and averages
// the speech. An [Evener] plans the gain of a voice frame by frame, some of
// them ahead; [Ramp] applies it. [Gain] is the one gain for a whole voice that
// is stored as it was sent, for whoever decodes it later.
//
// The package is pure: the same frames give the same gains and samples, on any
// machine with the same arithmetic. Nothing in it is safe for concurrent use.
//
//	for i, pcm := range frames {
//		evener.Add(pcm)
//		if i >= level.Lookahead {
//			level.Ramp(frames[i-level.Lookahead], evener.Next())
//		}
//	}
package level
