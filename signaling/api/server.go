package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"parley/recorder/coverage"
	"parley/recorder/disclosure"
	"parley/recorder/playback"
	"parley/recorder/waveform"
	"parley/signaling/auth"
	"parley/signaling/limit"
	"parley/signaling/problem"
	"parley/signaling/wire"
	"parley/storage/audit"
	"parley/storage/chain"
	"parley/storage/id"
	"parley/storage/meta"
	"parley/storage/signing"
)

// Store is what the API reads and writes of metadata.
type Store interface {
	Call(ctx context.Context, c id.CallID) (meta.Call, error)
	ListCalls(ctx context.Context, f meta.CallFilter) ([]meta.Call, error)
	Recording(ctx context.Context, r id.RecordingID) (meta.Recording, error)
	Recordings(ctx context.Context, f meta.RecordingFilter) ([]meta.Recording, error)
	PutBlock(ctx context.Context, b meta.Block) error
	DeleteBlock(ctx context.Context, by, whom id.PersonID) error
	AllBlocks(ctx context.Context, f meta.BlockFilter) ([]meta.Block, error)
	BlocksBy(ctx context.Context, by id.PersonID) ([]meta.Block, error)
	AppendChain(ctx context.Context, chainName, kind, subject, actor string, body any, at time.Time) (chain.Entry, error)
	ChainEntries(ctx context.Context, name, subject string, afterSeq uint64, limit int) ([]chain.Entry, error)
	SetTrashed(ctx context.Context, r id.RecordingID, at *time.Time) error
	meta.Erasures
	meta.Holds
	meta.Assignments
	meta.Answers
	meta.Feedback
	meta.Evaluations
	PutSign(ctx context.Context, s meta.Sign) error
	Signs(ctx context.Context, f meta.SignFilter) ([]meta.Sign, error)
	Traced(ctx context.Context, f meta.TracedFilter) ([]meta.Traced, error)
	Texts(ctx context.Context, f meta.TextFilter) ([]meta.Text, error)
	InsertText(ctx context.Context, t meta.Text) error
	MissedCalls(ctx context.Context, expert id.PersonID, reasons []string, before id.CallID, limit int) ([]meta.Call, error)
	Person(ctx context.Context, p id.PersonID) (meta.Person, error)
	ReleaseAccount(ctx context.Context, human, cluster string) error
}

// Library opens recordings and their waveforms.
type Library interface {
	Open(ctx context.Context, rec id.RecordingID) (*playback.Recording, error)
	Peaks(ctx context.Context, rec id.RecordingID) (waveform.Drawing, error)
}

// AuditChain is the name of the hash chain of accesses; its entries' subject
// is the recording.
const AuditChain = audit.Chain

// Config holds the parts of the API.
type Config struct {
	Store   Store
	Library Library
	Tokens  *auth.Verifier
	Revoker Revoker
	// Limits bound sign-ins and requests.
	Limits   limit.Meters
	Events   Events
	Webhooks Webhooks
	// Access is what the operator allows.
	Access Access
	Eraser Eraser
	// Vault seals what people write, and the answers that are kept for requests
	// that are sent again.
	Vault Vault
	// Copies makes people's copies of what is kept about them.
	Copies Copies
	// Publish, if set, tells platforms what happens; it never waits.
	Publish func(e meta.Event)
	// BlockChanged, if set, is told of two people who have been blocked from each other,
	// or no longer are.
	BlockChanged func(ctx context.Context, people ...id.PersonID)
	// Bundles makes what is disclosed to authorities.
	Bundles Bundles
	// Keys are the public keys by which receipts are verified.
	Keys     signing.KeySet
	Operator wire.Operator
	// CursorKey makes the cursors of lists, the same on every node; empty: they end
	// with the process.
	CursorKey []byte
	// Staff is nil unless they sign in at an OpenID provider.
	Staff *Staff
	// Embedding is what pages of other sites may do; the zero value is nothing.
	Embedding Embedding
	// Demo is nil unless the server runs as a demo.
	Demo *Demo
	// Answered, if set, is told the route and status of each answered request.
	Answered func(route string, code int)
	// Ready tells why the server is not ready, or nil.
	Ready  func(ctx context.Context) error
	Socket http.Handler
	Web    http.Handler
	Now    func() time.Time
	Log    zerolog.Logger
}

