package main

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/signaling/client"
)

// clientOf is the platform's client of a running server, as somebody.
func clientOf(t testing.TB, s *running, key client.Key, who client.Claims) *client.Client {
	t.Helper()
	c, err := client.New(client.Config{Server: s.url, Token: client.Minted(key, who)})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestAPlatformUsesTheClient: a platform's backend in Go from the key pair to the end
// of a call, with the public package alone.
func TestAPlatformUsesTheClient(t *testing.T) {
	dir := t.TempDir()
	pair, said, code := program(t, "apikey", "--data", dir)
	keyID, secret, ok := strings.Cut(strings.TrimSpace(pair), ":")
	if code != 0 || !ok {
		t.Fatalf("apikey: got exit code %d and %q", code, said)
	}
	key := client.Key{ID: keyID, Secret: secret}
	s := serveDemo(t, dir, "--webhook-allow-private")
	backend := clientOf(t, s, key, client.Claims{Person: "billing", Role: "service", Name: "Billing"})
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	delivered := hooked(ctx, t, backend)
	recording := s.call(t)
	var types []string
	for e, err := range backend.EachEvent(ctx, client.EventQuery{Types: []string{"call.ended", "recording.ready"}}) {
		if err != nil {
			t.Fatal(err)
		}
		if types = append(types, e.Type); e.Type == "recording.ready" {
			if e.Recording != recording {
				t.Errorf("recording.ready: got %+v, want %s", e, recording)
			}
			break
		}
	}
	if !slices.Equal(types, []string{"call.ended", "recording.ready"}) {
		t.Errorf("the feed: got %v", types)
	}
	select {
	case e := <-delivered:
		if e.Type != "call.ended" {
			t.Errorf("webhook: got %+v, want call.ended", e)
		}
	case <-ctx.Done():
		t.Error("the webhook was not delivered")
	}
	listens(ctx, t, clientOf(t, s, key, client.Claims{Person: "robin", Role: "qa", Name: "Robin"}), recording)
	clientRefused(ctx, t, backend)
}

// hooked has call.ended delivered, and read by a Receiver.
func hooked(ctx context.Context, t *testing.T, backend *client.Client) <-chan client.Event {
	t.Helper()
	delivered, secret := make(chan client.Event, 8), make(chan string, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mine := <-secret
		secret <- mine
		e, err := client.Receiver{Secrets: []string{mine}}.Read(r)
		if err != nil {
			t.Errorf("a delivery: %v", err)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		delivered <- e
	}))
	t.Cleanup(server.Close)
	hook, err := backend.AddWebhook(ctx, client.WebhookWish{URL: server.URL, Types: []string{"call.ended"}})
	if err != nil {
		t.Fatal(err)
	}
	secret <- hook.Secret
	return delivered
}

// listens opens a recording, reads what there is, and finds the play written down.
func listens(ctx context.Context, t *testing.T, reviewer *client.Client, recording string) {
	t.Helper()
	seen := 0
	for rec, err := range reviewer.EachRecording(ctx, client.RecordingQuery{Limit: 1}) {
		if err != nil {
			t.Fatal(err)
		}
		if rec.ID == recording && rec.State == "stored" && rec.Playable {
			seen++
		}
	}
	if seen != 1 {
		t.Errorf("the recording is listed %d times, want once", seen)
	}
	play, err := reviewer.StartPlay(ctx, recording, client.PlayWish{Reason: "sample"})
	if err != nil {
		t.Fatal(err)
	}
	peaks, err := reviewer.PlayPeaks(ctx, play.Play)
	if err != nil || peaks.Channels != 2 {
		t.Errorf("peaks: got %d channels and %v, want both voices", peaks.Channels, err)
	}
	sound, err := reviewer.PlayOpus(ctx, play.Play, client.Range{Range: "bytes=0-3"})
	if err != nil {
		t.Fatal(err)
	}
	first, err := io.ReadAll(sound)
	if err != nil || string(first) != "OggS" || !strings.HasPrefix(sound.ContentRange, "bytes 0-3/") {
		t.Errorf("sound: got %q, %v, %+v", first, err, sound)
	}
	if err := sound.Close(); err != nil {
		t.Error(err)
	}
}

// clientRefused: what may not be is a problem with its name, and a change is done once.
func clientRefused(ctx context.Context, t *testing.T, backend *client.Client) {
	t.Helper()
	var p *client.Problem
	if _, err := backend.ListBlocks(ctx); !errors.As(err, &p) || !p.Named("forbidden") || p.Detail == "" {
		t.Errorf("blocks as a service: got %v, want forbidden", err)
	}
	if _, err := backend.ListEvents(ctx, client.EventQuery{After: "x"}); !errors.As(err, &p) || !p.Named("cursor-unknown") {
		t.Errorf("a cursor that is none: got %v, want cursor-unknown", err)
	}
	twice := client.WithKey(ctx, "once")
	wish := client.Revocation{Person: "mallory", IssuedBefore: new(time.Time)}
	*wish.IssuedBefore = time.Now()
	one, err := backend.Revoke(twice, wish)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := backend.Revoke(twice, wish); err != nil || again != one {
		t.Errorf("the same request again: got %+v and %v, want the first answer %+v", again, err, one)
	}
}
