package main

import (
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestSlowClientsHoldNothing: who sends a request drop by drop, or opens a connection and
// says nothing, is cut off soon, and others are answered meanwhile.
func TestSlowClientsHoldNothing(t *testing.T) {
	s := serveDemo(t, t.TempDir())
	handshake := "GET /api/v1/socket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
	for name, begin := range map[string]string{
		"nothing":                          "",
		"a header":                         "GET /api/v1/config HTTP/1.1\r\nHost: x\r\nX-Slow: ",
		"a body":                           "POST /api/v1/demo/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{",
		"a body in chunks":                 "POST /api/v1/demo/session HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n{",
		"the handshake of a socket":        handshake + "X-Slow: ",
		"the hello of a socket":            handshake + "\r\n\x81\xfe\x03\xe8\x00\x00\x00\x00{",
		"a socket on which nobody says so": handshake + "\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = c.Close() }() // it is closed by the server
			if _, err := c.Write([]byte(begin)); err != nil {
				t.Fatal(err)
			}
			began, drop := time.Now(), "x"
			if begin == "" || strings.HasSuffix(begin, "\r\n\r\n") {
				drop = ""
			}
			for tick := time.NewTicker(500 * time.Millisecond); ; <-tick.C {
				if over(c, drop) {
					break
				}
				if time.Since(began) > 3*slowAfter {
					t.Fatalf("it is open after %v, want it cut off after about %v", time.Since(began), slowAfter)
				}
			}
			if status(t, s.url+"/api/v1/config", "") != http.StatusOK {
				t.Error("others are not answered")
			}
		})
	}
}

// over sends one drop, and tells whether the server has ended the connection.
func over(c net.Conn, drop string) bool {
	if _, err := c.Write([]byte(drop)); err != nil {
		return true
	}
	if c.SetReadDeadline(time.Now().Add(10*time.Millisecond)) != nil {
		return true
	}
	for buf := make([]byte, 4096); ; {
		if _, err := c.Read(buf); err != nil {
			wait, ok := err.(net.Error)
			return !ok || !wait.Timeout()
		}
	}
}

// TestTooLargeIsRefused: whatever is larger than it may be gets a refusal in words, and
// costs the server no more than reading so much.
func TestTooLargeIsRefused(t *testing.T) {
	dir := t.TempDir()
	s := serveDemo(t, dir)
	service, member := mintedBy(t, "service", "billing", "--data", dir), mintedBy(t, "member", "maya", "--data", dir)
	large := strings.Repeat("a", 1<<20)
	for _, tt := range []struct {
		name, method, path, token, body string
		header                          [2]string
		want                            int
	}{
		{"a body", "POST", "/api/v1/webhooks", service, `{"url":"https://` + large + `"}`, [2]string{}, 400},
		{"a body that is sent once", "POST", "/api/v1/webhooks", service, `{"url":"https://` + large + `"}`, [2]string{"Idempotency-Key", "k"}, 400},
		{"a webhook's address", "POST", "/api/v1/webhooks", service, `{"url":"https://example.org/` + large[:2000] + `"}`, [2]string{}, 422},
		{"a header", "GET", "/api/v1/config", "", "", [2]string{"X-Large", large}, 431},
		{"an address", "GET", "/api/v1/config?x=" + large, "", "", [2]string{}, 431},
		{"a token", "GET", "/api/v1/recordings", large[:40<<10], "", [2]string{}, 401},
		{"a cursor of the feed", "GET", "/api/v1/events?after=" + large[:40<<10], service, "", [2]string{}, 400},
		{"a cursor of a list", "GET", "/api/v1/recordings?before=" + large[:40<<10], member, "", [2]string{}, 400},
		{"an idempotency key", "POST", "/api/v1/webhooks", service, `{"url":"https://example.org/"}`, [2]string{"Idempotency-Key", large[:256]}, 400},
		{"a person's id", "PUT", "/api/v1/blocks/" + large[:1000], member, "", [2]string{}, 400},
		{"a token's id to take back", "POST", "/api/v1/revocations", service, `{"token_id":"` + large[:129] + `"}`, [2]string{}, 400},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, err := http.NewRequestWithContext(t.Context(), tt.method, s.url+tt.path, strings.NewReader(tt.body))
			if err != nil {
				t.Fatal(err)
			}
			if tt.token != "" {
				r.Header.Set("Authorization", "Bearer "+tt.token)
			}
			if tt.header[0] != "" {
				r.Header.Set(tt.header[0], tt.header[1])
			}
			answer, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			_ = answer.Body.Close() // only the head counts
			if answer.StatusCode != tt.want {
				t.Errorf("got %d, want %d", answer.StatusCode, tt.want)
			}
		})
	}
	for name, args := range map[string][]string{"a name": {"--name", large[:201]}, "a line below it": {"--headline", large[:401]}} {
		if out, _, code := program(t, append([]string{"token", "member", "maya", "--data", dir}, args...)...); code == 0 {
			t.Errorf("%s: got the token %.20s", name, out)
		}
	}
}