// Server is the HTTP surface of a node.
type Server struct {
	cfg     Config
	plays   *plays
	guests  guests
	mux     *http.ServeMux
	routes  []string // the patterns of the API's calls
	changes []string // those of them that take an Idempotency-Key

	readers chan struct{} // requests that wait for events
	copiers chan struct{} // requests that make a copy
}

// New makes the server; Close lets go of what is being played.
func New(cfg Config) *Server {
	if len(cfg.CursorKey) == 0 {
		cfg.CursorKey = newCursorKey()
	}
	s := &Server{cfg: cfg, plays: newPlays(cfg.Now), guests: guests{still: cfg.Tokens.Still}, mux: http.NewServeMux(), readers: make(chan struct{}, maxReaders), copiers: make(chan struct{}, maxCopies)}
	s.route("GET", "/config", s.config)
	s.route("GET", "/recordings", s.listRecordings)
	s.route("GET", "/recordings/{id}", s.oneRecording)
	s.route("POST", "/recordings/{id}/plays", s.startPlay)
	s.route("GET", "/recordings/{id}/accesses", s.accesses)
	s.route("GET", "/recordings/{id}/erasures", s.recordingErasures)
	s.change("POST", "/recordings/{id}/erasures", s.askErasure)
	s.route("GET", "/recordings/{id}/holds", s.listHolds)
	s.change("POST", "/recordings/{id}/holds", s.placeHold)
	s.change("POST", "/recordings/{id}/holds/{hold}/release", s.releaseHold)
	s.route("GET", "/recordings/{id}/disclosures", s.listDisclosures)
	s.change("POST", "/recordings/{id}/disclosures", s.askDisclosure)
	s.change("POST", "/recordings/{id}/disclosures/{number}/decision", s.decideDisclosure)
	s.route("POST", "/recordings/{id}/disclosures/{number}/bundle", s.makeBundle)
	s.route("GET", "/recordings/{id}/evaluation", s.ownEvaluation)
	s.change("PUT", "/recordings/{id}/evaluation", s.saveEvaluation)
	s.change("POST", "/recordings/{id}/evaluation/release", s.releaseEvaluation)
	s.route("GET", "/evaluations", s.listEvaluations)
	s.route("GET", "/evaluations/{id}", s.readEvaluation)
	s.change("POST", "/evaluations/{id}/dispute", s.dispute)
	s.change("POST", "/evaluations/{id}/settlement", s.settle)
	s.route("GET", "/erasures", s.listErasures)
	s.change("POST", "/erasures/{id}/decision", s.decideErasure)
	s.route("GET", "/erasures/{id}/certificate", s.certificate)
	s.change("POST", "/assignments", s.assign)
	s.route("POST", "/copies", s.makeCopy)
	s.route("GET", "/statistics", s.statistics)
	s.route("GET", "/plays/{play}/audio.opus", s.playAudio)
	s.route("GET", "/plays/{play}/audio.wav", s.playWAV)
	s.route("GET", "/plays/{play}/voices/{voice}", s.playVoice)
	s.route("GET", "/plays/{play}/peaks.json", s.playPeaks)
	s.route("GET", "/plays/{play}/manifest.json", s.playManifest)
	s.route("GET", "/plays/{play}/messages.json", s.playMessages)
	s.route("GET", "/calls/{id}/receipts", s.listReceipts)
	s.route("GET", "/calls/{id}/receipts/{entry}", s.oneReceipt)
	s.route("GET", "/calls/{id}/receipt", s.newestReceipt)
	s.route("GET", "/calls/{id}/vcon", s.callVCon)
	s.handle("GET /.well-known/parley-keys.json", s.keys)
	s.route("GET", "/calls/{id}/feedback", s.feedback)
	s.change("POST", "/calls/{id}/rating", s.rate)
	s.change("POST", "/calls/{id}/rating/survey", s.survey)
	s.change("POST", "/calls/{id}/reports", s.report)
	s.route("GET", "/calls/{id}/messages", s.listMessages)
	s.route("GET", "/calls/{id}/notes", s.listNotes)
	s.change("POST", "/calls/{id}/notes", s.note)
	s.route("GET", "/calls", s.listOwnCalls)
	s.route("GET", "/calls/{id}", s.oneCall)
	s.route("GET", "/missed", s.listMissed)
	s.route("GET", "/incidents/reports", s.listReports)
	s.route("GET", "/incidents/reports/{id}", s.readReport)
	s.change("POST", "/incidents/reports/{id}/handling", s.handleReport)
	s.route("GET", "/incidents/signs", s.listSigns)
	s.route("GET", "/incidents/blocks", s.listAllBlocks)
	s.route("GET", "/blocks", s.listBlocks)
	s.change("PUT", "/blocks/{person}", s.block)
	s.change("DELETE", "/blocks/{person}", s.unblock)
	s.route("GET", "/events", s.events)
	s.route("GET", "/webhooks", s.listWebhooks)
	s.change("POST", "/webhooks", s.addWebhook)
	s.change("DELETE", "/webhooks/{id}", s.removeWebhook)
	s.change("POST", "/webhooks/{id}/replay", s.replayWebhook)
	s.route("GET", "/webhooks/{id}/deliveries", s.listDeliveries)
	s.change("POST", "/revocations", s.revoke)
	s.change("DELETE", "/accounts/{human}", s.releaseAccount)
	about := describe(sync.OnceValue(newDescription))
	s.route("GET", "/openapi.json", about.forMachines)
	s.handle("GET /api/docs", about.forPeople)
	s.staffRoutes()
	s.handle("GET /livez", s.live)
	s.handle("GET /readyz", s.ready)
	if cfg.Demo != nil {
		s.route("GET", "/demo/people", s.demoPeople)
		s.route("POST", "/demo/session", s.demoSession)
	}
	s.mux.Handle("GET "+wire.Root+"/socket", cfg.Socket)
	s.handle("/api/", s.unknown)
	s.mux.Handle("/", cfg.Web)
	return s
}

