package relay

import (
	"github.com/pion/logging"
	"github.com/rs/zerolog"
)

// loggerFactory lets pion log into zerolog.
type loggerFactory struct{ log zerolog.Logger }

var _ logging.LoggerFactory = loggerFactory{}

// NewLogger implements logging.LoggerFactory.
func (f loggerFactory) NewLogger(scope string) logging.LeveledLogger {
	return scrubbedLogger{log: f.log.With().Str("scope", scope).Logger()}
}

// scrubbedLogger writes what pion has to say at debug level and without its
// arguments. They hold addresses, and usernames as a stranger sent them, in text
// that no pattern could clean with certainty; so the format alone is logged, and
// of an error its innermost cause, which in pion is a constant. pion's own debug
// and trace lines come several to a packet and are left out.
type scrubbedLogger struct{ log zerolog.Logger }

func (l scrubbedLogger) write(format string, args []any) {
	event := l.log.Debug()
	if !event.Enabled() {
		return
	}
	for _, arg := range args {
		if err, ok := arg.(error); ok {
			event = event.Str("err", innermost(err).Error())
		}
	}
	event.Msg(format)
}

// innermost unwraps err to the end of its first chain. An error of the network
// carries addresses in its text, but wraps the plain errno that ends the chain.
func innermost(err error) error {
	for {
		var inner error
		switch e := err.(type) {
		case interface{ Unwrap() error }:
			inner = e.Unwrap()
		case interface{ Unwrap() []error }:
			if all := e.Unwrap(); len(all) > 0 {
				inner = all[0]
			}
		}
		if inner == nil {
			return err
		}
		err = inner
	}
}

func (scrubbedLogger) Trace(string)          {}
func (scrubbedLogger) Tracef(string, ...any) {}
func (scrubbedLogger) Debug(string)          {}
func (scrubbedLogger) Debugf(string, ...any) {}

// The text of Info, Warn and Error may be built from arguments as well; pion
// passes no such line in the parts used here, and none is passed on.

func (scrubbedLogger) Info(string)                         {}
func (l scrubbedLogger) Infof(format string, args ...any)  { l.write(format, args) }
func (scrubbedLogger) Warn(string)                         {}
func (l scrubbedLogger) Warnf(format string, args ...any)  { l.write(format, args) }
func (scrubbedLogger) Error(string)                        {}
func (l scrubbedLogger) Errorf(format string, args ...any) { l.write(format, args) }
