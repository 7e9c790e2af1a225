package integration_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"parley/cmd/internal/softphone"
	"parley/media/peer"
	"parley/recorder/consent"
	"parley/recorder/consent/table"
	"parley/recorder/consent/words"
	"parley/signaling/api"
	"parley/signaling/auth"
	"parley/signaling/check"
	"parley/signaling/hub"
	"parley/signaling/revocation"
	"parley/signaling/session"
	"parley/signaling/wire"
	"parley/signaling/ws"
	"parley/storage/id"
	"parley/storage/meta"
	"parley/storage/meta/sqlite"
	"parley/storage/signing"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience bounds every wait; the machine may be busy.
const patience = 30 * time.Second

// The people of the tests. Maya and Lee must both say yes.
var (
	maya  = person("maya", auth.RoleMember, "US-CA")
	noah  = person("noah", auth.RoleMember, "US-TX")
	lee   = person("dr-lee", auth.RoleExpert, "DE")
	ortiz = person("sam-ortiz", auth.RoleExpert, "US-NY")
	robin = person("robin", auth.RoleQA, "US-NY")
)

func person(name string, role auth.Role, place string) auth.Identity {
	return auth.Identity{
		Person: id.PersonID(name), Role: role, Name: "The " + name, Languages: []string{"en"},
		Places: []auth.Place{{Code: place, Source: "declared"}}, Adult: true,
	}
}

// server is everything below HTTP, with a stand-in for the recorder.
type server struct {
	t        testing.TB
	store    meta.Store
	hub      *hub.Hub
	sockets  *ws.Handler
	recorder *fakeRecorder
	checks   *check.Desk
	http     *httptest.Server
	key      auth.Key
	signer   *signing.Key
	revoked  *revocation.List
	setBack  atomic.Int64       // nanoseconds by which the server's clock is behind
	issued   atomic.Int64       // credentials for relays
	stop     context.CancelFunc // as a process that is told to stop
}

// serve starts a server with an SQLite database; limits may be nil.
func serve(t testing.TB, limits func(*session.Limits)) *server {
	t.Helper()
	return serveOn(t, openSQLite(t), limits)
}

