package hub

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"parley/media/bridge"
	"parley/media/prompt"
	"parley/recorder/consent"
	"parley/recorder/consent/ledger"
	"parley/recorder/consent/receipt"
	"parley/recorder/consent/words"
	"parley/recorder/journal"
	"parley/recorder/pipeline"
	"parley/signaling/auth"
	"parley/signaling/check"
	"parley/signaling/session"
	"parley/signaling/wire"
	"parley/storage/chain"
	"parley/storage/id"
	"parley/storage/meta"
)

// Refusals that a client is told of.
var (
	ErrNoSuchExpert  = errors.New("hub: there is no such expert")
	ErrAway          = errors.New("hub: the expert is not available")
	ErrBusy          = errors.New("hub: the expert is in another call")
	ErrSelfCall      = errors.New("hub: one cannot call oneself")
	ErrSecondAccount = errors.New("hub: the human has another account in this cluster of experts")
	ErrInCall        = errors.New("hub: you are in a call already")
	ErrNoSuchCall    = errors.New("hub: there is no such call")
	ErrChatty        = errors.New("hub: too many messages written")
	ErrForbidden     = errors.New("hub: your role may not do this")
	ErrOverload      = errors.New("hub: too many messages for this call")
	ErrTooYoung      = errors.New("hub: people of that age may not call")
	ErrDraining      = errors.New("hub: the server takes no new calls at the moment")
)

// Recording is one call's recording while the call goes on.
type Recording interface {
	bridge.Tap
	ID() id.RecordingID
	// OpenGate lets packets in again after CloseGate, for a reason that the
	// recording keeps.
	OpenGate(ctx context.Context, g consent.Grant, why ledger.Proof) error
	// CloseGate lets no further packet in once it has returned.
	CloseGate()
	// Mark notes something that happened to the call; kind is one of package
	// journal's events.
	Mark(kind string, leg journal.Leg, at time.Time)
	// EraseUnlessKept lets Finish erase what was captured, and Keep takes that
	// back.
	EraseUnlessKept() error
	Keep() error
	// Suspend leaves what was captured to a later process.
	Suspend()
	// Finish says that the call is over; what was captured will be rendered
	// and stored. It does not wait for that.
	Finish()
}

// Recorder begins recordings. Begin returns once the recording's keys and
// journal are durable and its gate is open.
type Recorder interface {
	Begin(ctx context.Context, s pipeline.Start) (Recording, error)
	// Reopen goes on, with its gate shut, with a recording that an earlier process
	// left; shut names the opening of the gate after which it was closed, if any.
	Reopen(ctx context.Context, rec id.RecordingID, s pipeline.Start) (r Recording, shut string, err error)
}

// Store is what the hub keeps in metadata.
type Store interface {
	UpsertPerson(ctx context.Context, p meta.Person) error
	ClaimAccount(ctx context.Context, a meta.Account) error
	Person(ctx context.Context, p id.PersonID) (meta.Person, error)
	Experts(ctx context.Context) ([]meta.Person, error)
	Standings(ctx context.Context, members int) ([]meta.Standing, error)
	SetAvailable(ctx context.Context, p id.PersonID, available bool, at time.Time) error
	SetWrapUp(ctx context.Context, p id.PersonID, until *time.Time) error
	CountMissed(ctx context.Context, p id.PersonID, most int, at time.Time) error
	Blocked(ctx context.Context, a, b id.PersonID) (bool, error)
	BlockedWith(ctx context.Context, p id.PersonID) ([]id.PersonID, error)
	PutSign(ctx context.Context, s meta.Sign) error
	PutTrace(ctx context.Context, t meta.Trace) error
	InsertText(ctx context.Context, t meta.Text) error
	InsertCall(ctx context.Context, c meta.Call) error
	UpdateCall(ctx context.Context, c meta.Call) error
	NewestEntry(ctx context.Context, chainName, kind, actor string) (chain.Entry, error)
	ChainEntries(ctx context.Context, chainName, subject string, afterSeq uint64, limit int) ([]chain.Entry, error)
	AppendChain(ctx context.Context, chainName, kind, subject, actor string, body any, at time.Time) (chain.Entry, error)
}

// Signer signs receipts; *signing.Key is one.
type Signer interface {
	Sign(typ string, payload []byte) (jws string, err error)
}

// Config holds the parts of a hub.
type Config struct {
	Env session.Env
	// Duty is what the server sets of experts' presence.
	Duty Duty
	// Traces keeps by what members' calls can be compared.
	Traces bool
	// Policy says who may call at all; what may be recorded is Env's matter.
	Policy consent.Policy
	// Words are the wordings of what everybody is told; the zero value holds
	// those that are shipped.
	Words    words.Catalogue
	Dial     bridge.Dial
	Recorder Recorder
	// Vault seals what people write to each other. Without one nobody can.
	Vault Vault
	Store Store
	// Prompts are needed where Env.Prompt is set.
	Prompts Prompts
	// Tone is played where a verdict asks for one.
	Tone prompt.Prompt
	// Feed is told what happens; nil tells nobody.
	Feed     Feed
	Operator wire.Operator
	// Purposes are what recordings are made for, as people are told.
	Purposes []string
	// ReviewersLearnAll tells reviewers of every recording that can be played;
	// without it only their leads are told, who assign them.
	ReviewersLearnAll bool
	// Signer signs the receipt of each answer. Without one nothing is recorded.
	Signer Signer
	// Keys verify the receipts of earlier calls, from which it is known what people
	// answered and where they were. Without them nobody is known.
	Keys receipt.Verifier
	// ICEServers gives somebody's own, short-lived TURN credentials.
	ICEServers func(who auth.Identity) []wire.ICEServer
	// Checks are the connections that people try before a call; nil: none are.
	Checks *check.Desk
	// Revoked tells whether somebody's token was taken back; nil: none is.
	Revoked func(auth.Identity) bool
	// Suspend leaves calls that two have to the next process when the hub closes,
	// which takes them up by TakeUp; without it they end.
	Suspend bool
	// SaveEvery is how often the record of a running call is written, with how it
	// has sounded so far: what a kill costs of that. 0: 15 s.
	SaveEvery time.Duration
	Now       func() time.Time
	Log       zerolog.Logger
}

