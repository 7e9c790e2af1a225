// Package transittest is a server for tests that answers as the documented HTTP
// interface of the Transit engine says: reading a key, and decrypting with it. It
// stands in for Vault and OpenBao, which tests cannot install.
package transittest

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// Token is what the server accepts.
const Token = "hvs.for-tests"

// Server has one key, "parley-master", at the mount "transit".
type Server struct {
	URL string

	mu       sync.Mutex
	versions []*rsa.PrivateKey
	fail     int // requests to answer with 503
	requests int
}

// Start starts a server with one version of the key; it ends with the test.
func Start(t testing.TB) *Server {
	t.Helper()
	s := &Server{}
	s.Rotate(t)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/transit/keys/parley-master", s.read)
	mux.HandleFunc("POST /v1/transit/decrypt/parley-master", s.decrypt)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { refuse(w, http.StatusNotFound) })
	server := httptest.NewServer(s.guard(mux))
	t.Cleanup(server.Close)
	s.URL = server.URL
	return s
}

// Rotate adds a version to the key.
func (s *Server) Rotate(t testing.TB) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.versions = append(s.versions, key)
}

// Fail lets the next n requests fail as those to a sealed Vault do.
func (s *Server) Fail(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fail = n
}

// Requests counts what was asked.
func (s *Server) Requests() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests
}

func (s *Server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.requests++
		failing := s.fail > 0
		if failing {
			s.fail--
		}
		s.mu.Unlock()
		switch {
		case failing:
			refuse(w, http.StatusServiceUnavailable)
		case r.Header.Get("X-Vault-Token") != Token:
			refuse(w, http.StatusForbidden)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

func (s *Server) read(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	keys := map[string]any{}
	for i, k := range s.versions {
		der, err := x509.MarshalPKIXPublicKey(k.Public())
		if err != nil {
			refuse(w, http.StatusInternalServerError)
			return
		}
		public := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
		keys[fmt.Sprint(i+1)] = map[string]any{"name": "rsa-2048", "creation_time": "2026-03-14T12:00:00Z", "public_key": string(public)}
	}
	answer(w, map[string]any{
		"name": "parley-master", "type": "rsa-2048", "keys": keys, "latest_version": len(s.versions), "min_decryption_version": 1,
		"supports_decryption": true, "supports_encryption": true,
	})
}

func (s *Server) decrypt(w http.ResponseWriter, r *http.Request) {
	var request struct{ Ciphertext string }
	var version int
	err := json.NewDecoder(r.Body).Decode(&request)
	parts := strings.SplitN(request.Ciphertext, ":", 3)
	if err != nil || len(parts) != 3 || parts[0] != "vault" {
		refuse(w, http.StatusBadRequest)
		return
	}
	_, err = fmt.Sscanf(parts[1], "v%d", &version)
	sealed, err64 := base64.StdEncoding.DecodeString(parts[2])
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil || err64 != nil || version < 1 || version > len(s.versions) {
		refuse(w, http.StatusBadRequest)
		return
	}
	plain, err := rsa.DecryptOAEP(sha256.New(), nil, s.versions[version-1], sealed, nil)
	if err != nil {
		refuse(w, http.StatusBadRequest)
		return
	}
	answer(w, map[string]any{"plaintext": base64.StdEncoding.EncodeToString(plain)})
}

func answer(w http.ResponseWriter, data any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"request_id": "1", "lease_id": "", "renewable": false, "data": data}) // the client sees it
}

func refuse(w http.ResponseWriter, status int) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(`{"errors":["refused"]}`)) // the client sees it
}
