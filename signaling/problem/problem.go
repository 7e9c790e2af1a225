package problem

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"parley/media/bridge"
	"parley/media/peer"
	"parley/signaling/auth"
	"parley/signaling/check"
	"parley/signaling/feed"
	"parley/signaling/hub"
	"parley/signaling/limit"
	"parley/signaling/session"
	"parley/signaling/webhook"
	"parley/signaling/wire"
	"parley/storage/meta"
)

// Errors of HTTP itself.
var (
	ErrNotFound         = errors.New("not found")
	ErrUnauthenticated  = errors.New("not signed in")
	ErrForbidden        = errors.New("forbidden")
	ErrStepUp           = errors.New("the person must prove anew who they are")
	ErrReasonMissing    = errors.New("a reason is needed")
	ErrNotPlayable      = errors.New("not playable yet")
	ErrErased           = errors.New("the recording was erased")
	ErrTrashed          = errors.New("the recording was set aside")
	ErrPlayNotOffered   = errors.New("playing is not offered to this person")
	ErrTooEarly         = errors.New("it is too early to play")
	ErrCaseMissing      = errors.New("a case is needed")
	ErrConflict         = errors.New("somebody else was first, or it is too late")
	ErrChanged          = errors.New("a voice was erased since the play began")
	ErrNotCovered       = errors.New("not covered by consent")
	ErrMethodNotAllowed = errors.New("method not allowed")
	ErrUnavailable      = errors.New("temporarily unavailable")
	ErrWebhookExists    = errors.New("there is a webhook for this address")
	ErrRated            = errors.New("rated already")
	ErrNotRatable       = errors.New("not to be rated")
	ErrTooManyReports   = errors.New("too many reports of a call")
	ErrTooManyReaders   = errors.New("too many readers of events")
	ErrKeyReused        = errors.New("the idempotency key was used for another request")
	ErrInWork           = errors.New("the request is in work")
	ErrNotApproved      = errors.New("not approved by two people")
	ErrNotAsRead        = errors.New("it was changed since it was read")
	ErrNotAnswered      = errors.New("not all questions are answered")
	ErrOwnEvaluation    = errors.New("nobody judges of their own evaluation")
	ErrTooManyCopies    = errors.New("too many copies are being made")
)

// BadRequestError says in words what is wrong with a request.
type BadRequestError struct{ Reason string }

func (e *BadRequestError) Error() string { return "bad request: " + e.Reason }

// entry is one row of the table: what an error means to a client.
type entry struct {
	err    error
	slug   string
	status int
	title  string
	detail string
}

