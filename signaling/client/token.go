package client

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Key is an API key pair that the operator has given to the platform.
type Key struct {
	ID     string
	Secret string // at least 32 bytes
	// Audience is the server's --token-audience; empty: parley.
	Audience string
}

// Format never prints the secret.
func (k Key) Format(f fmt.State, _ rune) { _, _ = fmt.Fprintf(f, "client.Key(%s)", k.ID) }

// Place is what the platform knows of where somebody is. Code is ISO 3166, such as DE
// or US-CA; Source is declared, billing, phone, geo or ip.
type Place struct {
	Code   string `json:"code"`
	Source string `json:"source"`
	VPN    bool   `json:"vpn,omitempty"` // an address of a VPN, of Tor or of a data centre
}

// Claims say who a token is for. docs/identity.md tells what each one does.
type Claims struct {
	// Person is the platform's id of the account, and Role member, expert, qa, qa-lead,
	// privacy, admin, auditor or service.
	Person string `json:"sub"`
	Role   string `json:"role"`
	// Name is what others see, Headline the line below it.
	Name      string   `json:"name"`
	Headline  string   `json:"headline,omitempty"`
	Languages []string `json:"languages,omitempty"`
	Places    []Place  `json:"places,omitempty"`
	Age       *int     `json:"age,omitempty"` // in whole years
	Adult     bool     `json:"adult,omitempty"`
	// Human is the platform's id of the human being behind the account, Cluster the
	// experts among whom that human may have one account.
	Human   string `json:"person_id,omitempty"`
	Cluster string `json:"cluster,omitempty"`
}

// Mint makes a token that is good from now for a while (JWT, HS256: RFC 7519). Make
// them short-lived: minutes for people, whose pages ask for one at each connection.
func Mint(k Key, who Claims, now time.Time, life time.Duration) (string, error) {
	switch {
	case k.ID == "" || len(k.Secret) < 32:
		return "", errors.New("client: a key has an id, and a secret of at least 32 bytes")
	case who.Person == "" || who.Role == "" || who.Name == "":
		return "", errors.New("client: a token names a person, a role and a name")
	case life < time.Second:
		return "", errors.New("client: a token is good for a second at least")
	}
	header, err := json.Marshal(map[string]string{"alg": "HS256", "typ": "JWT", "kid": k.ID})
	if err != nil {
		return "", err
	}
	body, err := json.Marshal(struct {
		Claims
		ID        string   `json:"jti"`
		Audience  []string `json:"aud"`
		Issued    int64    `json:"iat"`
		NotBefore int64    `json:"nbf"`
		Expires   int64    `json:"exp"`
	}{who, rand.Text(), []string{cmp.Or(k.Audience, "parley")}, now.Unix(), now.Unix(), now.Add(life).Unix()})
	if err != nil {
		return "", err
	}
	base := base64.RawURLEncoding
	text := base.EncodeToString(header) + "." + base.EncodeToString(body)
	mac := hmac.New(sha256.New, []byte(k.Secret))
	_, _ = mac.Write([]byte(text)) // a hash never fails
	return text + "." + base.EncodeToString(mac.Sum(nil)), nil
}

// mintedLife is for how long a token of Minted is good, and mintedRest what is left of
// it when the next one is made.
const (
	mintedLife = 10 * time.Minute
	mintedRest = 2 * time.Minute
)

// Minted gives tokens for somebody, a new one whenever the last is about to run out;
// it is a Config.Token.
func Minted(k Key, who Claims) func(context.Context) (string, error) {
	var (
		mu    sync.Mutex // guards token and until
		token string
		until time.Time
	)
	return func(context.Context) (string, error) {
		mu.Lock()
		defer mu.Unlock()
		now := time.Now()
		if now.Before(until) {
			return token, nil
		}
		fresh, err := Mint(k, who, now, mintedLife)
		if err != nil {
			return "", err
		}
		token, until = fresh, now.Add(mintedLife-mintedRest)
		return token, nil
	}
}
