package matrix

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"time"

	"parley/cmd/internal/softphone"
	"parley/media/audiomatch"
	"parley/signaling/wire"
)

// phoneEnv holds the order of a process that is to be a phone.
const phoneEnv = "PARLEY_MATRIX_PHONE"

// order says what a phone is to do.
type order struct {
	Server, Token, Roots string
	Expert               string // whom to call; empty: be called
	Calls                int
	Way                  softphone.Way
}

// report is what one call was like for one phone.
type report struct {
	Error string
	// Sound is the time from the accept, as this phone saw it, to sound.
	Sound time.Duration
	// Path is how packets travel, by this phone's own candidate.
	Path string
}

// callTime bounds one call.
const callTime = 30 * time.Second

// phoneMain is the process of a phone: it prints a report for each call.
func phoneMain(text string) error {
	var o order
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		return err
	}
	pem, err := os.ReadFile(o.Roots)
	if err != nil {
		return err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return errors.New("no certificate in " + o.Roots)
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}
	ctx, cancel := context.WithTimeout(context.Background(), callTime)
	p, err := softphone.Dial(ctx, softphone.Config{Server: o.Server, Token: o.Token, HTTP: client, Way: o.Way})
	cancel()
	if err != nil {
		return err
	}
	in, out := bufio.NewReader(os.Stdin), json.NewEncoder(os.Stdout)
	for range o.Calls {
		if err := call(p, o.Expert, in, out); err != nil {
			return err
		}
	}
	return nil // what is open ends with the process
}

// call makes or takes one call. It prints its report when it has heard the other;
// whoever called hangs up at the next line of the input, when both have.
func call(p *softphone.Phone, expert string, in *bufio.Reader, out *json.Encoder) error {
	ctx, cancel := context.WithTimeout(context.Background(), callTime)
	defer cancel()
	r, err := talk(ctx, p, expert)
	if err != nil {
		r.Error = err.Error()
	}
	if err := out.Encode(r); err != nil {
		return err
	}
	if expert != "" {
		if _, err := in.ReadString('\n'); err != nil {
			return err
		}
	}
	c := p.State().Call
	if c == nil {
		return nil
	}
	ctx, cancel = context.WithTimeout(context.Background(), 2*callTime) // as long as the other may take
	defer cancel()
	if expert != "" {
		if err := p.Send(ctx, &wire.CallHangup{Call: c.ID}); err != nil {
			return err
		}
	}
	// The next call may ring before the end of this one is told.
	return p.Wait(ctx, "the end", func(s softphone.State) bool { return s.Call.ID != c.ID || s.Call.State == "ended" })
}

// talk returns when the other has been heard.
func talk(ctx context.Context, p *softphone.Phone, expert string) (r report, err error) {
	says := audiomatch.Phrase(1, 3*time.Second) // beforehand: it takes longer than what is measured
	if err := ring(ctx, p, expert); err != nil {
		return r, err
	}
	begun := time.Now()
	if err := p.Agree(ctx, wire.AnswerNo); err != nil {
		return r, err
	}
	if err := p.Wait(ctx, "the call", func(s softphone.State) bool { return s.Call.State == "active" && p.Media() != nil }); err != nil {
		return r, err
	}
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	var saidTo softphone.Media
	for {
		if m := p.Media(); m != nil { // it is nil while another connection is made
			if m != saidTo {
				m.Say(says)
				saidTo = m
			}
			if heard := m.FirstSound(); !heard.IsZero() {
				return report{Sound: heard.Sub(begun), Path: m.Path()}, nil
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return r, errors.New("nothing was heard")
		}
	}
}

// ring returns when the call is accepted.
func ring(ctx context.Context, p *softphone.Phone, expert string) error {
	if expert == "" {
		if err := p.Wait(ctx, "the ringing", state("ringing")); err != nil {
			return err
		}
		return p.Send(ctx, &wire.CallAccept{Call: p.State().Call.ID})
	}
	err := p.Wait(ctx, "the expert", func(s softphone.State) bool {
		for _, x := range s.Experts {
			if x.ID == expert {
				return x.State == wire.StateAvailable
			}
		}
		return false
	})
	if err != nil {
		return err
	}
	if err := p.Send(ctx, &wire.CallStart{Expert: expert}); err != nil {
		return err
	}
	return p.Wait(ctx, "the accept", state("connecting", "active"))
}

func state(want ...string) func(softphone.State) bool {
	return func(s softphone.State) bool {
		for _, w := range want {
			if s.Call != nil && s.Call.State == w {
				return true
			}
		}
		return false
	}
}

func (r report) String() string {
	if r.Error != "" {
		return r.Error
	}
	return fmt.Sprintf("sound after %d ms by %s", r.Sound.Milliseconds(), r.Path)
}
