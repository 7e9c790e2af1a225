package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"parley/cmd/internal/config"
	"parley/cmd/internal/metrics"
	"parley/media/opus"
	"parley/media/peer"
	"parley/media/relay"
	"parley/recorder/capture"
	"parley/recorder/pipeline"
	"parley/recorder/sweep"
	"parley/signaling/api"
	"parley/signaling/auth"
	"parley/signaling/check"
	"parley/signaling/feed"
	"parley/signaling/hub"
	"parley/signaling/limit"
	"parley/signaling/revocation"
	"parley/signaling/session"
	"parley/signaling/webhook"
	"parley/signaling/wire"
	"parley/signaling/ws"
	"parley/storage/destruction"
	"parley/storage/holding"
	"parley/storage/id"
	"parley/storage/locking"
	"parley/storage/meta"
	"parley/storage/notary"
	"parley/storage/offsite"
	"parley/storage/retention"
	"parley/storage/signing"
	"parley/web"
)

// drainFor is how long a server that is told to stop goes on finishing
// recordings; what is left is finished after the next start.
const drainFor = 10 * time.Second

// Run implements `parley serve`.
func (c serveCommand) Run(ctx context.Context, s streams) error {
	log, err := newLogger(s.err, c.LogLevel)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", c.Listen)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("%s is taken by another program: stop that one, or choose another port with --listen 127.0.0.1:8081", c.Listen)
	case err != nil:
		return fmt.Errorf("listen on %s: %w", c.Listen, err)
	}
	n, err := newNode(ctx, c.Serve, log, listener)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	n.greet(s, listener.Addr())
	return n.serve(ctx, listener)
}

// node is everything that one process runs.
type node struct {
	cfg      config.Serve
	log      zerolog.Logger
	stores   *stores
	peers    *peer.Factory
	relay    *relay.Server
	entrance entrance
	capture  *capture.Node
	pipeline *pipeline.Pipeline
	checker  *sweep.Sweeper  // of stored objects
	copier   *offsite.Copier // nil: none
	locks    *locking.Keeper // of stored objects
	holds    *holding.List   // outside of the database
	feed     *feed.Feed
	notary   *notary.Notary
	metrics  *metrics.Metrics
	webhooks *webhook.Sender
	hub      *hub.Hub
	checks   *check.Desk
	consent  consentSetup
	prompts  prompts
	tokens   *auth.Verifier
	revoked  *revocation.List
	limits   limit.Meters
	staff    *api.Staff         // nil: they have tokens like everybody
	proxies  []netip.Prefix     // that are trusted to tell a client's address
	platform *auth.PlatformKeys // nil: none
	key      auth.Key           // by which the server itself signs tokens
	sockets  *ws.Handler
	api      *api.Server

	erased     erasedList
	destroyer  *destruction.Destroyer
	sweeper    *retention.Sweeper
	pseudonyms []byte // the key by which they are made
	veil       veil   // the key by which calls are compared
	cursors    []byte // the key of those of lists
}

func newNode(ctx context.Context, cfg config.Serve, log zerolog.Logger, l net.Listener) (n *node, err error) {
	n = &node{cfg: cfg, log: log, limits: limit.New(cfg.Limits.Rates(time.Now))}
	if n.proxies, err = cfg.Networks(); err != nil {
		return nil, err
	}
	if n.cfg.PublicIP, err = publicIP(ctx, cfg.PublicIP); err != nil {
		return nil, err
	}
	if n.consent, err = loadConsent(cfg.Consent); err != nil {
		return nil, err
	}
	if n.stores, err = openStores(ctx, cfg); err != nil {
		return nil, errors.Join(err, n.consent.geoip.Close())
	}
	n.stores.closers = append(n.stores.closers, n.consent.geoip)
	opened := n.stores
	defer func() {
		if err != nil {
			err = errors.Join(err, opened.Close())
		}
	}()
	if n.prompts, err = openPrompts(ctx, cfg, log); err != nil {
		return nil, err
	}
	if err = n.refuseOlder(ctx); err != nil {
		return nil, err
	}
	if err = n.openTokens(ctx); err != nil {
		return nil, err
	}
	if n.staff, err = n.openStaff(ctx); err != nil {
		return nil, err
	}
	if err = n.openFeed(ctx); err != nil {
		return nil, err
	}
	if err = n.openEntrance(l); err != nil {
		return nil, err
	}
	if err = n.openMedia(ctx, l); err != nil {
		return nil, err
	}
	if err = n.openRecorder(); err != nil {
		return nil, err
	}
	if err = n.openCare(ctx); err != nil {
		return nil, err
	}
	signer, err := n.stores.signingKey(ctx)
	if err != nil {
		return nil, err
	}
	n.notary = n.stores.newNotary(cfg, signer, log)
	if err = n.openRights(ctx, signer); err != nil {
		return nil, err
	}
	if err = n.openSignaling(signer); err != nil {
		return nil, err
	}
	if cfg.Demo {
		err = enterDemoPeople(ctx, n.stores.meta)
	}
	return n, err
}

