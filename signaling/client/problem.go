package client

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Problem is a refusal (RFC 9457); what the client's methods return matches it with
// errors.As.
type Problem struct {
	// Type is /problems/ and a word that names it; about:blank where what answered was
	// no Parley server.
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	// Detail is for a person to read, and says what to do.
	Detail string `json:"detail,omitempty"`
	// Instance names this refusal in the operator's log.
	Instance string `json:"instance,omitempty"`
	// RetryAfter is for how long the server asks to be left alone; 0: it does not say.
	RetryAfter time.Duration `json:"-"`
}

// Error implements error.
func (p *Problem) Error() string {
	text := fmt.Sprintf("parley: %d %s (%s)", p.Status, p.Title, p.Type)
	if p.Detail != "" {
		text += ": " + p.Detail
	}
	return text
}

// Named tells whether the problem has a name, as in the description: what follows
// /problems/.
func (p *Problem) Named(name string) bool { return p.Type == "/problems/"+name }

// Temporary tells whether the same request may be taken later.
func (p *Problem) Temporary() bool {
	switch p.Status {
	case http.StatusServiceUnavailable, http.StatusBadGateway, http.StatusGatewayTimeout:
		return true
	case http.StatusTooManyRequests:
		return !p.Named("too-many-reports") // of one call, ever
	case http.StatusConflict:
		return p.Named("in-work")
	}
	return false
}

const maxProblem = 64 << 10

// problemOf reads what an answer refuses with.
func problemOf(answer *http.Response) *Problem {
	p := &Problem{}
	data, err := io.ReadAll(io.LimitReader(answer.Body, maxProblem))
	if err != nil || !strings.HasPrefix(answer.Header.Get("Content-Type"), "application/problem+json") || json.Unmarshal(data, p) != nil || p.Type == "" {
		p = &Problem{Type: "about:blank", Title: http.StatusText(answer.StatusCode)}
	}
	p.Status, p.RetryAfter = answer.StatusCode, retryAfter(answer.Header.Get("Retry-After"), time.Now())
	return p
}

// retryAfter reads a Retry-After (RFC 9110 section 10.2.3); 0 for what is none.
func retryAfter(text string, now time.Time) time.Duration {
	if seconds, err := strconv.Atoi(text); err == nil {
		return time.Duration(max(0, min(seconds, 1<<30))) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}
