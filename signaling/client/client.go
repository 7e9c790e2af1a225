package client

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/netip"
	"net/url"
	"time"
)

// root is where the API stands.
const root = "/api/v1"

// maxAnswer bounds an answer in JSON, in bytes.
const maxAnswer = 32 << 20

// Config says which server is asked, and as whom.
type Config struct {
	// Server is its origin, such as https://calls.example.org.
	Server string
	// Token gives the bearer token of each request; nil: the calls that need none. See
	// [Minted].
	Token func(ctx context.Context) (string, error)
	// HTTP sends the requests; nil: a client of its own. A redirect is not followed.
	HTTP *http.Client
	// Attempts is how often a request is sent at most; 0: 4.
	Attempts int
	// MaxWait is the longest pause before a request is sent again. One for which the
	// server asks for more is not; its problem says when. 0: 30 s.
	MaxWait time.Duration
	// AllowPlain lets tokens go over http to other machines than this one.
	AllowPlain bool
}

// Client asks one server.
type Client struct {
	cfg  Config
	base *url.URL
	http *http.Client
}

// New makes a client. It sends nothing.
func New(cfg Config) (*Client, error) {
	base, err := url.Parse(cfg.Server)
	if err != nil {
		return nil, fmt.Errorf("client: server: %w", err)
	}
	switch {
	case base.Host == "" || base.Path != "" && base.Path != "/" || base.RawQuery != "" || base.User != nil:
		return nil, fmt.Errorf("client: server %q: must be an origin, such as https://calls.example.org", cfg.Server)
	case base.Scheme != "https" && (base.Scheme != "http" || !cfg.AllowPlain && !ownMachine(base.Hostname())):
		return nil, fmt.Errorf("client: server %q: must begin with https://, for tokens go there", cfg.Server)
	}
	if cfg.Attempts == 0 {
		cfg.Attempts = 4
	}
	if cfg.MaxWait == 0 {
		cfg.MaxWait = 30 * time.Second
	}
	own := http.Client{}
	if cfg.HTTP != nil {
		own = *cfg.HTTP
	}
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	if own.Jar == nil { // what is played needs the cookie of its play
		if own.Jar, err = cookiejar.New(nil); err != nil {
			return nil, err
		}
	}
	return &Client{cfg: cfg, base: base, http: &own}, nil
}

func ownMachine(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}

type keyOfContext struct{}

// WithKey gives the one changing request that is made with the context its
// Idempotency-Key, for a program that may be ended and asks again after its restart.
// Without it each request gets a key of its own.
func WithKey(ctx context.Context, key string) context.Context {
	return context.WithValue(ctx, keyOfContext{}, key)
}

// call is one request, however often it is sent.
type call struct {
	method, path string
	query        url.Values
	header       http.Header
	body         any // as JSON; nil: none
	// once tells that it takes an Idempotency-Key.
	once bool
}

// get is a call that changes nothing. params may be nil.
func get(path string, params any) call {
	return describe(call{method: http.MethodGet, path: path}, params)
}

// change is a call that is done once, however often it is sent.
func change(method, path string, body any) call {
	return call{method: method, path: path, body: body, once: true}
}

// json sends a call and reads its answer; into may be nil.
func (c *Client) json(ctx context.Context, what call, into any) error {
	answer, err := c.send(ctx, what)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }() // it was read
	data, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer+1))
	switch {
	case err != nil:
		return fmt.Errorf("%s %s: %w", what.method, what.path, err)
	case len(data) > maxAnswer:
		return fmt.Errorf("%s %s: the answer is longer than %d bytes", what.method, what.path, maxAnswer)
	case into == nil:
		return nil
	}
	if raw, ok := into.(*[]byte); ok {
		*raw = data
		return nil
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("%s %s: %w", what.method, what.path, err)
	}
	return nil
}

// send sends a call until it is answered with what was asked for, or refused for good.
// Whoever gets the answer closes its body.
func (c *Client) send(ctx context.Context, what call) (*http.Response, error) {
	var body []byte
	if what.body != nil {
		var err error
		if body, err = json.Marshal(what.body); err != nil {
			return nil, fmt.Errorf("%s %s: %w", what.method, what.path, err)
		}
	}
	key := ""
	if what.once {
		if key, _ = ctx.Value(keyOfContext{}).(string); key == "" {
			key = rand.Text()
		}
	}
	for attempt := 1; ; attempt++ {
		answer, err := c.attempt(ctx, what, body, key)
		if err == nil {
			return answer, nil
		}
		wait, again := c.again(what, attempt, err)
		if !again || pause(ctx, wait) != nil {
			return nil, err
		}
	}
}

// attempt sends a call once. Errors are a *Problem, or the connection's.
func (c *Client) attempt(ctx context.Context, what call, body []byte, key string) (*http.Response, error) {
	at := *c.base
	at.Path, at.RawPath, at.RawQuery = "", "", ""
	text := at.String() + root + what.path
	if len(what.query) > 0 {
		text += "?" + what.query.Encode()
	}
	r, err := http.NewRequestWithContext(ctx, what.method, text, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	for name, values := range what.header {
		r.Header[name] = values
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	if c.cfg.Token != nil {
		token, err := c.cfg.Token(ctx)
		if err != nil {
			return nil, &tokenError{err}
		}
		r.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := c.http.Do(r)
	if err != nil {
		return nil, err
	}
	if answer.StatusCode < 200 || answer.StatusCode > 299 {
		defer func() { _ = answer.Body.Close() }() // it was read
		return nil, problemOf(answer)
	}
	return answer, nil
}

// tokenError: there is no token to send.
type tokenError struct{ err error }

func (e *tokenError) Error() string { return "client: no token: " + e.err.Error() }
func (e *tokenError) Unwrap() error { return e.err }

// again tells whether a call is sent once more, and after how long.
func (c *Client) again(what call, attempt int, err error) (time.Duration, bool) {
	if attempt >= c.cfg.Attempts {
		return 0, false
	}
	wait := backoff(attempt, c.cfg.MaxWait)
	var refused *Problem
	if errors.As(err, &refused) {
		wait = max(wait, refused.RetryAfter)
		return wait, refused.Temporary() && wait <= c.cfg.MaxWait
	}
	// The connection was lost: nobody knows whether it was done.
	var noToken *tokenError
	lost := !errors.As(err, &noToken) && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded)
	return wait, lost && (what.once || what.method == http.MethodGet || what.method == http.MethodHead)
}
