package problem

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

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
)

// clientErrors are the exported errors that reach clients, by package folder
// and name; TestEveryExportedErrorIsListed keeps it whole.
func clientErrors() map[string]error {
	return map[string]error{
		"auth.ErrExpired":             auth.ErrExpired,
		"auth.ErrInvalid":             auth.ErrInvalid,
		"auth.ErrRevoked":             auth.ErrRevoked,
		"hub.ErrSecondAccount":        hub.ErrSecondAccount,
		"bridge.ErrGeneration":        bridge.ErrGeneration,
		"check.ErrTooMany":            check.ErrTooMany,
		"check.ErrOver":               check.ErrOver,
		"bridge.ErrRestart":           bridge.ErrRestart,
		"hub.ErrNoSuchExpert":         hub.ErrNoSuchExpert,
		"hub.ErrAway":                 hub.ErrAway,
		"problem.ErrRated":            ErrRated,
		"problem.ErrNotRatable":       ErrNotRatable,
		"problem.ErrTooManyReports":   ErrTooManyReports,
		"hub.ErrChatty":               hub.ErrChatty,
		"hub.ErrBusy":                 hub.ErrBusy,
		"hub.ErrWrapUp":               hub.ErrWrapUp,
		"hub.ErrSelfCall":             hub.ErrSelfCall,
		"hub.ErrInCall":               hub.ErrInCall,
		"hub.ErrNoSuchCall":           hub.ErrNoSuchCall,
		"hub.ErrForbidden":            hub.ErrForbidden,
		"hub.ErrOverload":             hub.ErrOverload,
		"hub.ErrDraining":             hub.ErrDraining,
		"hub.ErrTooYoung":             hub.ErrTooYoung,
		"session.ErrWrongPhase":       session.ErrWrongPhase,
		"session.ErrElsewhere":        session.ErrElsewhere,
		"session.ErrStaleQuestion":    session.ErrStaleQuestion,
		"session.ErrNotANotice":       session.ErrNotANotice,
		"problem.ErrNotFound":         ErrNotFound,
		"problem.ErrUnauthenticated":  ErrUnauthenticated,
		"problem.ErrForbidden":        ErrForbidden,
		"problem.ErrStepUp":           ErrStepUp,
		"problem.ErrReasonMissing":    ErrReasonMissing,
		"problem.ErrErased":           ErrErased,
		"problem.ErrTrashed":          ErrTrashed,
		"problem.ErrPlayNotOffered":   ErrPlayNotOffered,
		"problem.ErrTooEarly":         ErrTooEarly,
		"problem.ErrCaseMissing":      ErrCaseMissing,
		"problem.ErrConflict":         ErrConflict,
		"problem.ErrChanged":          ErrChanged,
		"problem.ErrNotPlayable":      ErrNotPlayable,
		"problem.ErrNotCovered":       ErrNotCovered,
		"problem.ErrMethodNotAllowed": ErrMethodNotAllowed,
		"problem.ErrUnavailable":      ErrUnavailable,
		"problem.ErrTooManyReaders":   ErrTooManyReaders,
		"problem.ErrKeyReused":        ErrKeyReused,
		"problem.ErrInWork":           ErrInWork,
		"problem.ErrNotApproved":      ErrNotApproved,
		"problem.ErrTooManyCopies":    ErrTooManyCopies,
		"problem.ErrNotAsRead":        ErrNotAsRead,
		"problem.ErrNotAnswered":      ErrNotAnswered,
		"problem.ErrOwnEvaluation":    ErrOwnEvaluation,
		"problem.ErrWebhookExists":    ErrWebhookExists,
		"webhook.ErrAddress":          webhook.ErrAddress,
		"webhook.ErrSecret":           webhook.ErrSecret,
		"webhook.ErrTooMany":          webhook.ErrTooMany,
		"feed.ErrCursor":              feed.ErrCursor,
		"feed.ErrExpired":             feed.ErrExpired,
		"limit.ExceededError":         &limit.ExceededError{Wait: 1500 * time.Millisecond},
		"problem.BadRequestError":     &BadRequestError{Reason: "limit must be a number"},
		"wire.DecodeError":            &wire.DecodeError{Reason: "not a JSON object"},
		"peer.SDPError":               &peer.SDPError{Reason: "it has no audio section"},
	}
}

func TestEveryExportedErrorHasAProblem(t *testing.T) {
	slugs := map[string]string{}
	for name, err := range clientErrors() {
		t.Run(name, func(t *testing.T) {
			p := From(fmt.Errorf("handle a message: %w", err), "play_1")
			if p.Status < 400 || p.Status > 599 || p.Status == http.StatusInternalServerError {
				t.Errorf("status: got %d, want one that tells the client what to do", p.Status)
			}
			if !regexp.MustCompile(`^/problems/[a-z]+(-[a-z]+)*$`).MatchString(p.Type) {
				t.Errorf("type: got %q, want a slug under /problems/", p.Type)
			}
			if p.Title == "" || p.Detail == "" || p.Instance != "play_1" {
				t.Errorf("got %+v, want title, detail and the instance", p)
			}
			if strings.Contains(p.Detail, "handle a message") {
				t.Errorf("detail %q tells of the inside", p.Detail)
			}
			// One slug means one thing; the two "forbidden" say the same.
			if other, taken := slugs[p.Type]; taken && p.Type != "/problems/forbidden" {
				t.Errorf("type %s is used for %s too", p.Type, other)
			}
			slugs[p.Type] = name
		})
	}
}

