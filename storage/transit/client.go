package transit

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"time"
)

// Config says where the key is.
type Config struct {
	// Address is that of the server, such as https://vault.example:8200.
	Address string
	Token   string
	// Mount is the path of the engine, "transit" if it is empty.
	Mount string
	// Key is the key's name. Its type must be rsa-2048, rsa-3072 or rsa-4096.
	Key string
	// Namespace is sent where it is not empty.
	Namespace string
	// CA are PEM certificates that the server's one must come from; empty: the
	// system's.
	CA []byte
}

var (
	// ErrRefused is matched when the server does not know the token, or the
	// token may not do what was asked.
	ErrRefused = errors.New("the key server refuses the token")
	// ErrNoKey is matched when there is no such key, or it is of another type.
	ErrNoKey = errors.New("no such RSA key in the key server")
	// ErrInput is matched when the server cannot decrypt what it was given.
	ErrInput = errors.New("the key server cannot decrypt this")
)

const (
	attempts = 3
	// timeout bounds one request, attempts included.
	timeout = 10 * time.Second
	// maxAnswer bounds an answer in bytes.
	maxAnswer = 1 << 20
)

// client speaks to one server.
type client struct {
	cfg  Config
	http *http.Client
}

func newClient(cfg Config) (*client, error) {
	if cfg.Mount == "" {
		cfg.Mount = "transit"
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	if len(cfg.CA) > 0 {
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM(cfg.CA) {
			return nil, errors.New("no PEM certificate in the file of the key server's CA")
		}
		transport.TLSClientConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	}
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse } // the token goes nowhere else
	return &client{cfg: cfg, http: &http.Client{Transport: transport, CheckRedirect: stay}}, nil
}

// call makes a request and decodes the answer's data. What passes by itself is
// tried again.
func (c *client) call(ctx context.Context, method, verb string, body, into any) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	var text []byte
	if body != nil {
		var err error
		if text, err = json.Marshal(body); err != nil {
			return err
		}
	}
	address, err := url.JoinPath(c.cfg.Address, "v1", c.cfg.Mount, verb, c.cfg.Key)
	if err != nil {
		return err
	}
	pause := 100 * time.Millisecond
	for attempt := 1; ; attempt++ {
		again, err := c.try(ctx, method, address, text, into)
		if err == nil || !again || attempt == attempts {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pause + rand.N(pause)):
		}
		pause *= 3
	}
}

// try makes one request.
func (c *client) try(ctx context.Context, method, address string, body []byte, into any) (again bool, err error) {
	req, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return false, err
	}
	req.Header.Set("X-Vault-Token", c.cfg.Token)
	req.Header.Set("X-Vault-Request", "true")
	if c.cfg.Namespace != "" {
		req.Header.Set("X-Vault-Namespace", c.cfg.Namespace)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return ctx.Err() == nil, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return true, err
	}
	if resp.StatusCode != http.StatusOK {
		return refusal(resp)
	}
	if err := json.Unmarshal(answer, &struct{ Data any }{into}); err != nil {
		return false, fmt.Errorf("the key server's answer: %w", err)
	}
	return false, nil
}

// refusal sorts an answer that is not 200. Its text is not told: it may repeat
// what was sent.
func refusal(resp *http.Response) (again bool, err error) {
	switch resp.StatusCode {
	case http.StatusForbidden, http.StatusUnauthorized:
		return false, fmt.Errorf("%w: %s", ErrRefused, resp.Status)
	case http.StatusNotFound:
		return false, fmt.Errorf("%w: %s", ErrNoKey, resp.Status)
	case http.StatusBadRequest:
		return false, fmt.Errorf("%w: %s", ErrInput, resp.Status)
	case http.StatusTooManyRequests, http.StatusPreconditionFailed:
		return true, fmt.Errorf("the key server says %s", resp.Status)
	}
	return resp.StatusCode >= 500, fmt.Errorf("the key server says %s", resp.Status)
}
