package integration_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/pion/webrtc/v4"

	"parley/signaling/auth"
	"parley/signaling/wire"
	"parley/storage/id"
)

const (
	signedOut = websocket.StatusCode(4001)
	rules     = websocket.StatusPolicyViolation
)

func TestSignIn(t *testing.T) {
	s := serve(t, nil)
	other := auth.Key{ID: "test", Secret: auth.Secret(strings.Repeat("x", 32))}
	who := maya
	who.Expires = time.Now().Add(time.Hour)
	forged, err := auth.Mint(other, who, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(s.token(maya), ".")
	none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","kid":"test"}`)) + "." + parts[1] + "."
	hello := func(token string) string { return fmt.Sprintf(`{"type":"hello","token":%q}`, token) }
	tests := []struct {
		name, first, slug string
		code              websocket.StatusCode
	}{
		{"forged token", hello(forged), "token-invalid", signedOut},
		{"alg none", hello(none), "token-invalid", signedOut},
		{"no token at all", hello("x"), "token-invalid", signedOut},
		{"expired token", hello(s.tokenUntil(maya, time.Now().Add(-time.Minute))), "token-expired", signedOut},
		{"something else first", `{"type":"call.start","expert":"dr-lee"}`, "unauthenticated", signedOut},
		{"malformed", `{"type":"hello"`, "malformed-message", rules},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := s.open()
			r.text(websocket.MessageText, tt.first)
			if p := r.refused("", tt.slug); strings.Contains(fmt.Sprint(p), parts[2]) {
				t.Errorf("the problem repeats the token: %+v", p)
			}
			r.closedWith(tt.code)
		})
	}
}

// TestWhoLooksAfterPeopleHearsOfNoCall: the sockets of administrators and auditors are there
// to end when their token is taken back; a backend has none.
func TestWhoLooksAfterPeopleHearsOfNoCall(t *testing.T) {
	s := serve(t, nil)
	r := s.open()
	r.text(websocket.MessageText, fmt.Sprintf(`{"type":"hello","token":%q}`, s.token(billing)))
	r.refused("", "forbidden")
	r.closedWith(rules)
	for _, role := range []auth.Role{auth.RoleAdmin, auth.RoleAuditor} {
		who := auth.Identity{Person: id.PersonID(role), Role: role, Name: "Ada"}
		r := s.dialRaw(who)
		member, expert := s.phone(maya), s.available(lee)
		call := ring(member, expert)
		member.send(&wire.CallCancel{Call: call})
		expert.ended("cancelled")
		var heard []wire.ServerMessage
		r.text(websocket.MessageText, `{"type":"presence.set","available":true}`)
		r.wait("the refusal", func(m wire.ServerMessage) bool {
			_, refused := m.(wire.Error)
			if _, welcome := m.(wire.Welcome); !refused && !welcome {
				heard = append(heard, m)
			}
			return refused
		})
		if len(heard) > 0 {
			t.Errorf("%s heard %+v, want nothing", role, heard)
		}
		if got := s.request("POST", "/api/v1/revocations", &billing, fmt.Sprintf(`{"person":%q}`, who.Person), nil); got.status != http.StatusCreated {
			t.Fatalf("got %d %s, want 201", got.status, got.body)
		}
		r.closedWith(signedOut)
		member.close()
		expert.close()
	}
}

func TestNoHelloInTime(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	s.open().closedWith(rules)
}

func TestATokenThatExpiresEndsTheSocket(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	r := s.open()
	r.send(&wire.Hello{Token: s.tokenUntil(maya, time.Now().Add(2*time.Second))})
	r.wait("the welcome", func(m wire.ServerMessage) bool { _, ok := m.(wire.Welcome); return ok })
	r.closedWith(signedOut)
}

func TestARestartIsSaid(t *testing.T) {
	s := serve(t, nil)
	r := s.dialRaw(maya)
	s.stop()
	r.closedWith(websocket.StatusServiceRestart)
}