func TestTypedErrorsTellTheirReason(t *testing.T) {
	for name, want := range map[string]string{
		"problem.BadRequestError": "limit must be a number",
		"wire.DecodeError":        "not a JSON object",
		"peer.SDPError":           "it has no audio section",
	} {
		if p := From(clientErrors()[name], ""); p.Detail != want || p.Status != http.StatusBadRequest {
			t.Errorf("%s: got %d %q, want 400 %q", name, p.Status, p.Detail, want)
		}
	}
}

// unseen are exported errors that no client is answered with: they end where
// the server speaks into a call or takes one up after a restart, and the
// ledger says how that ended.
var unseen = []string{"bridge.ErrPlaying", "bridge.ErrInterrupted", "session.ErrOver"}

// TestEveryExportedErrorIsListed reads the sources, so that a new error cannot
// be forgotten.
func TestEveryExportedErrorIsListed(t *testing.T) {
	known := clientErrors()
	for _, folder := range []string{"../auth", "../check", "../limit", "../feed", "../webhook", "../hub", "../session", "../wire", "../problem", "../../media/bridge", "../../media/peer"} {
		found := exportedErrors(t, folder)
		for _, name := range found {
			if known[name] == nil && !slices.Contains(unseen, name) {
				t.Errorf("%s is exported by %s and has no problem", name, folder)
			}
			delete(known, name)
		}
	}
	for name := range known {
		t.Errorf("%s is listed here and exported nowhere", name)
	}
}

// exportedErrors lists the exported variables Err... and types ...Error of a
// folder as package.Name.
func exportedErrors(t testing.TB, folder string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("sources of %s: got %d files and %v", folder, len(files), err)
	}
	var out []string
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		tree, err := parser.ParseFile(token.NewFileSet(), file, source, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range tree.Decls {
			out = append(out, errorNames(tree.Name.Name, decl)...)
		}
	}
	return out
}

func errorNames(pkg string, decl ast.Decl) (out []string) {
	group, ok := decl.(*ast.GenDecl)
	if !ok {
		return nil
	}
	for _, spec := range group.Specs {
		switch spec := spec.(type) {
		case *ast.ValueSpec:
			for _, n := range spec.Names {
				if strings.HasPrefix(n.Name, "Err") && group.Tok == token.VAR {
					out = append(out, pkg+"."+n.Name)
				}
			}
		case *ast.TypeSpec:
			if _, isStruct := spec.Type.(*ast.StructType); isStruct && ast.IsExported(spec.Name.Name) && regexp.MustCompile(`.Error$`).MatchString(spec.Name.Name) {
				out = append(out, pkg+"."+spec.Name.Name)
			}
		}
	}
	return out
}

func TestUnknownErrorTellsNothing(t *testing.T) {
	err := errors.New("open /data/parley.db: password=hunter2")
	p := From(err, "play_1")
	if p.Status != http.StatusInternalServerError || p.Type != "/problems/internal" {
		t.Errorf("got %d %s, want 500 /problems/internal", p.Status, p.Type)
	}
	data, mErr := json.Marshal(p)
	if mErr != nil {
		t.Fatal(mErr)
	}
	for _, secret := range []string{"parley.db", "hunter2", "open"} {
		if strings.Contains(string(data), secret) {
			t.Errorf("the problem %s tells %q", data, secret)
		}
	}
	if !Internal(err) || Internal(ErrNotFound) {
		t.Errorf("Internal: got %v and %v, want true for the unknown error only", Internal(err), Internal(ErrNotFound))
	}
}

func TestRetryAfter(t *testing.T) {
	w := httptest.NewRecorder()
	Write(w, fmt.Errorf("sign in: %w", clientErrors()["limit.ExceededError"]), "")
	if got := w.Header().Get("Retry-After"); w.Code != http.StatusTooManyRequests || got != "2" {
		t.Errorf("got %d and Retry-After %q, want 429 and 2", w.Code, got)
	}
}

func TestWrite(t *testing.T) {
	w := httptest.NewRecorder()
	Write(w, ErrReasonMissing, "play_1")
	if w.Code != http.StatusUnprocessableEntity {
		t.Errorf("status: got %d, want 422", w.Code)
	}
	if got := w.Header().Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("content type: got %q, want application/problem+json", got)
	}
	if got := w.Header().Get("Cache-Control"); got != "no-store" {
		t.Errorf("cache control: got %q, want no-store", got)
	}
	var p wire.Problem
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
		t.Fatalf("body %s: %v", w.Body, err)
	}
	if want := From(ErrReasonMissing, "play_1"); p != want {
		t.Errorf("body: got %+v, want %+v", p, want)
	}
}