func openSQLite(t testing.TB) meta.Store {
	t.Helper()
	store, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(t.TempDir(), "parley.db")})
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// serveOn starts a server with a database that it closes.
func serveOn(t testing.TB, store meta.Store, limits func(*session.Limits)) *server {
	t.Helper()
	s := &server{t: t, recorder: newFakeRecorder(), key: auth.Key{ID: "test", Secret: auth.Secret("0123456789abcdef0123456789abcdef")}}
	s.store = store
	peers, err := peer.NewFactory(peer.Config{Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	operator := wire.Operator{Name: "Example Advice Ltd", RetentionDays: 90}
	if s.signer, err = signing.FromSeed(make([]byte, signing.SeedLen)); err != nil {
		t.Fatal(err)
	}
	var surface *api.Server
	s.revoked, err = revocation.Open(t.Context(), revocation.Config{Store: store, Life: time.Hour, Now: time.Now, Log: zerolog.Nop(), Ended: func() {
		s.hub.EndRevoked()
		s.sockets.EndRevoked()
		surface.EndRevoked()
	}})
	if err != nil {
		t.Fatal(err)
	}
	s.checks = check.NewDesk(func() (check.Line, error) { return peers.NewEcho() }, zerolog.Nop())
	s.hub = hub.New(hub.Config{
		Checks: s.checks,
		Env:    env(t, limits), Dial: peers.Dial, Recorder: s.recorder, Store: store, Operator: operator,
		Purposes: []string{"Quality review"}, Signer: s.signer,
		ICEServers: s.relays, Revoked: s.revoked.Revoked,
		SaveEvery: time.Second, Now: s.now, Log: zerolog.Nop(),
	})
	tokens, err := auth.NewVerifier(auth.Config{Now: time.Now, Keys: []auth.Key{s.key}, Revoked: s.revoked.Revoked})
	if err != nil {
		t.Fatal(err)
	}
	s.sockets = &ws.Handler{Hub: s.hub, Tokens: tokens, Origins: []string{allowedOrigin}, Now: time.Now, Log: zerolog.Nop()}
	surface = api.New(api.Config{
		Store: store, Tokens: tokens, Revoker: s.revoked, Keys: s.signer.Public(), Operator: operator, Ready: store.Check, Socket: s.sockets,
		Web: http.NotFoundHandler(), BlockChanged: s.hub.BlockChanged, Now: time.Now, Log: zerolog.Nop(),
	})
	s.listen(surface.Handler())
	t.Cleanup(func() {
		s.stop()
		s.sockets.Wait()
		s.hub.Close()
		s.checks.Close()
		s.http.Close()
		surface.Close()
		if err := peers.Close(); err != nil {
			t.Errorf("close the media port: %v", err)
		}
		if err := store.Close(); err != nil {
			t.Errorf("close the database: %v", err)
		}
	})
	return s
}

// now is the clock by which the hub stamps what it writes.
func (s *server) now() time.Time { return time.Now().Add(-time.Duration(s.setBack.Load())) }

func (s *server) listen(h http.Handler) {
	ctx, stop := context.WithCancel(context.Background())
	s.stop = stop
	s.http = httptest.NewUnstartedServer(h)
	s.http.Config.BaseContext = func(net.Listener) context.Context { return ctx }
	s.http.Start()
}

// embedded are the project's own rules, read once.
var embedded = sync.OnceValues(table.Embedded)

// env judges by the project's own rules.
func env(t testing.TB, limits func(*session.Limits)) session.Env {
	t.Helper()
	rules, err := embedded()
	if err != nil {
		t.Fatal(err)
	}
	l := session.DefaultLimits()
	if limits != nil {
		limits(&l)
	}
	parties := []consent.Party{session.Member: consent.Caller, session.Expert: consent.Callee}
	return session.Env{
		Limits: l,
		Judge:  func(f consent.Facts) consent.Verdict { return rules.Judge(consent.Policy{}, f) },
		Ask: func(v consent.Verdict, c session.Call, s session.Side) words.Question {
			return words.Ask(v, parties[s], words.Context{Language: c.Sides[s].Language, RetentionDays: 90})
		},
	}
}

// token is good for an hour.
func (s *server) token(who auth.Identity) string { return s.tokenUntil(who, time.Now().Add(time.Hour)) }

func (s *server) tokenUntil(who auth.Identity, expires time.Time) string {
	s.t.Helper()
	who.Expires = expires
	token, err := auth.Mint(s.key, who, time.Now())
	if err != nil {
		s.t.Fatal(err)
	}
	return token
}

// relays are none, with credentials that differ each time.
func (s *server) relays(who auth.Identity) []wire.ICEServer {
	return []wire.ICEServer{{URLs: []string{}, Username: string(who.Person), Credential: strconv.FormatInt(s.issued.Add(1), 10)}}
}

// phone signs somebody in with a tab that has sound.
func (s *server) phone(who auth.Identity) *phone {
	s.t.Helper()
	return s.dialled(softphone.Config{Server: s.http.URL, Token: s.token(who), HTTP: s.http.Client()}, who)
}

func (s *server) dialled(cfg softphone.Config, who auth.Identity) *phone {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	p, err := softphone.Dial(ctx, cfg)
	if err != nil {
		cancel()
		s.t.Fatalf("%s signs in: %v", who.Person, err)
	}
	out := &phone{Phone: p, t: s.t, ctx: ctx, name: string(who.Person)}
	s.t.Cleanup(func() {
		out.close()
		cancel()
	})
	return out
}

// available signs an expert in who takes calls.
func (s *server) available(who auth.Identity) *phone {
	s.t.Helper()
	p := s.phone(who)
	p.send(&wire.PresenceSet{Available: true})
	p.wait("own state", func(st softphone.State) bool { return st.Presence != nil && st.Presence.State == wire.StateAvailable })
	return p
}

// phone is a softphone whose failures end the test.
type phone struct {
	*softphone.Phone
	t      testing.TB
	ctx    context.Context // bounds every wait of the test
	name   string
	closed bool
	last   *wire.Problem // that the test has seen
}

func (p *phone) close() {
	if p.closed {
		return
	}
	p.closed = true
	if err := p.Close(); err != nil {
		p.t.Errorf("%s hangs the socket up: %v", p.name, err)
	}
}

func (p *phone) send(m wire.ClientMessage) {
	p.t.Helper()
	if err := p.Send(p.ctx, m); err != nil {
		p.t.Fatalf("%s sends %T: %v", p.name, m, err)
	}
}

func (p *phone) wait(what string, ok func(softphone.State) bool) softphone.State {
	p.t.Helper()
	if err := p.Wait(p.ctx, what, ok); err != nil {
		p.t.Fatalf("%s: %v", p.name, err)
	}
	return p.State()
}

// call waits until the view of the call satisfies ok.
func (p *phone) call(what string, ok func(*wire.CallView) bool) *wire.CallView {
	p.t.Helper()
	return p.wait(what, func(s softphone.State) bool { return s.Call != nil && ok(s.Call) }).Call
}

func (p *phone) state(want string) *wire.CallView {
	p.t.Helper()
	return p.call("the state "+want, func(c *wire.CallView) bool { return c.State == want })
}

// ended waits for the end and checks its reason.
func (p *phone) ended(want string) {
	p.t.Helper()
	if c := p.state("ended"); c.EndReason != want || c.EndedAt == nil {
		p.t.Errorf("%s: the call ended %q at %v, want %q", p.name, c.EndReason, c.EndedAt, want)
	}
}

// problem waits for the next refusal and checks its type.
func (p *phone) problem(slug string) {
	p.t.Helper()
	s := p.wait("the problem "+slug, func(s softphone.State) bool { return s.Problem != p.last })
	p.last = s.Problem
	if want := "/problems/" + slug; s.Problem.Type != want || s.Problem.Detail == "" {
		p.t.Errorf("%s: got the problem %+v, want %s with what to do", p.name, s.Problem, want)
	}
}

// answer answers the recording question.
func (p *phone) answer(a string) {
	p.t.Helper()
	if err := p.Agree(p.ctx, a); err != nil {
		p.t.Fatalf("%s answers: %v", p.name, err)
	}
}

// ring lets a member call an expert until it rings there.
func ring(member, expert *phone) (call string) {
	member.t.Helper()
	member.send(&wire.CallStart{Expert: expert.name})
	call = member.state("ringing").ID
	if got := expert.state("ringing").ID; got != call {
		member.t.Fatalf("the expert is rung by call %s, want %s", got, call)
	}
	return call
}

// talk brings a call to the point where both hear each other.
func talk(member, expert *phone, answer string) (call string) {
	member.t.Helper()
	call = ring(member, expert)
	expert.send(&wire.CallAccept{Call: call})
	member.state("connecting")
	expert.state("connecting")
	member.answer(answer)
	expert.answer(answer)
	member.state("active")
	expert.state("active")
	return call
}

// call is what metadata keeps of a call, once it is as wanted.
func (s *server) call(name string, is func(meta.Call) bool) meta.Call {
	s.t.Helper()
	deadline, tick := time.After(patience), time.NewTicker(10*time.Millisecond)
	defer tick.Stop()
	for {
		c, err := s.store.Call(s.t.Context(), id.CallID(name))
		if err != nil {
			s.t.Fatal(err)
		}
		if is(c) {
			return c
		}
		select {
		case <-tick.C:
		case <-deadline:
			s.t.Fatalf("the record of the call: got %+v", c)
		}
	}
}

func isOver(c meta.Call) bool { return c.EndedAt != nil }