var table = []entry{
	{auth.ErrExpired, "token-expired", 401, "Signed out", "Your sign-in has run out. Sign in again."},
	{auth.ErrInvalid, "token-invalid", 401, "Not signed in", "The sign-in is not valid. Sign in again."},
	{auth.ErrRevoked, "token-revoked", 401, "Signed out", "Your sign-in was ended by the service. Sign in again."},
	{ErrUnauthenticated, "unauthenticated", 401, "Not signed in", "Sign in first."},
	{hub.ErrNoSuchExpert, "no-such-expert", 404, "No such expert", "There is no expert by that name. Choose one from the list."},
	{hub.ErrAway, "expert-away", 409, "Not available", "This expert is not available at the moment. Try again later or choose another one."},
	{hub.ErrWrapUp, "expert-wrapping-up", 409, "In a moment", "This expert is finishing the notes on a call. Try again in a minute."},
	{hub.ErrBusy, "expert-busy", 409, "Busy", "This expert is in another call. Try again in a while."},
	{hub.ErrSecondAccount, "second-account", 409, "You have another account", "You have an account as an expert in this field already. Sign in with that one, or ask the service to close it."},
	{hub.ErrSelfCall, "self-call", 422, "That is you", "You cannot call yourself. Choose an expert from the list."},
	{hub.ErrInCall, "in-call", 409, "You are in a call", "End your present call before you start another one."},
	{hub.ErrNoSuchCall, "no-such-call", 404, "No such call", "This call does not exist or is over."},
	{hub.ErrForbidden, "forbidden", 403, "Not for you", "Your role may not do this."},
	{hub.ErrTooYoung, "too-young", 403, "Not at your age", "People of your age may not call here. Ask a parent or somebody you trust for help."},
	{hub.ErrOverload, "overload", 429, "Too fast", "Too many messages at once. Wait a moment and try again."},
	{hub.ErrChatty, "too-many-messages", 429, "Too many messages", "You have written many messages in a short time. Wait a moment and send this one again."},
	{hub.ErrDraining, "draining", 503, "Restarting", "The server is about to restart and takes no new calls. Try again in a minute."},
	{check.ErrTooMany, "too-many-checks", 429, "Try again shortly", "Many connections are being checked at the moment. You can call all the same."},
	{check.ErrOver, "check-over", 409, "Over", "This check of the connection is over. Begin another one."},
	{session.ErrWrongPhase, "wrong-phase", 409, "Too late or too early", "This is not possible at this point of the call."},
	{session.ErrElsewhere, "answered-elsewhere", 409, "Answered in another tab", "You have taken this call in another tab. Its sound is there."},
	{session.ErrStaleQuestion, "stale-question", 409, "The question has changed", "Read the recording question that is shown now and answer that one."},
	{session.ErrNotANotice, "answer-needed", 422, "An answer is needed", "Going on does not count as a yes here. Answer yes or no."},
	{bridge.ErrRestart, "no-media-yet", 409, "No connection yet", "There is no connection yet that could find its way anew. Join the call with its sound again."},
	{bridge.ErrGeneration, "stale-media", 409, "Old connection", "This connection has been replaced by a newer one."},
	{ErrNotFound, "not-found", 404, "Not found", "There is nothing here."},
	{ErrForbidden, "forbidden", 403, "Not for you", "Your role may not do this."},
	{ErrStepUp, "step-up-needed", 403, "Sign in once more", "This needs a sign-in of the last few minutes. Sign in once more and try again."},
	{ErrReasonMissing, "reason-missing", 422, "A reason is needed", "Say why you listen to this recording. The two people who spoke can see it."},
	{ErrNotCovered, "not-covered", 409, "Consent not proved", "The record of consent does not cover this recording, so it is not played. Tell the people who run this service."},
	{ErrNotPlayable, "not-playable", 409, "Not ready", "This recording cannot be played yet, or any more."},
	{ErrErased, "erased", 410, "Erased", "This recording was erased. Nothing of it is left."},
	{ErrTrashed, "set-aside", 410, "Time is over", "The time for which this recording is kept is over. It cannot be played any more and will be erased."},
	{ErrPlayNotOffered, "play-not-offered", 403, "Not offered", "The people who run this service do not offer you to play this recording here. Ask them for a copy."},
	{ErrTooEarly, "too-early", 409, "Not yet", "This recording can be played a while after the call. Try again later."},
	{ErrCaseMissing, "case-missing", 422, "A case is needed", "Give the id of the case for which you listen to this recording. The two people who spoke can see that there is one."},
	{ErrConflict, "conflict", 409, "Not as it was", "Somebody else was faster, or it is too late for this. Look at what is there now."},
	{ErrChanged, "recording-changed", 409, "It has changed", "One of the voices was erased while you listened. Open the recording again to hear what is left."},
	{ErrRated, "rated-already", 409, "Rated already", "You have rated this call. A rating is given once."},
	{ErrNotRatable, "not-ratable", 409, "Not to be rated", "Only a call that was completed, and was not very short, can be rated."},
	{ErrTooManyReports, "too-many-reports", 429, "Reported already", "You have reported this call as often as one may. Your reports are with the people who run this service."},
	{ErrMethodNotAllowed, "method-not-allowed", 405, "Method not allowed", "This address does not take that method."},
	{ErrTooManyReaders, "too-many-readers", 429, "Too many readers", "Too many requests wait for events at the moment. Try again shortly, or close those that are no longer needed."},
	{ErrKeyReused, "key-reused", 422, "Key used before", "This Idempotency-Key was sent with a different body. Give each request a key of its own."},
	{ErrInWork, "in-work", 409, "Still at it", "The first request with this Idempotency-Key is not answered yet. Send it again shortly."},
	{ErrNotApproved, "not-approved", 409, "Not approved", "A disclosure needs the approval of two different privacy officers."},
	{ErrTooManyCopies, "too-many-copies", 429, "Try again shortly", "Copies are being made for as many people as is possible at once. Try again in a few minutes."},
	{ErrNotAsRead, "not-as-read", 412, "Not as it was", "This was changed since you opened it, perhaps in another tab. Open it again to go on from there."},
	{ErrNotAnswered, "not-answered", 409, "Not all is answered", "Answer every question of the form, then release it."},
	{ErrOwnEvaluation, "own-evaluation", 403, "Not your own", "You have scored this call yourself. Another lead answers the dispute."},
	{ErrWebhookExists, "webhook-exists", 409, "There is one already", "This address has a webhook. Remove that one first, or use it."},
	{webhook.ErrAddress, "webhook-address", 422, "Address not allowed", "A webhook's address must begin with https:// and be on the public internet. The operator can allow others with --webhook-allow-private."},
	{webhook.ErrSecret, "webhook-secret", 422, "Not a secret", "A secret is whsec_ and the base64 of 24 to 64 bytes. Leave it out to have one made."},
	{webhook.ErrTooMany, "too-many-webhooks", 409, "Too many webhooks", "There are as many webhooks as there may be. Remove one that is no longer needed."},
	{feed.ErrCursor, "cursor-unknown", 400, "Unknown cursor", "This is no cursor of this list or feed. Use one that the server gave you for it, or none to begin at its beginning."},
	{feed.ErrExpired, "cursor-expired", 410, "Cursor too old", "Events after this cursor are no longer kept. Begin without a cursor, and look up what you missed."},
	{meta.ErrUnavailable, "unavailable", 503, "Try again", "A part of the server is not reachable at the moment. Nothing is lost; try again shortly."},
	{ErrUnavailable, "unavailable", 503, "Try again", "A part of the server is not reachable at the moment. Nothing is lost; try again shortly."},
}

