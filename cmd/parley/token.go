package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"parley/cmd/internal/config"
	"parley/signaling/auth"
	"parley/storage/id"
)

// tokenCommand mints a token for trying things, beside a running server.
type tokenCommand struct {
	keyFlags
	Identity config.Identity `embed:""`

	Role     string        `arg:"" help:"member, expert, qa, qa-lead, privacy, admin, auditor or service."`
	Person   string        `arg:"" help:"Id of the person."`
	Name     string        `help:"Name that others see; empty: the id."`
	Headline string        `help:"Line below the name of an expert."`
	Life     time.Duration `help:"For how long the token is good." default:"1h"`
	Language []string      `help:"Language of the person, a BCP 47 tag; the first one is spoken to them."`
	Place    []string      `help:"Where the person is, code or code:source, such as DE, US-CA:billing. Sources: declared, billing, phone, geo, ip."`
	Age      int           `help:"Age in years; negative: not told." default:"-1"`
	Adult    bool          `help:"The person is of age."`
	Human    string        `help:"The platform's id of the human being behind the account." name:"person-id"`
	Cluster  string        `help:"Cluster of experts in which that human may have one account."`
}

// Run implements the command.
func (c tokenCommand) Run(ctx context.Context, s streams) error {
	if c.Life <= 0 || c.Life > c.Identity.MaxLife {
		return fmt.Errorf("--life %s: must be more than 0, and at most --token-max-life %s", c.Life, c.Identity.MaxLife)
	}
	now := time.Now()
	who, err := c.who(now.Add(c.Life))
	if err != nil {
		return err
	}
	key, err := c.key(ctx)
	if err != nil {
		return err
	}
	token, err := auth.Mint(key, who, now)
	if err == nil {
		_, err = fmt.Fprintln(s.out, token)
	}
	return err
}

// key is the pair that signs: a configured one, or the server's own.
func (c tokenCommand) key(ctx context.Context) (auth.Key, error) {
	if pairs, err := c.Identity.Pairs(); err != nil || len(pairs) > 0 {
		return append(pairs, auth.Key{})[0], err
	}
	var key auth.Key
	err := c.open(ctx, func(k *keyring) error {
		own, err := (&stores{meta: k.store, master: k.masters}).apiKeys(ctx, c.Identity)
		if err == nil {
			key = own[0]
		}
		return err
	})
	return key, err
}

func (c tokenCommand) who(expires time.Time) (auth.Identity, error) {
	who := auth.Identity{
		Person: id.PersonID(c.Person), Role: auth.Role(c.Role), Name: c.Name, Headline: c.Headline,
		Languages: c.Language, Adult: c.Adult, Human: c.Human, Cluster: c.Cluster, Expires: expires,
	}
	if who.Name == "" {
		who.Name = c.Person
	}
	if c.Age >= 0 {
		who.Age = &c.Age
	}
	for _, text := range c.Place {
		code, source, told := strings.Cut(text, ":")
		if !told {
			source = "declared"
		}
		if code == "" || source == "" {
			return who, errors.New("--place: must be a code, or code:source")
		}
		who.Places = append(who.Places, auth.Place{Code: code, Source: source})
	}
	return who, nil
}
