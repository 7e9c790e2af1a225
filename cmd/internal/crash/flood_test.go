package crash

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/storage/meta"
)

// floodRequests are two that open a socket and say nothing on it, one whose head
// never ends, and one that is longer than any may be.
func floodRequests() []string {
	const upgrade = "GET /api/v1/socket HTTP/1.1\r\nHost: parley\r\nX-Forwarded-For: 192.0.2.7\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: parley.v1\r\n"
	return []string{
		upgrade + "\r\n",
		upgrade + "\r\n",
		upgrade + "X-Slow: a",
		upgrade + "X-Long: " + strings.Repeat("a", 2<<20) + "\r\n\r\n",
	}
}

// flood opens connections to a server, many at a time, and counts the status
// codes that they are answered with; 0 is none, or an end.
type flood struct {
	mu    sync.Mutex
	codes map[int]int
}

func (f *flood) add(code int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.codes[code]++
}

// one opens a connection and holds it until the server ends it, or ctx does.
func (f *flood) one(ctx context.Context, address, request string) {
	code := 0
	defer func() { f.add(code) }()
	c, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		return
	}
	defer context.AfterFunc(ctx, func() { _ = c.Close() })()
	defer func() { _ = c.Close() }()
	if _, err := io.WriteString(c, request); err != nil {
		return
	}
	answer, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return
	}
	code = answer.StatusCode
	_, _ = io.Copy(io.Discard, c) // until it is closed
}

// TestFlood: while one address opens socket after socket, most are refused, and a
// call that goes on keeps its quality and is heard and recorded whole.
// PARLEY_FLOOD is how many.
func TestFlood(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), roundTimeout)
	defer cancel()
	// This machine's own addresses are not counted: the flood comes by a proxy.
	s := start(t, t.TempDir(), "--trusted-proxy", "127.0.0.1", "--limit-signin-address", "60/1m")
	c := connectAll(ctx, t, s, 1)[0]
	hearEachOther(ctx, t, c)

	f, began := &flood{codes: map[int]int{}}, time.Now()
	n, requests := number(t, "PARLEY_FLOOD", 400), floodRequests()
	slots := make(chan struct{}, max(100, n/25)) // connections at once
	flooding, end := context.WithCancel(ctx)
	var open sync.WaitGroup
	for i := range n {
		slots <- struct{}{}
		life, over := context.WithTimeout(flooding, 2*time.Second)
		open.Go(func() {
			defer func() { over(); <-slots }()
			f.one(life, strings.TrimPrefix(s.url, "http://"), requests[i%len(requests)])
		})
	}
	hearEachOther(ctx, t, c)
	end()
	open.Wait()
	took := time.Since(began)
	t.Logf("%d connections in %.1f s: %v", n, took.Seconds(), f.codes)
	if may := 61 + int(60*took.Minutes()); f.codes[http.StatusSwitchingProtocols] > may || f.codes[http.StatusTooManyRequests] < n/4 || f.codes[http.StatusRequestHeaderFieldsTooLarge] == 0 {
		t.Errorf("answers by status: got %v, want 60 a minute to be let in", f.codes)
	}

	c.hush()
	must(t, c.hangUp(ctx))
	entries := s.settled(ctx, t)[c.id()]
	if len(entries) != 1 || entries[0].State != "stored" || !entries[0].Clean {
		t.Fatalf("recordings: got %+v, want one that is stored and clean", entries)
	}
	voices := s.play(ctx, t, entries[0].ID)
	for leg, talker := range c.talkers {
		marks := talker.spoken()
		// The flood keeps this process busy, too, and so the phones.
		if _, found := place(marks, listen(t, leg, voices[leg])); count(found) < len(marks)*3/4 {
			t.Errorf("leg %d: %d of %d marks are in the recording", leg, count(found), len(marks))
		}
	}
	s.soundsGood(ctx, t, c.id(), int(took.Seconds()/4))
	s.stop(t)
}

// goodMOS is the mean opinion score from which a call sounds good.
const goodMOS = 4

// soundsGood checks that the end of a call in the feed says of each way of both legs
// that it sounded good on the average of that many samples at least, and of one.
func (s *server) soundsGood(ctx context.Context, t *testing.T, call string, samples int) {
	t.Helper()
	ended := s.events(ctx, t, call)["call.ended"]
	if len(ended) != 1 {
		t.Fatalf("call.ended: got %+v, want one", ended)
	}
	sound := ended[0].Data.Sound
	for way, q := range map[string]*meta.WayQuality{
		"sent by the member": sound.Member.Sent, "heard by the member": sound.Member.Heard,
		"sent by the expert": sound.Expert.Sent, "heard by the expert": sound.Expert.Heard,
	} {
		if q == nil || q.Samples < max(1, samples) || q.MOS.Average < goodMOS {
			t.Errorf("%s: got %+v, want %d samples and a MOS of %d", way, q, max(1, samples), goodMOS)
			continue
		}
		t.Logf("%s: %+v", way, *q)
	}
}