// onlyHere tells whether a port can be reached from this machine alone.
func onlyHere(l net.Listener) bool {
	a, ok := l.Addr().(*net.TCPAddr)
	return ok && a.IP.IsLoopback()
}

// openMedia opens the media port, and the TURN server that reaches it and
// nothing else.
func (n *node) openMedia(ctx context.Context, l net.Listener) error {
	var public []string
	if n.cfg.PublicIP != "" {
		public = []string{n.cfg.PublicIP}
	}
	var err error
	media := peer.Config{Port: n.cfg.MediaPort, Loopback: onlyHere(l), PublicIPs: public, Log: n.log}
	if n.entrance.door != nil {
		media.TCP = n.entrance.door.ICE()
	}
	n.peers, err = peer.NewFactory(media)
	if err != nil {
		return err
	}
	secret, err := n.stores.secret(ctx, "turn")
	if err != nil {
		return err
	}
	turn := fmt.Sprintf(":%d", n.cfg.TURNPort) // IPv4, and IPv6 where this machine has it
	media4, told := relayMedia(n.cfg.PublicIP, n.peers.Addrs())
	cfg := relay.Config{
		ListenUDP: turn, ListenTCP: turn,
		PublicIP: publicAddr(n.cfg.PublicIP, n.peers.Addrs()), PublicIP6: publicAddr6(n.cfg.PublicIP, n.peers.Addrs()),
		Media: media4, Told: told, Realm: "parley", Secret: secret, CredentialTTL: n.cfg.TURNLife, Admit: n.admit, DirectFirst: directFirst,
		Log: n.log,
	}
	if n.entrance.door != nil {
		cfg.Inner = n.entrance.door.TURN()
		if cfg.InnerHosts, err = n.relayHosts(); err != nil {
			return err
		}
	}
	if n.relay, err = relay.New(cfg); err != nil {
		return fmt.Errorf("open the TURN server: %w", err)
	}
	n.refuseRelay()
	return nil
}

// directFirst is long enough for a browser nearby to find the direct way; one far
// away needs three times as long for a relayed one anyhow.
const directFirst = 100 * time.Millisecond

// relayMedia are the media addresses that the relay can reach, those that other
// machines know before loopback, and what clients know the first by when it is
// not its own address.
func relayMedia(public string, addrs []netip.AddrPort) (media []netip.AddrPort, told netip.AddrPort) {
	media = ipv4(addrs)
	loopback := func(a netip.AddrPort) bool { return a.Addr().IsLoopback() }
	media = append(slices.DeleteFunc(slices.Clone(media), loopback), slices.DeleteFunc(media, func(a netip.AddrPort) bool { return !loopback(a) })...)
	ip, err := netip.ParseAddr(public)
	if err != nil || len(media) == 0 || slices.ContainsFunc(media, func(a netip.AddrPort) bool { return a.Addr() == ip }) {
		return media, netip.AddrPort{}
	}
	return media, netip.AddrPortFrom(ip.Unmap(), media[0].Port())
}

