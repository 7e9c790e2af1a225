package probe

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"parley/signaling/auth"
	"parley/signaling/wire"
	"parley/storage/id"
)

// people are who the check's legs are.
type people struct {
	tokens   [2]string // member, expert
	expert   string
	reviewer string // token
}

// signIn mints tokens with the API key, or takes people of the demo.
func (c *check) signIn(ctx context.Context) (people, error) {
	if c.cfg.Key != nil {
		return mint(*c.cfg.Key)
	}
	return c.api.demo(ctx)
}

// mint makes the check's own people, in two places where one yes is enough.
func mint(key auth.Key) (p people, err error) {
	now := time.Now()
	token := func(role auth.Role, place string) string {
		who := auth.Identity{
			Person: id.PersonID("parley-probe-" + string(role)), Role: role, Name: "Health check", Adult: true,
			Places: []auth.Place{{Code: place, Source: "declared"}}, Expires: now.Add(10 * time.Minute),
		}
		t, mErr := auth.Mint(key, who, now)
		err = errors.Join(err, mErr)
		return t
	}
	p = people{
		tokens:   [2]string{token(auth.RoleMember, "US-TX"), token(auth.RoleExpert, "US-NY")},
		expert:   "parley-probe-expert",
		reviewer: token(auth.RoleQA, "US-NY"),
	}
	return p, err
}

// client speaks the server's REST.
type client struct{ base string }

type demoPerson struct {
	ID   string `json:"id"`
	Role string `json:"role"`
}

// demo takes the first member, expert and reviewer of the demo.
func (c client) demo(ctx context.Context) (p people, err error) {
	var list struct {
		People []demoPerson `json:"people"`
	}
	if err := c.call(ctx, http.MethodGet, wire.Root+"/demo/people", "", nil, &list); err != nil {
		return p, fmt.Errorf("the server is no demo and no API key was given: %w", err)
	}
	first := map[string]string{}
	for _, x := range list.People {
		if first[x.Role] == "" {
			first[x.Role] = x.ID
		}
	}
	tokens := map[string]string{}
	for _, role := range []string{"member", "expert", "qa"} {
		var s struct {
			Token string `json:"token"`
		}
		if err := c.call(ctx, http.MethodPost, wire.Root+"/demo/session", "", map[string]string{"person": first[role]}, &s); err != nil {
			return p, err
		}
		tokens[role] = s.Token
	}
	return people{tokens: [2]string{tokens["member"], tokens["expert"]}, expert: first["expert"], reviewer: tokens["qa"]}, nil
}

// call makes one JSON request.
func (c client) call(ctx context.Context, method, path, token string, body, into any) error {
	resp, err := c.request(ctx, method, path, token, body, nil)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }() // read whole below
	if into == nil {
		return nil
	}
	if err := json.NewDecoder(resp.Body).Decode(into); err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	return nil
}

// request makes one request; an answer that is no success is an error with
// the server's own words.
func (c client) request(ctx context.Context, method, path, token string, body any, cookies []*http.Cookie) (*http.Response, error) {
	var data io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		data = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(c.base, "/")+path, data)
	if err != nil {
		return nil, err
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	for _, k := range cookies {
		req.AddCookie(k)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", method, path, err)
	}
	if resp.StatusCode >= 300 {
		defer func() { _ = resp.Body.Close() }() // an error body is short
		var p wire.Problem
		if json.NewDecoder(io.LimitReader(resp.Body, 1<<16)).Decode(&p) != nil || p.Detail == "" {
			p.Detail = resp.Status
		}
		return nil, fmt.Errorf("%s %s: %s", method, path, p.Detail)
	}
	return resp, nil
}

// play opens a recording as a reviewer and fetches its stereo stream.
func (c client) play(ctx context.Context, token, rec string) (lengthMs int64, audio []byte, err error) {
	var about struct {
		LengthMs int64 `json:"length_ms"`
	}
	if err := c.call(ctx, http.MethodGet, wire.Root+"/recordings/"+rec, token, nil, &about); err != nil {
		return 0, nil, err
	}
	reason := map[string]string{"reason": "health check"}
	resp, err := c.request(ctx, http.MethodPost, wire.Root+"/recordings/"+rec+"/plays", token, reason, nil)
	if err != nil {
		return 0, nil, err
	}
	var play struct {
		AudioURL string `json:"audio_url"`
	}
	err = errors.Join(json.NewDecoder(resp.Body).Decode(&play), resp.Body.Close())
	if err != nil {
		return 0, nil, fmt.Errorf("open a play: %w", err)
	}
	stream, err := c.request(ctx, http.MethodGet, play.AudioURL, "", nil, resp.Cookies())
	if err != nil {
		return 0, nil, err
	}
	audio, err = io.ReadAll(stream.Body)
	return about.LengthMs, audio, errors.Join(err, stream.Body.Close())
}