// Handler is the whole surface, with headers and protection against requests
// that other sites make in a person's name.
func (s *Server) Handler() http.Handler {
	p := http.NewCrossOriginProtection()
	p.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		problem.Write(w, problem.ErrForbidden, s.instance())
	}))
	return securityHeaders(s.cfg.Embedding, s.cfg.Embedding.cors(s.metered(s.mux), s.metered(p.Handler(s.mux))))
}

// metered refuses requests from an address that sends too many. What the page
// itself is made of and the probes of health are not counted.
func (s *Server) metered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/api/") {
			if err := s.cfg.Limits.API.Address(limit.Remote(r)); err != nil {
				problem.Write(w, err, s.instance())
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

// Close ends everything that is being played.
func (s *Server) Close() { s.plays.close() }

// change registers a call that changes something, which a client can send again.
func (s *Server) change(method, path string, h handler) {
	s.changes = append(s.changes, method+" "+wire.Root+path)
	s.route(method, path, s.once(h))
}

// route registers a call of the API by its path below wire.Root.
func (s *Server) route(method, path string, h handler) {
	s.routes = append(s.routes, method+" "+wire.Root+path)
	s.handle(method+" "+wire.Root+path, h)
}

// handle registers a handler whose error becomes a problem.
func (s *Server) handle(pattern string, h handler) {
	s.mux.HandleFunc(pattern, func(plain http.ResponseWriter, r *http.Request) {
		w := newAnswer(plain, r)
		if s.cfg.Answered != nil {
			defer func() { s.cfg.Answered(pattern, w.code) }()
		}
		err := h(w, r)
		if err == nil {
			return
		}
		err = translate(err)
		instance := s.instance()
		if problem.Internal(err) || errors.Is(err, problem.ErrNotCovered) {
			s.cfg.Log.Error().Err(err).Str("instance", instance).Str("route", pattern).Msg("request failed")
		}
		problem.Write(w, err, instance)
	})
}

// instance names one refusal, so that its log line can be found. Any fresh id
// serves.
func (s *Server) instance() string { return string(id.NewPlay(s.cfg.Now())) }

// unknown answers what no route takes: another method would have found
// something, or nothing is there.
func (s *Server) unknown(_ http.ResponseWriter, r *http.Request) error {
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete} {
		other := r.Clone(r.Context())
		other.Method = method
		if _, pattern := s.mux.Handler(other); pattern != r.Pattern {
			return problem.ErrMethodNotAllowed
		}
	}
	return problem.ErrNotFound
}