// ipv4 are the media addresses of version 4, the only ones of relays.
func ipv4(addrs []netip.AddrPort) (out []netip.AddrPort) {
	for _, a := range addrs {
		if a.Addr().Is4() {
			out = append(out, a)
		}
	}
	return out
}

// publicAddr is the address told to TURN clients: the configured one, else the
// first of an interface that others can reach, else this machine's own.
func publicAddr(configured string, addrs []netip.AddrPort) netip.Addr {
	if a, err := netip.ParseAddr(configured); err == nil && a.Unmap().Is4() {
		return a
	}
	for _, a := range ipv4(addrs) {
		if !a.Addr().IsLoopback() && !a.Addr().IsLinkLocalUnicast() {
			return a.Addr()
		}
	}
	return netip.AddrFrom4([4]byte{127, 0, 0, 1})
}

// publicAddr6 is the IPv6 address told to TURN clients: the configured one, else
// the first of an interface that others can reach; the zero Addr for none.
func publicAddr6(configured string, addrs []netip.AddrPort) netip.Addr {
	if a, err := netip.ParseAddr(configured); err == nil && !a.Unmap().Is4() {
		return a
	}
	for _, a := range addrs {
		if ip := a.Addr(); !ip.Unmap().Is4() && !ip.IsLoopback() && !ip.IsLinkLocalUnicast() {
			return ip
		}
	}
	return netip.Addr{}
}

func (n *node) openRecorder() error {
	log := n.log.With().Str("component", "recorder").Logger()
	n.capture = capture.NewNode(time.Now, log)
	n.capture.OnFlush = n.metrics.Flushed
	var err error
	n.pipeline, err = pipeline.New(pipeline.Config{
		Dir: filepath.Join(n.cfg.Data, "journal"), Reserve: uint64(n.cfg.ReserveMiB) << 20,
		Sealer: n.stores.master.Sealer(), Opener: n.stores.master.opener(),
		Meta: n.stores.meta, Shared: n.cfg.Database != "", Objects: n.stores.objects, Node: n.capture,
		Erase: n.eraseWithdrawn, Erased: n.listedAsErased, OnReady: n.recordingReady, OnDamaged: n.recordingDamaged, OnUploadsWait: n.metrics.UploadsWait, Observer: n.metrics, RenderSlots: max(1, runtime.NumCPU()/2),
		Mode: n.cfg.RenderMode, Pauses: n.cfg.Pauses,
		Encoder: opus.Config{BitrateBps: n.cfg.VoiceBitrate, Complexity: n.cfg.VoiceComplexity},
		Now:     time.Now, Log: log,
	})
	return err
}

