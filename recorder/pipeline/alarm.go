package pipeline

import "parley/recorder/capture"

// Alarm implements capture.Sink. Like Capturing it does not go through the
// render's goroutine.
func (r *Recording) Alarm(leg int, a capture.Alarm) {
	r.log.Warn().Str("leg", partOfLane[leg+1]).Str("alarm", string(a)).Msg("sound of a leg has changed")
	if r.start.OnAlarm != nil {
		r.start.OnAlarm(leg, a)
	}
}
