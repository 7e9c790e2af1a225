package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"time"

	"parley/signaling/auth"
	"parley/signaling/problem"
	"parley/storage/meta"
)

// Vault seals what answers held; *envelope.Master is one.
type Vault interface {
	SealSecret(name string, secret []byte) ([]byte, error)
	OpenSecret(name string, sealed []byte) ([]byte, error)
}

const (
	idempotencyKey = "Idempotency-Key"
	maxKeyBytes    = 255
	// answerLife is how long an answer is given again.
	answerLife = 24 * time.Hour
	// attemptLife is how long a request may be in work before its key is free
	// again: its process must have ended.
	attemptLife = 2 * time.Minute
)

// once wraps a call that changes something: a request that is sent again with
// the same Idempotency-Key gets the answer of the first, and nothing is done
// (draft-ietf-httpapi-idempotency-key-header). A refusal is no answer: the key
// is free again. Without a key the call is as it is.
func (s *Server) once(h handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		key := r.Header.Get(idempotencyKey)
		if key == "" {
			return h(w, r)
		}
		if !validKey(key) {
			return &problem.BadRequestError{Reason: "an Idempotency-Key has 1 to 255 visible characters"}
		}
		who, err := s.caller(r)
		if err != nil {
			return err
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if err != nil {
			return &problem.BadRequestError{Reason: "the body is too long, or did not come"}
		}
		now := s.cfg.Now()
		a := meta.Answer{Key: requestKey(who, r, key), Request: digest(body), ClaimedAt: now, ExpiresAt: now.Add(attemptLife)}
		was, claimed, err := s.cfg.Store.ClaimAnswer(r.Context(), a)
		switch {
		case err != nil:
			return err
		case !claimed:
			return s.answerAgain(w, was, a.Request)
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		return s.answerOnce(w, r, h, a)
	}
}

// answerOnce does what is asked and keeps the answer.
func (s *Server) answerOnce(w http.ResponseWriter, r *http.Request, h handler, a meta.Answer) error {
	kept := &keeper{ResponseWriter: w, code: http.StatusOK}
	ctx := context.WithoutCancel(r.Context()) // the client may be gone; it asks again
	if err := h(kept, r); err != nil {
		return errors.Join(err, s.cfg.Store.ReleaseAnswer(ctx, a))
	}
	sealed, err := s.cfg.Vault.SealSecret(secretOf(a.Key), kept.body.Bytes())
	if err == nil {
		a.Status, a.Type, a.Body, a.ExpiresAt = kept.code, kept.Header().Get("Content-Type"), sealed, a.ClaimedAt.Add(answerLife)
		err = s.cfg.Store.PutAnswer(ctx, a)
	}
	if err != nil { // what was asked for is done, and the client is told so
		s.cfg.Log.Error().Err(err).Str("route", r.Pattern).Msg("an answer could not be kept for a request that is sent again")
	}
	w.WriteHeader(kept.code)
	_, _ = w.Write(kept.body.Bytes()) // the client may be gone; there is nobody to tell
	return nil
}

// answerAgain gives the answer of an earlier request.
func (s *Server) answerAgain(w http.ResponseWriter, was meta.Answer, request string) error {
	switch {
	case was.Request != request:
		return problem.ErrKeyReused
	case was.Status == 0:
		return problem.ErrInWork
	}
	body, err := s.cfg.Vault.OpenSecret(secretOf(was.Key), was.Body)
	if err != nil {
		return err
	}
	if was.Type != "" {
		w.Header().Set("Content-Type", was.Type)
	}
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(was.Status)
	_, _ = w.Write(body) // the client may be gone; there is nobody to tell
	return nil
}

// keeper holds an answer back until it is kept.
type keeper struct {
	http.ResponseWriter
	code int
	body bytes.Buffer
}

// WriteHeader implements http.ResponseWriter.
func (k *keeper) WriteHeader(code int) { k.code = code }

// Write implements http.ResponseWriter.
func (k *keeper) Write(p []byte) (int, error) { return k.body.Write(p) }

func validKey(key string) bool {
	for _, c := range []byte(key) {
		if c < 0x21 || c > 0x7e {
			return false
		}
	}
	return len(key) <= maxKeyBytes
}

// requestKey names a request: one person's key says nothing of another's, nor of
// another call.
func requestKey(who auth.Identity, r *http.Request, key string) string {
	var parts []byte
	for _, part := range []string{string(who.Role), string(who.Person), r.Method, r.URL.RequestURI(), key} {
		parts = binary.AppendUvarint(parts, uint64(len(part)))
		parts = append(parts, part...)
	}
	return digest(parts)
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func secretOf(key string) string { return "answer " + key }