func (n *node) openSignaling(signer *signing.Key) error {
	operator := wire.Operator{Name: n.cfg.Operator, RetentionDays: n.retentionPolicy().Days}
	store := n.store()
	env := n.consent.env(operator)
	env.EndOnDecline = n.consent.policy.EndOnDecline
	env.Limits.Pause, env.Limits.Answer = n.cfg.PauseRemind, n.cfg.AnswerGood
	env.Limits.Return = n.cfg.ResumeCalls
	env.Relay = true
	env.Limits.Length = time.Duration(n.cfg.MaxCallMinutes) * time.Minute
	if n.cfg.SpokenNotice != config.SpokenOff {
		env.Prompt, env.SpokenRequired = n.prompts.notice, n.cfg.SpokenNotice == config.SpokenRequired
	}
	env.Announcements = session.Announcements{Line: n.prompts.announcement, Always: n.cfg.Announce == config.AnnounceOn}
	n.checks = check.NewDesk(func() (check.Line, error) { return n.peers.NewEcho() }, n.log.With().Str("component", "check").Logger())
	n.hub = hub.New(hub.Config{
		Checks: n.checks,
		Env:    env, Prompts: n.prompts, Tone: n.prompts.tone, Policy: n.consent.policy.Judge, Words: n.consent.words, Dial: n.peers.Dial, Recorder: recorder{n.pipeline}, Vault: n.stores.master, Store: store, Feed: n,
		Duty: hub.Duty{WrapUp: n.cfg.WrapUp, Missed: n.cfg.MissedCalls}, Traces: n.cfg.TraceDays > 0,
		ReviewersLearnAll: !n.cfg.QANeedsAssignment,
		Operator:          operator, Purposes: n.consent.policy.Purposes, Signer: signer, Keys: signer.Public(), Revoked: n.revoked.Revoked, Suspend: n.cfg.ResumeCalls > 0, ICEServers: n.iceServers, Now: time.Now,
		Log: n.log.With().Str("component", "hub").Logger(),
	})
	n.sockets = &ws.Handler{Veil: n.veil, Hub: n.hub, Tokens: n.tokens, Origins: n.cfg.AllowedOrigin, Limits: n.limits, Now: time.Now, Locate: n.consent.geoip.Locate, Log: n.log.With().Str("component", "ws").Logger()}
	if n.staff != nil {
		n.sockets.Cookie = n.staff.Cookie
	}
	cfg := api.Config{
		Vault: n.stores.master, Publish: n.Publish, CursorKey: n.cursors, BlockChanged: n.hub.BlockChanged,
		Store: store, Access: n.access(), Eraser: n.destroyer, Copies: n.stores.copies(signer, n.cfg.Operator, n.cfg.AccessCopy), Bundles: n.stores.bundles(signer, n.cfg.Operator), Library: n.stores.library(signer.Public()),
		Embedding: api.Embedding{Origins: n.cfg.AllowedOrigin, FrameAncestors: n.cfg.FrameAncestor},
		Tokens:    n.tokens, Limits: n.limits, Staff: n.staff, Revoker: n.revoked, Events: n.feed, Webhooks: n.webhooks, Answered: n.metrics.Request, Keys: signer.Public(), Operator: operator, Ready: n.ready, Socket: n.sockets, Web: web.Handler(),
		Now: time.Now, Log: n.log.With().Str("component", "api").Logger(),
	}
	if n.cfg.Demo {
		cfg.Demo = &api.Demo{People: demoPeople(), Key: n.key}
	}
	n.api = api.New(cfg)
	return nil
}

// recorder fits the pipeline to what the hub needs.
type recorder struct{ p *pipeline.Pipeline }

func (r recorder) Begin(ctx context.Context, s pipeline.Start) (hub.Recording, error) {
	rec, err := r.p.Begin(ctx, s)
	if err != nil {
		return nil, err
	}
	return rec, nil
}

func (r recorder) Reopen(ctx context.Context, rec id.RecordingID, s pipeline.Start) (hub.Recording, string, error) {
	again, shut, err := r.p.Reopen(ctx, rec, s)
	if err != nil {
		return nil, "", err
	}
	return again, shut, nil
}

func (n *node) iceServers(who auth.Identity) []wire.ICEServer {
	c := n.relay.Issue(relay.Grant{Person: string(who.Person), Token: who.Token, Since: who.Issued})
	return []wire.ICEServer{{URLs: c.URLs, Username: c.Username, Credential: c.Password}}
}

// ready tells whether new calls can be taken and recorded.
func (n *node) ready(ctx context.Context) error {
	if err := n.stores.meta.Check(ctx); err != nil {
		return fmt.Errorf("metadata: %w", err)
	}
	if err := n.stores.objects.Check(ctx); err != nil {
		return fmt.Errorf("object store: %w", err)
	}
	return nil
}

// enterDemoPeople puts the experts into the directory, available from the
// start so that a newcomer finds somebody to call.
func enterDemoPeople(ctx context.Context, store meta.People) error {
	for _, p := range demoPeople() {
		if p.Role != auth.RoleExpert {
			continue
		}
		err := store.UpsertPerson(ctx, meta.Person{
			ID: p.ID, Role: string(p.Role), Name: p.Name, Headline: p.Headline,
			Languages: []string{p.Language}, UpdatedAt: time.Now(),
		})
		if err == nil {
			err = store.SetAvailable(ctx, p.ID, true, time.Now())
		}
		if err != nil {
			return fmt.Errorf("enter the demo people: %w", err)
		}
	}
	return nil
}