// Socket is one signalling connection. Send never blocks: a socket whose
// queue is full ends itself.
type Socket interface{ Send(m wire.ServerMessage) }

// Hub is the live state of one node.
type Hub struct {
	cfg Config
	ctx context.Context // ends with Run; calls derive theirs from it
	end context.CancelFunc

	work  sync.WaitGroup // calls' goroutines
	order newsOrder

	ratings ratings

	mu       sync.Mutex // guards what follows; never held across I/O
	lastID   session.SocketID
	sockets  map[id.PersonID]map[session.SocketID]*Session
	byPerson map[id.PersonID]*call // at most one live call a person
	byID     map[id.CallID]*call
	recent   recentCalls
	refused  refusals
	told     map[id.PersonID]string // experts' states in the feed, away if missing
	wrapUps  map[id.PersonID]wrapUp
	draining bool
}

// New makes a hub; Close ends it.
func New(cfg Config) *Hub {
	ctx, cancel := context.WithCancel(context.Background())
	return &Hub{
		cfg: cfg, ctx: ctx, end: cancel,
		sockets:  map[id.PersonID]map[session.SocketID]*Session{},
		byPerson: map[id.PersonID]*call{},
		byID:     map[id.CallID]*call{},
		told:     map[id.PersonID]string{},
		wrapUps:  map[id.PersonID]wrapUp{},
		refused:  refusals{},
		order:    newsOrder{sent: map[id.PersonID]uint64{}},
		ratings:  newRatings(),
	}
}

// Close ends every live call, or leaves it to the next process, and waits for their
// goroutines.
func (h *Hub) Close() {
	h.mu.Lock()
	h.draining = true
	for _, w := range h.wrapUps {
		w.timer.Stop()
	}
	h.mu.Unlock()
	h.end()
	h.work.Wait()
}

// LiveCalls is the number of calls that are under way.
func (h *Hub) LiveCalls() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.byID)
}

// Sockets are how many signed-in sockets there are, by role.
func (h *Hub) Sockets() map[string]int {
	count := map[string]int{string(auth.RoleMember): 0, string(auth.RoleExpert): 0, string(auth.RoleQA): 0}
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, tabs := range h.sockets {
		for _, s := range tabs {
			count[string(s.who.Role)]++
		}
	}
	return count
}

// RecordingReady tells both people and the reviewers who may know of it
// that a recording can be
// played.
func (h *Hub) RecordingReady(rec id.RecordingID, c id.CallID, people ...id.PersonID) {
	m := wire.RecordingReady{Recording: string(rec), Call: string(c)}
	h.each(func(s *Session) bool {
		switch s.who.Role {
		case auth.RoleQALead:
			return true
		case auth.RoleQA:
			return h.cfg.ReviewersLearnAll
		case auth.RoleMember, auth.RoleExpert:
			return slices.Contains(people, s.who.Person)
		}
		return false
	}, m)
}

// each sends a message to every socket that want takes.
func (h *Hub) each(want func(*Session) bool, m wire.ServerMessage) {
	h.mu.Lock()
	var to []*Session
	for _, tabs := range h.sockets {
		for _, s := range tabs {
			if want(s) {
				to = append(to, s)
			}
		}
	}
	h.mu.Unlock()
	for _, s := range to {
		s.send(m)
	}
}

func (h *Hub) tabs(p id.PersonID) []*Session {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := make([]*Session, 0, len(h.sockets[p]))
	for _, s := range h.sockets[p] {
		out = append(out, s)
	}
	return out
}

// claim makes c the live call of both people, or says who is in another one.
func (h *Hub) claim(c *call, member, expert id.PersonID) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	_, wrapsUp := h.wrapsUpLocked(expert)
	switch {
	case h.draining:
		return ErrDraining
	case h.byPerson[member] != nil:
		return ErrInCall
	case h.byPerson[expert] != nil:
		return ErrBusy
	case wrapsUp:
		return ErrWrapUp
	case len(h.sockets[expert]) == 0:
		return ErrAway
	}
	h.byPerson[member], h.byPerson[expert], h.byID[c.id] = c, c, c
	h.work.Add(1)
	return nil
}

// release ends what c is to both people. Its expert is not rung in between.
func (h *Hub) release(c *call, after aftermath) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !after.wrapUp.IsZero() {
		h.beginWrapUpLocked(c.people[session.Expert], after.wrapUp)
	}
	delete(h.byID, c.id)
	for _, p := range c.people {
		if h.byPerson[p] == c {
			delete(h.byPerson, p)
		}
	}
	h.recent.add(c.id)
}

// recentCalls remembers calls that have just ended, so that a late message
// for one of them is no error. It holds the last 1 024.
type recentCalls struct {
	ring [1024]id.CallID
	next int
}

func (r *recentCalls) add(c id.CallID) {
	r.ring[r.next%len(r.ring)] = c
	r.next++
}

func (r *recentCalls) has(c id.CallID) bool {
	for _, x := range r.ring {
		if x == c {
			return true
		}
	}
	return false
}
