package peer

import (
	"github.com/pion/logging"
	"github.com/rs/zerolog"
)

// loggerFactory hands pion's logs to ours, without their text: pion's lines
// carry addresses and ICE credentials. What matters is reported by states and
// counters; at trace level the scope shows where something happened.
type loggerFactory struct{ log zerolog.Logger }

func (f loggerFactory) NewLogger(scope string) logging.LeveledLogger {
	return scopedLogger{f.log.With().Str("component", "pion").Str("scope", scope).Logger()}
}

type scopedLogger struct{ log zerolog.Logger }

func (l scopedLogger) Trace(string)          {}
func (l scopedLogger) Tracef(string, ...any) {}
func (l scopedLogger) Debug(string)          {}
func (l scopedLogger) Debugf(string, ...any) {}
func (l scopedLogger) Info(string)           {}
func (l scopedLogger) Infof(string, ...any)  {}
func (l scopedLogger) Warn(string)           { l.log.Trace().Msg("transport warning") }
func (l scopedLogger) Warnf(string, ...any)  { l.log.Trace().Msg("transport warning") }
func (l scopedLogger) Error(string)          { l.log.Debug().Msg("transport error") }
func (l scopedLogger) Errorf(string, ...any) { l.log.Debug().Msg("transport error") }