// translate turns what lower layers say into what a client may know.
func translate(err error) error {
	var uncovered *coverage.UncoveredError
	switch {
	case errors.As(err, &uncovered):
		return fmt.Errorf("%w: %w", problem.ErrNotCovered, err)
	case errors.Is(err, meta.ErrNotExist), errors.Is(err, id.ErrInvalid):
		return problem.ErrNotFound
	case errors.Is(err, playback.ErrNotStored):
		return problem.ErrNotPlayable
	case errors.Is(err, meta.ErrConflict):
		return fmt.Errorf("%w: %w", problem.ErrConflict, err)
	case errors.Is(err, playback.ErrErased), errors.Is(err, disclosure.ErrNothing):
		return problem.ErrErased
	}
	return err
}

// caller verifies the bearer token of a request.
func (s *Server) caller(r *http.Request) (auth.Identity, error) {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return auth.Identity{}, problem.ErrUnauthenticated
	}
	if s.cfg.Staff != nil {
		token = s.cfg.Staff.Cookie.Token(r, token)
	}
	who, err := s.cfg.Tokens.Verify(r.Context(), token)
	if err == nil {
		err = s.cfg.Limits.API.Person(who.Person)
	}
	return who, err
}

func writeJSON(w http.ResponseWriter, status int, body any) error {
	data, err := json.Marshal(body)
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	if status == http.StatusOK && unchanged(w, data) {
		return nil
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(data) // the client may be gone; there is nobody to tell
	return nil
}

// maxBody bounds a request's body.
const maxBody = 64 << 10

func readJSON(w http.ResponseWriter, r *http.Request, into any) error {
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	d.DisallowUnknownFields()
	err := d.Decode(into)
	if _, more := d.Token(); err != nil || !errors.Is(more, io.EOF) {
		return &problem.BadRequestError{Reason: "the body is not the JSON object that is expected here"}
	}
	return nil
}

func (s *Server) config(w http.ResponseWriter, _ *http.Request) error {
	login := ""
	if s.cfg.Staff != nil {
		login = staffLogin
	}
	return writeJSON(w, http.StatusOK, struct {
		Operator wire.Operator `json:"operator"`
		Demo     bool          `json:"demo"`
		// StaffSignIn is where staff sign in; empty: only by tokens.
		StaffSignIn string `json:"staff_sign_in"`
	}{s.cfg.Operator, s.cfg.Demo != nil, login})
}

func (s *Server) live(w http.ResponseWriter, _ *http.Request) error {
	return writeJSON(w, http.StatusOK, map[string]string{"status": "alive"})
}

func (s *Server) ready(w http.ResponseWriter, r *http.Request) error {
	ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
	defer cancel()
	if err := s.cfg.Ready(ctx); err != nil {
		s.cfg.Log.Warn().Err(err).Msg("not ready")
		return problem.ErrUnavailable
	}
	return writeJSON(w, http.StatusOK, map[string]string{"status": "ready"})
}