// From turns an error into a problem. instance is the request's id.
func From(err error, instance string) wire.Problem {
	for _, e := range table {
		if errors.Is(err, e.err) {
			return wire.Problem{Type: uri(e.slug), Title: e.title, Status: e.status, Detail: e.detail, Instance: instance}
		}
	}
	return fromTyped(err, instance)
}

func fromTyped(err error, instance string) wire.Problem {
	var (
		decode *wire.DecodeError
		sdp    *peer.SDPError
		bad    *BadRequestError
		often  *limit.ExceededError
	)
	p := wire.Problem{Status: http.StatusBadRequest, Instance: instance}
	switch {
	case errors.As(err, &decode):
		p.Type, p.Title, p.Detail = uri("malformed-message"), "Malformed message", decode.Reason
	case errors.As(err, &sdp):
		p.Type, p.Title, p.Detail = uri("sdp-refused"), "Session description refused", sdp.Reason
	case errors.As(err, &often):
		p.Type, p.Title, p.Status = uri("too-many-requests"), "Too often", http.StatusTooManyRequests
		p.Detail = fmt.Sprintf("This was done too often. Try again in %d s.", often.Seconds())
	case errors.As(err, &bad):
		p.Type, p.Title, p.Detail = uri("bad-request"), "Bad request", bad.Reason
	default:
		p.Type, p.Title, p.Status = uri("internal"), "Our fault", http.StatusInternalServerError
		p.Detail = "Something went wrong on our side. It has been noted; try again."
	}
	return p
}

func uri(slug string) string { return "/problems/" + slug }

// Internal tells whether an error is ours to mend, and so worth a log line.
func Internal(err error) bool { return From(err, "").Status == http.StatusInternalServerError }

// Write answers an HTTP request with the problem.
func Write(w http.ResponseWriter, err error, instance string) {
	p := From(err, instance)
	body, mErr := json.Marshal(p)
	if mErr != nil {
		body = []byte(`{"type":"/problems/internal","status":500}`)
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	var often *limit.ExceededError
	if errors.As(err, &often) {
		w.Header().Set("Retry-After", strconv.Itoa(often.Seconds()))
	}
	w.WriteHeader(p.Status)
	_, _ = w.Write(body) // the client may be gone; there is nobody to tell
}