func TestMalformedMessages(t *testing.T) {
	s := serve(t, nil)
	r := s.dialRaw(maya)
	bad := []string{
		`{`, `[]`, `{"type":"unknown","ref":"a"}`, `{"type":"call.start","ref":"b","expert":"x","more":1}`,
		`{"type":"call.start","ref":"c"}`, `{"type":"call.start","expert":"x"} {}`,
	}
	for _, text := range bad {
		r.text(websocket.MessageText, text)
	}
	for _, ref := range []string{"", "a", "b", "c"} {
		r.refused(ref, "malformed-message")
	}
	r.ask("still open")
	r.text(websocket.MessageBinary, `{"type":"call.hangup","ref":"binary","call":"x"}`)
	r.send(&wire.Hello{Ref: wire.Ref{Ref: "twice"}, Token: "x"})
	r.refused("twice", "forbidden")
	if _, answered := r.errors()["binary"]; answered {
		t.Error("a binary frame was taken for a message")
	}
	for range 20 - len(bad) - 1 {
		r.text(websocket.MessageText, `{`)
	}
	r.ask("twenty are allowed")
	r.text(websocket.MessageText, `{`)
	r.closedWith(rules)
}

func TestRefusalsAreNotMalformed(t *testing.T) {
	s := serve(t, nil)
	r := s.dialRaw(maya)
	for i := range 50 {
		r.ask(fmt.Sprint(i))
	}
}

func TestTooBig(t *testing.T) {
	tests := []struct {
		name string
		size int
	}{{"a byte too much", wire.MaxMessageBytes + 1}, {"10 MB", 10 << 20}}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := serve(t, nil)
			r := s.dialRaw(maya)
			// The write may fail where the server has closed before its end.
			_ = r.conn.Write(r.ctx, websocket.MessageText, []byte(strings.Repeat(" ", tt.size)))
			r.closedWith(websocket.StatusMessageTooBig)
		})
	}
	s := serve(t, nil)
	r := s.dialRaw(maya)
	text := `{"type":"call.hangup","ref":"big","call":"x"}`
	r.text(websocket.MessageText, text+strings.Repeat(" ", wire.MaxMessageBytes-len(text)))
	r.refused("big", "no-such-call")
}

// allowedOrigin is the other site that the servers of these tests let in.
const allowedOrigin = "https://friend.example"

func TestOtherSubprotocolsAndSitesAreRefused(t *testing.T) {
	s := serve(t, nil)
	url := strings.Replace(s.http.URL, "http", "ws", 1) + "/api/v1/socket"
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for origin, allowed := range map[string]bool{allowedOrigin: true, "https://evil.example": false, "http://friend.example": false, allowedOrigin + ".evil.example": false, "null": false} {
		c, answer, err := websocket.Dial(ctx, url, &websocket.DialOptions{
			HTTPClient: s.http.Client(), Subprotocols: []string{wire.Subprotocol},
			HTTPHeader: http.Header{"Origin": {origin}},
		})
		if allowed != (err == nil) || answer == nil || !allowed && answer.StatusCode != http.StatusForbidden {
			t.Errorf("from %s: got %v and %+v, want it let in: %v, else 403", origin, err, answer, allowed)
		}
		if err == nil {
			_ = c.CloseNow() // nothing was said
		}
	}
}

func TestLateMessages(t *testing.T) {
	s := serve(t, nil)
	member, expert := s.dialRaw(maya), s.available(lee)
	member.send(&wire.CallStart{Expert: expert.name})
	call := member.view("ringing", func(c wire.CallView) bool { return c.State == "ringing" }).ID
	expert.send(&wire.CallDecline{Call: call})
	member.view("the end", func(c wire.CallView) bool { return c.State == "ended" })
	for i, m := range []wire.ClientMessage{
		&wire.CallHangup{Call: call}, &wire.CallCancel{Call: call}, &wire.MediaJoin{Call: call},
		&wire.MediaAnswer{Call: call, Generation: 1, SDP: "v=0"}, &wire.MediaCandidate{Call: call, Generation: 1},
		&wire.ConsentShown{Call: call, Hash: "x"}, &wire.ConsentAnswer{Call: call, Hash: "x", Answer: "yes"},
		&wire.ConsentWithdraw{Call: call}, &wire.CallAccept{Call: call},
	} {
		member.send(m)
		member.ask(fmt.Sprint("after ", i))
	}
	if got := member.errors(); len(got) != 9 {
		t.Errorf("refusals: got %+v, want those that were asked for only", got)
	}
}

