package limit

import (
	"fmt"
	"net/netip"
	"time"

	"parley/storage/id"
)

// Rates bound one thing, for each person and for each address.
type Rates struct{ Person, Address Rate }

// Config says how often each thing may be done.
type Config struct {
	SignIn   Rates // sockets and other sign-ins
	Calls    Rates // calls that are started
	Messages Rates // messages on sockets
	TURN     Rates // allocations of relayed addresses
	API      Rates // requests
	Checks   Rates // connections that are tried
	Now      func() time.Time
}

// Meter bounds one thing. A nil Meter bounds nothing.
type Meter struct {
	now             func() time.Time
	people, address *set
}

// Meters are one for each thing. The zero value bounds nothing.
type Meters struct{ SignIn, Calls, Messages, TURN, API, Checks *Meter }

// NewMeter makes a meter of one thing.
func NewMeter(r Rates, now func() time.Time) *Meter {
	return &Meter{now, newSet(r.Person, maxKeys), newSet(r.Address, maxKeys)}
}

// New makes the meters.
func New(cfg Config) Meters {
	m := func(r Rates) *Meter { return NewMeter(r, cfg.Now) }
	return Meters{m(cfg.SignIn), m(cfg.Calls), m(cfg.Messages), m(cfg.TURN), m(cfg.API), m(cfg.Checks)}
}

// ExceededError says that something was done too often.
type ExceededError struct {
	// Wait is when it may be done again.
	Wait time.Duration
}

func (e *ExceededError) Error() string { return fmt.Sprintf("limit: too often, again in %s", e.Wait) }

// Seconds is Wait as Retry-After has it (RFC 9110 section 10.2.3), rounded up.
func (e *ExceededError) Seconds() int {
	return int((e.Wait + time.Second - 1) / time.Second)
}

// Person counts something that a person does; the error is an *ExceededError.
func (m *Meter) Person(p id.PersonID) error {
	if m == nil {
		return nil
	}
	return exceeded(m.people.take(string(p), m.now()))
}

// Address counts something that comes from an address; the error is an
// *ExceededError. An IPv6 network of 64 bits counts as one address, for whoever
// has one has them all. This machine itself is not counted: behind it is a
// proxy, and the operator.
func (m *Meter) Address(a netip.Addr) error {
	a = a.Unmap()
	if m == nil || !a.IsValid() || a.IsLoopback() {
		return nil
	}
	if a.Is6() {
		network, err := a.WithZone("").Prefix(64)
		if err != nil {
			return nil // cannot be: each IPv6 address has one
		}
		a = network.Addr()
	}
	return exceeded(m.address.take(a.String(), m.now()))
}

func exceeded(wait time.Duration) error {
	if wait == 0 {
		return nil
	}
	return &ExceededError{wait}
}
