package api

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"parley/signaling/auth"
	"parley/signaling/limit"
)

// TestTooManyRequests: a person who asks too often is told when to come back,
// and nobody else is.
func TestTooManyRequests(t *testing.T) {
	h := newHouse(t)
	h.api.cfg.Limits = limit.New(limit.Config{API: limit.Rates{Person: limit.Rate{Count: 2, Per: time.Hour}}, Now: time.Now})
	for i := range 4 {
		answer := h.ask("GET", "/api/v1/recordings", h.token(auth.RoleQA), "")
		if i < 2 {
			if answer.StatusCode != http.StatusOK {
				t.Errorf("request %d: got %d, want 200", i+1, answer.StatusCode)
			}
			continue
		}
		wait, err := strconv.Atoi(answer.Header.Get("Retry-After"))
		if answer.StatusCode != http.StatusTooManyRequests || err != nil || wait < 1 || wait > 1800 {
			t.Errorf("request %d: got %d and Retry-After %d (%v), want 429 and up to half an hour", i+1, answer.StatusCode, wait, err)
		}
	}
	if got := h.ask("GET", "/api/v1/recordings", h.token(auth.RoleQALead), "").StatusCode; got != http.StatusOK {
		t.Errorf("somebody else: got %d, want 200", got)
	}
}