// TestSDPWithoutAudio: a browser's broken answer is refused with the reason,
// the call goes on, and the right answer works afterwards.
func TestSDPWithoutAudio(t *testing.T) {
	s := serve(t, nil)
	member, expert := s.dialRaw(maya), s.available(lee)
	member.send(&wire.CallStart{Expert: expert.name})
	offer, _ := member.wait("the offer", func(m wire.ServerMessage) bool { _, ok := m.(wire.MediaOffer); return ok }).(wire.MediaOffer)
	answer := func(ref, sdp string, generation int) {
		member.send(&wire.MediaAnswer{Ref: wire.Ref{Ref: ref}, Call: offer.Call, Generation: generation, SDP: sdp})
	}
	answer("none", "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n", offer.Generation)
	if p := member.refused("none", "sdp-refused"); !strings.Contains(p.Detail, "no audio section") {
		t.Errorf("detail: got %q, want the reason", p.Detail)
	}
	answer("garbage", "hello", offer.Generation)
	member.refused("garbage", "sdp-refused")
	good := browserAnswer(t, offer.SDP)
	answer("stale", good, offer.Generation+1)
	member.refused("stale", "stale-media")
	member.send(&wire.MediaCandidate{Ref: wire.Ref{Ref: "candidate"}, Call: offer.Call, Generation: offer.Generation, Candidate: &wire.Candidate{Candidate: "candidate:x"}})
	member.refused("candidate", "sdp-refused")
	answer("good", good, offer.Generation)
	member.view("the connection", func(c wire.CallView) bool { return c.State == "ringing" && c.Media.You == "connected" })
	member.send(&wire.MediaCandidate{Call: offer.Call, Generation: offer.Generation}) // the end of the list
	answer("again", good, offer.Generation)
	member.refused("again", "sdp-refused")
	if got := member.errors(); len(got) != 5 {
		t.Errorf("refusals: got %+v, want five", got)
	}
	expert.send(&wire.CallDecline{Call: offer.Call})
	member.view("the end", func(c wire.CallView) bool { return c.EndReason == "declined" })
}

// TestManyTabsAskForTheSoundAtOnce: each join ends a connection that may be
// reporting at that moment, while others queue; nobody may wait for anybody for
// ever.
func TestManyTabsAskForTheSoundAtOnce(t *testing.T) {
	const tabs, joins = 10, 8
	s := serve(t, nil)
	member, expert := s.phone(maya), s.available(lee)
	call := talk(member, expert, "no")
	var all []*rawSocket
	for range tabs {
		all = append(all, s.dialRaw(maya))
	}
	for range joins {
		for _, tab := range all {
			tab.send(&wire.MediaJoin{Call: call})
		}
	}
	for _, tab := range all {
		tab.ask("still alive")
	}
	member.send(&wire.MediaJoin{Call: call})
	member.call("the sound back", func(c *wire.CallView) bool { return c.Here && c.Media.You == "connected" })
	expert.Media().Say(tone())
	heard(t, member)
	expert.send(&wire.CallHangup{Call: call})
	member.ended("completed")
}

// browserAnswer answers an offer with a connection that lives as long as the
// test.
func browserAnswer(t testing.TB, offer string) string {
	t.Helper()
	var e webrtc.SettingEngine
	e.SetIncludeLoopbackCandidate(true)
	pc, err := webrtc.NewAPI(webrtc.WithSettingEngine(e)).NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pc.GracefulClose() }) // thrown away
	if err := pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: offer}); err != nil {
		t.Fatal(err)
	}
	answer, err := pc.CreateAnswer(nil)
	if err != nil {
		t.Fatal(err)
	}
	gathered := webrtc.GatheringCompletePromise(pc)
	if err := pc.SetLocalDescription(answer); err != nil {
		t.Fatal(err)
	}
	<-gathered
	return pc.LocalDescription().SDP
}

// TestASlowReaderIsDropped: one who does not read must neither hold up others
// nor be shown something untrue later.
func TestASlowReaderIsDropped(t *testing.T) {
	s := serve(t, nil)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	slow := s.connect(ctx)
	defer func() { _ = slow.CloseNow() }() // it was dropped
	hello, err := json.Marshal(map[string]string{"type": "hello", "token": s.token(maya)})
	if err != nil {
		t.Fatal(err)
	}
	if err := slow.Write(ctx, websocket.MessageText, hello); err != nil {
		t.Fatal(err)
	}
	// Refusals with what they answer to are what a client can ask for most of.
	gone := make(chan error, 1)
	go func() { gone <- dropped(ctx, slow, 20*time.Microsecond) }()
	quick := s.dialRaw(noah)
	quick.ask("meanwhile")
	if err := <-gone; err != nil {
		t.Fatal(err)
	}
	quick.ask("afterwards")
}
