package limit

import (
	"io"
	"net/http"
	"time"
)

// piece is how many bytes of an answer a client must take within the patience of
// [Slow].
const piece = 32 << 10

// Slow ends requests of clients that hold a connection by being slow: one that does not
// send all of a body within the patience, and one that does not take the next 32 KiB of
// an answer within it. Waiting for an answer takes as long as it takes. What sets its
// own write deadlines, such as a stream, keeps them; a connection that is taken over, as
// by a WebSocket, is no longer looked after.
func Slow(patience time.Duration, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		control := http.NewResponseController(w)
		if r.ContentLength != 0 && control.SetReadDeadline(time.Now().Add(patience)) == nil {
			r.Body = &hurried{r.Body, control}
		}
		next.ServeHTTP(&urged{ResponseWriter: w, control: control, patience: patience}, r)
	})
}

// hurried is a body with a deadline, which ends with it: the server goes on reading, to
// notice when the client leaves.
type hurried struct {
	io.ReadCloser
	control *http.ResponseController
}

// Read implements io.Reader.
func (h *hurried) Read(p []byte) (int, error) {
	n, err := h.ReadCloser.Read(p)
	if err == io.EOF { // a body's reader wraps it in nothing
		_ = h.control.SetReadDeadline(time.Time{}) // it could be set before
	}
	return n, err
}

// urged writes an answer in pieces, each with a deadline.
type urged struct {
	http.ResponseWriter
	control  *http.ResponseController
	patience time.Duration
	own      bool // the handler has set a deadline itself
}

// Unwrap is for http.ResponseController.
func (u *urged) Unwrap() http.ResponseWriter { return u.ResponseWriter }

// SetWriteDeadline is for http.ResponseController.
func (u *urged) SetWriteDeadline(at time.Time) error {
	u.own = true
	return u.control.SetWriteDeadline(at)
}

// Write implements io.Writer.
func (u *urged) Write(p []byte) (n int, err error) {
	for {
		if !u.own {
			_ = u.control.SetWriteDeadline(time.Now().Add(u.patience)) // in vain where a test has no connection
		}
		part, err := u.ResponseWriter.Write(p[n:min(n+piece, len(p))])
		if n += part; err != nil || n == len(p) {
			return n, err
		}
	}
}