// greet prints what to open.
func (n *node) greet(s streams, addr net.Addr) {
	url := "http://" + addr.String()
	if n.entrance.door != nil {
		url = "https://" + addr.String()
	}
	if !n.cfg.Demo {
		_, _ = fmt.Fprintf(s.out, "Parley serves %s\n", url)
		return
	}
	_, _ = fmt.Fprintf(s.out, `Parley runs as a demo: anybody who reaches it can be anybody.

  Open %[1]s/ in one tab, sign in as the member Maya, and
  open %[1]s/ in another, sign in as the expert Dr. Hanna Lee.
  Call, answer the recording question on both sides, talk, hang up.
  Then sign in as the reviewer Robin and listen to the recording.

  Check it from the command line:  bin/parley probe --server %[1]s
  Stop it with Ctrl-C.
`, url)
}

const (
	// slowAfter is how long a client may take to send a request, and to take a piece of
	// its answer.
	slowAfter = 10 * time.Second
	// maxHeader has room for the longest token and a long address, in bytes.
	maxHeader = 64 << 10
)

// serve runs everything until ctx ends, then drains in order: no new requests,
// calls end, recordings are finished, stores close.
func (n *node) serve(ctx context.Context, l net.Listener) error {
	stopFeed := n.runFeed()
	if err := n.recall(ctx); err != nil {
		n.hub.Close()
		return errors.Join(err, stopFeed(), l.Close(), n.stores.Close())
	}
	background, stopBackground := context.WithCancel(context.WithoutCancel(ctx))
	g, gctx := errgroup.WithContext(background)
	g.Go(func() error { return n.capture.Run(gctx) })
	g.Go(func() error { return n.relay.Run(gctx) })
	g.Go(func() error { return n.showLife(gctx) })
	g.Go(func() error { return n.notary.Run(gctx) })
	g.Go(func() error { return n.sweeper.Run(gctx) })
	g.Go(func() error { return n.serveMetrics(gctx) })
	g.Go(func() error { return n.care(gctx) })
	g.Go(func() error { return n.webhooks.Run(gctx) })
	g.Go(func() error { return n.revoked.Run(gctx) })
	if n.platform != nil {
		g.Go(func() error { return n.platform.Run(gctx) })
	}

	n.runEntrance(gctx, g.Go)
	server := &http.Server{
		Handler: limit.Slow(slowAfter, limit.Behind(n.proxies, n.handler())), ReadHeaderTimeout: slowAfter, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: maxHeader,
		BaseContext:    func(net.Listener) context.Context { return ctx },
	}
	g.Go(func() error {
		if err := server.Serve(n.entrance.http); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve HTTP: %w", err)
		}
		return nil
	})
	n.log.Info().Str("version", version).Str("listen", l.Addr().String()).Bool("demo", n.cfg.Demo).Msg("ready")
	select {
	case <-ctx.Done():
	case <-gctx.Done(): // a part of the server has failed
	}
	n.log.Info().Int("calls", n.hub.LiveCalls()).Msg("stopping")
	return errors.Join(n.drain(server, stopBackground, g), stopFeed(), n.stores.Close())
}

// recall goes on with the calls that the former process left, and finishes the
// recordings of those that are over.
func (n *node) recall(ctx context.Context) error {
	if err := n.settleUnfinished(ctx); err != nil {
		return err
	}
	left, err := n.pipeline.Recover()
	if err != nil {
		return err
	}
	if left > 0 {
		n.log.Info().Int("recordings", left).Msg("finishing recordings of an earlier run")
	}
	return nil
}

func (n *node) drain(server *http.Server, stopBackground func(), g *errgroup.Group) error {
	drain, cancel := context.WithTimeout(context.Background(), drainFor)
	defer cancel()
	n.hub.Close()
	n.checks.Close()
	err := server.Shutdown(drain)
	n.sockets.Wait() // they end with the context that requests derive from
	n.api.Close()
	stopBackground()
	err = errors.Join(err, g.Wait())
	n.pipeline.Close(drain)
	return errors.Join(err, n.peers.Close())
}
