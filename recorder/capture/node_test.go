package capture

import (
	"bytes"
	"context"
	"errors"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"parley/recorder/consent/ledger"
	"parley/recorder/journal"
)

// run starts a node and returns what stops it and waits.
func run(t testing.TB, n *Node) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- n.Run(ctx) }()
	return sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: got %v, want nil", err)
		}
	})
}

// flushOnce lets a node flush what it has, as at the end of a process.
func flushOnce(t testing.TB, n *Node) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := n.Run(ctx); err != nil {
		t.Fatalf("Run: %v", err)
	}
}

func TestNodeWritesAndHandsOn(t *testing.T) {
	b := newBook(t)
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		n, e, c := NewNode(time.Now, zerolog.Nop()), newEar(), New(start)
		stop := run(t, n)
		defer stop()
		c.OpenGate(start, ledger.Proof{})
		n.Add(c, b.writer, e)
		for i := range 100 {
			send(c, i%2, time.Now(), uint16(i/2), "voice")
			time.Sleep(10 * time.Millisecond)
		}
		c.CloseGate(time.Now())
		n.End(c)
		<-e.ended
		if e.err != nil {
			t.Errorf("Ended: got %v, want nil", e.err)
		}
		got := b.records(t)
		if packets(got[1]) != 50 || packets(got[2]) != 50 || len(got[0]) != 2 {
			t.Errorf("journal: got %d, %d packets, %d events; want 50, 50, 2", packets(got[1]), packets(got[2]), len(got[0]))
		}
		if !reflect.DeepEqual(got, e.records) {
			t.Error("the sink got other records than the journal")
		}
		if !slices.IsSorted(e.until) || e.until[len(e.until)-1] != time.Second {
			t.Errorf("until: got %v, want rising to 1s", e.until)
		}
	})
}

func TestJournalIsAtMostOneFlushBehind(t *testing.T) {
	b := newBook(t)
	synctest.Test(t, func(t *testing.T) {
		n, e, c := NewNode(time.Now, zerolog.Nop()), newEar(), New(time.Now())
		defer run(t, n)()
		c.OpenGate(time.Now(), ledger.Proof{})
		n.Add(c, b.writer, e)
		send(c, 0, time.Now(), 1, "voice")
		time.Sleep(FlushEvery)
		synctest.Wait()
		if got := packets(b.records(t)[1]); got != 1 {
			t.Errorf("journal after %v: got %d packets, want 1", FlushEvery, got)
		}
	})
}

func TestRunFlushesOnceMore(t *testing.T) {
	b := newBook(t)
	synctest.Test(t, func(t *testing.T) {
		n, e, c := NewNode(time.Now, zerolog.Nop()), newEar(), New(time.Now())
		stop := run(t, n)
		c.OpenGate(time.Now(), ledger.Proof{})
		n.Add(c, b.writer, e)
		send(c, 0, time.Now(), 1, "voice")
		stop()
		if got := packets(b.records(t)[1]); got != 1 {
			t.Errorf("journal after Run: got %d packets, want 1", got)
		}
		select {
		case <-e.ended:
			t.Error("Ended was called for a capture that nobody ended")
		default:
		}
	})
}

func TestLastFlushEndsWhatIsToEnd(t *testing.T) {
	b := newBook(t)
	n, e, c := NewNode(time.Now, zerolog.Nop()), newEar(), New(time.Now())
	c.OpenGate(time.Now(), ledger.Proof{})
	n.Add(c, b.writer, e)
	c.CloseGate(time.Now())
	n.End(c)
	flushOnce(t, n)
	select {
	case <-e.ended:
	default:
		t.Error("Ended was not called before Run returned")
	}
}

// TestQuietAlarm holds invariant 3: the light follows what is captured, not
// what is allowed.
func TestQuietAlarm(t *testing.T) {
	rows := []struct {
		name string
		act  func(c *Capture)
		want []bool
	}{
		{"nothing comes", func(*Capture) { time.Sleep(QuietAlarm + time.Second) }, []bool{false}},
		{"it comes again", func(c *Capture) {
			time.Sleep(QuietAlarm + time.Second)
			sendBoth(c)
			time.Sleep(time.Second)
		}, []bool{false, true}},
		{"it comes in time", func(c *Capture) {
			for range 5 {
				time.Sleep(AlarmAfter - time.Millisecond)
				sendBoth(c)
			}
		}, nil},
		{"one voice is not enough", func(c *Capture) {
			for range 2 * QuietAlarm / time.Second {
				send(c, 1, time.Now(), 1, "voice")
				time.Sleep(time.Second)
			}
		}, []bool{false}},
		{"the other voice comes again", func(c *Capture) {
			for i := range 20 {
				send(c, 1, time.Now(), 1, "voice")
				if i > 8 {
					send(c, 0, time.Now(), 1, "voice")
				}
				time.Sleep(time.Second)
			}
		}, []bool{false, true}},
		{"a shut gate is no fault", func(c *Capture) {
			c.CloseGate(time.Now())
			time.Sleep(time.Minute)
		}, nil},
		{"closing does not light up", func(c *Capture) {
			time.Sleep(QuietAlarm + time.Second)
			c.CloseGate(time.Now())
			time.Sleep(time.Minute)
		}, []bool{false}},
		{"opened again after a pause", func(c *Capture) {
			c.CloseGate(time.Now())
			time.Sleep(time.Minute)
			c.OpenGate(time.Now(), ledger.Proof{})
			time.Sleep(time.Second)
		}, nil},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			b := newBook(t)
			synctest.Test(t, func(t *testing.T) {
				n, e, c := NewNode(time.Now, zerolog.Nop()), newEar(), New(time.Now())
				defer run(t, n)()
				c.OpenGate(time.Now(), ledger.Proof{})
				n.Add(c, b.writer, e)
				r.act(c)
				synctest.Wait()
				if got := e.seen(); !slices.Equal(got, r.want) {
					t.Errorf("states: got %v, want %v", got, r.want)
				}
			})
		})
	}
}

// TestAlarmComesInTime: the light goes out within QuietAlarm of a voice's last
// packet, wherever between two flushes that came, and each silence is counted
// for its leg.
func TestAlarmComesInTime(t *testing.T) {
	for _, after := range []time.Duration{0, time.Millisecond, FlushEvery / 2, FlushEvery - time.Millisecond} {
		b := newBook(t)
		synctest.Test(t, func(t *testing.T) {
			n, e, c := NewNode(time.Now, zerolog.Nop()), newEar(), New(time.Now())
			defer run(t, n)()
			c.OpenGate(time.Now(), ledger.Proof{})
			n.Add(c, b.writer, e)
			for i := range 2 {
				time.Sleep(after)
				sendBoth(c)
				for range 3 { // the expert is heard all the time
					time.Sleep(QuietAlarm / 3)
					send(c, 1, time.Now(), 1, "voice")
				}
				synctest.Wait()
				if got := e.seen(); len(got) != 2*i+1 || got[2*i] {
					t.Errorf("states %s after the last packet: got %v, want the alarm", QuietAlarm, got)
				}
				sendBoth(c)
				time.Sleep(FlushEvery)
			}
			if got, want := c.Counts().Absences, [2]uint64{2, 0}; got != want {
				t.Errorf("absences: got %v, want %v", got, want)
			}
		})
	}
}

// stalling is a file whose disk stands still once, from a moment on: it takes
// writes all the same, unless stuck is set.
type stalling struct {
	*os.File
	at    time.Time
	stall time.Duration
	stuck bool

	once sync.Once
}

func (s *stalling) wait() {
	if !time.Now().Before(s.at) {
		s.once.Do(func() { time.Sleep(s.stall) })
	}
}

func (s *stalling) Write(b []byte) (int, error) {
	if s.stuck {
		s.wait()
	}
	return s.File.Write(b)
}

func (s *stalling) Sync() error {
	if !s.stuck {
		s.wait()
	}
	return s.File.Sync()
}

// TestSlowDiskCostsNothing: while the disk stands still for 5 s, nothing is
// dropped, nobody waits, and the light stays on.
func TestSlowDiskCostsNothing(t *testing.T) {
	for name, stuck := range map[string]bool{"syncs stall": false, "writes stall": true} {
		t.Run(name, func(t *testing.T) { slowDiskCostsNothing(t, stuck) })
	}
}

func slowDiskCostsNothing(t *testing.T, stuck bool) {
	b := newBook(t)
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		n, e, c := NewNode(time.Now, zerolog.Nop()), newEar(), New(start)
		defer run(t, n)()
		b.reopen(t, func(f *os.File) journal.File {
			return &stalling{File: f, at: start.Add(time.Second), stall: 5 * time.Second, stuck: stuck}
		})
		c.OpenGate(start, ledger.Proof{})
		n.Add(c, b.writer, e)
		const packetsSent = 500
		payload := strings.Repeat("v", 120) // of a voice at 48 kbit/s
		for i := range packetsSent {
			for leg := range 2 {
				send(c, leg, time.Now(), uint16(i), payload)
			}
			time.Sleep(20 * time.Millisecond)
		}
		if got, want := time.Since(start), packetsSent*20*time.Millisecond; got != want {
			t.Errorf("sending took %s, want %s: it must not wait for the disk", got, want)
		}
		c.CloseGate(time.Now())
		n.End(c)
		<-e.ended
		got := b.records(t)
		if packets(got[1]) != packetsSent || packets(got[2]) != packetsSent || c.Counts().Dropped != [2]uint64{} {
			t.Errorf("journal: got %d and %d packets, counts %+v, want %d each and none dropped",
				packets(got[1]), packets(got[2]), c.Counts(), packetsSent)
		}
		if states := e.seen(); len(states) != 0 {
			t.Errorf("states: got %v, want none: everything is captured", states)
		}
	})
}

// TestStalledSyncDelaysNoBatch: what comes while a sync stands still is written
// all the same, so that a killed process loses no more than otherwise.
func TestStalledSyncDelaysNoBatch(t *testing.T) {
	b := newBook(t)
	synctest.Test(t, func(t *testing.T) {
		n, e, c := NewNode(time.Now, zerolog.Nop()), newEar(), New(time.Now())
		defer run(t, n)()
		b.reopen(t, func(f *os.File) journal.File {
			return &stalling{File: f, at: time.Now().Add(FlushEvery), stall: 20 * time.Second}
		})
		c.OpenGate(time.Now(), ledger.Proof{})
		n.Add(c, b.writer, e)
		for i := range 100 {
			sendBoth(c)
			time.Sleep(20 * time.Millisecond)
			if got := packets(b.records(t)[1]); got < i+1-int(FlushEvery/(20*time.Millisecond)) {
				t.Fatalf("journal: got %d of %d packets, want all but those of the last %v", got, i+1, FlushEvery)
			}
		}
	})
}

// TestStalledDiskPutsTheLightOut: whether it is a write or a sync that hangs,
// people are told in time that nothing is being saved, an alarm of a leg comes
// through, and the light comes back with the disk.
func TestStalledDiskPutsTheLightOut(t *testing.T) {
	for name, stuck := range map[string]bool{"a sync": false, "a write": true} {
		t.Run(name, func(t *testing.T) {
			b := newBook(t)
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				n, e, c := NewNode(time.Now, zerolog.Nop()), newEar(), New(start)
				defer run(t, n)()
				const stall = 12 * time.Second
				b.reopen(t, func(f *os.File) journal.File {
					return &stalling{File: f, at: start.Add(time.Second), stall: stall, stuck: stuck}
				})
				c.OpenGate(start, ledger.Proof{})
				n.Add(c, b.writer, e)
				talk := func(until time.Duration, legs ...int) {
					for time.Since(start) < until {
						for _, leg := range legs {
							send(c, leg, time.Now(), 1, "voice")
						}
						time.Sleep(20 * time.Millisecond)
					}
				}
				talk(time.Second+StallAlarm+2*FlushEvery, 1)
				if got := e.seen(); !slices.Equal(got, []bool{false}) {
					t.Errorf("states while the disk hangs: got %v, want one false", got)
				}
				if got := e.raised(0); !slices.Equal(got, []Alarm{AlarmNoPackets}) {
					t.Errorf("alarms of the member: got %v, want %v", got, AlarmNoPackets)
				}
				talk(time.Second+stall-FlushEvery, 0, 1)
				if got := e.seen(); !slices.Equal(got, []bool{false}) {
					t.Errorf("states with both heard again: got %v, want one false", got)
				}
				talk(time.Second+stall+3*FlushEvery, 0, 1)
				if got := e.seen(); !slices.Equal(got, []bool{false, true}) {
					t.Errorf("states after the stall: got %v, want false, true", got)
				}
			})
		})
	}
}

// TestSyncThatFails: what was handed on before counts as lost from there.
func TestSyncThatFails(t *testing.T) {
	b := newBook(t)
	broken := errors.New("the disk is gone")
	b.reopen(t, func(f *os.File) journal.File { return &unsyncable{File: f, err: broken} })
	n, e, c := NewNode(time.Now, zerolog.Nop()), newEar(), New(time.Now())
	c.OpenGate(time.Now(), ledger.Proof{})
	n.Add(c, b.writer, e)
	sendBoth(c)
	flushOnce(t, n)
	if got := e.seen(); !slices.Equal(got, []bool{false}) || len(e.lost) != 1 || !errors.Is(e.lost[0], broken) {
		t.Errorf("got states %v, lost %v; want one false and %v", got, e.lost, broken)
	}
	n.End(c)
	flushOnce(t, n)
	if <-e.ended; !errors.Is(e.err, broken) {
		t.Errorf("Ended: got %v, want %v", e.err, broken)
	}
}

// unsyncable is a file of which only the header can be synced.
type unsyncable struct {
	*os.File
	err   error
	syncs int
}

func (u *unsyncable) Sync() error {
	if u.syncs++; u.syncs > 1 {
		return u.err
	}
	return u.File.Sync()
}

// meeting is a file whose second Sync, the first after the header's, returns once
// those of all others are under way too.
type meeting struct {
	*os.File
	others *sync.WaitGroup
	syncs  int
}

func (m *meeting) Sync() error {
	if m.syncs++; m.syncs == 2 {
		m.others.Done()
		m.others.Wait()
	}
	return m.File.Sync()
}

// TestJournalsAreSyncedTogether: no call waits for the disk to have taken the
// calls before it, and all are written before any is synced.
func TestJournalsAreSyncedTogether(t *testing.T) {
	n := NewNode(time.Now, zerolog.Nop())
	var together sync.WaitGroup
	var books []*book
	for range syncers {
		b, c := newBook(t), New(time.Now())
		books = append(books, b)
		b.reopen(t, func(f *os.File) journal.File { return &meeting{File: f, others: &together} })
		c.OpenGate(time.Now(), ledger.Proof{})
		n.Add(c, b.writer, newEar())
		send(c, 0, time.Now(), 1, "voice")
	}
	together.Add(len(books))
	done := make(chan struct{})
	go func() {
		defer close(done)
		flushOnce(t, n)
	}()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Fatal("the journals wait for each other")
	}
	for i, b := range books {
		if got := packets(b.records(t)[1]); got != 1 {
			t.Errorf("journal %d: got %d packets, want 1", i, got)
		}
	}
}

func TestJournalThatCannotBeWritten(t *testing.T) {
	b := newBook(t)
	if err := b.writer.Close(); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	n, e, c := NewNode(time.Now, zerolog.New(&log)), newEar(), New(time.Now())
	c.OpenGate(time.Now(), ledger.Proof{})
	n.Add(c, b.writer, e)
	send(c, 0, time.Now(), 1, "CANARY voice")
	flushOnce(t, n)
	if got := e.seen(); !slices.Equal(got, []bool{false}) {
		t.Errorf("states: got %v, want one false", got)
	}
	flushOnce(t, n)
	if len(e.lost) != 1 || !errors.Is(e.lost[0], os.ErrClosed) {
		t.Errorf("lost: got %v, want once %v", e.lost, os.ErrClosed)
	}
	before := c.Counts()
	send(c, 0, time.Now(), 2, "voice")
	if got := c.Counts(); got != before {
		t.Errorf("counts after the failure: got %+v, want %+v: nothing more is taken", got, before)
	}
	if c.OpenGate(time.Now(), ledger.Proof{}) {
		t.Error("OpenGate after the failure: got true, want false")
	}
	if got := packets(e.records[1]); got != 0 {
		t.Errorf("the sink got %d packets that are not durable, want 0", got)
	}
	n.End(c)
	flushOnce(t, n)
	select {
	case <-e.ended:
	default:
		t.Fatal("Ended was not called")
	}
	if !errors.Is(e.err, os.ErrClosed) {
		t.Errorf("Ended: got %v, want os.ErrClosed", e.err)
	}
	if !strings.Contains(log.String(), "journal not written") || strings.Contains(log.String(), "CANARY") {
		t.Errorf("log: got %q, want the failure and no payload", log.String())
	}
}

// TestOneBadJournalLeavesTheOthers holds that captures do not share a fate.
func TestOneBadJournalLeavesTheOthers(t *testing.T) {
	bad, good := newBook(t), newBook(t)
	if err := bad.writer.Close(); err != nil {
		t.Fatal(err)
	}
	n := NewNode(time.Now, zerolog.Nop())
	for _, b := range []*book{bad, good} {
		c := New(time.Now())
		c.OpenGate(time.Now(), ledger.Proof{})
		n.Add(c, b.writer, newEar())
		send(c, 0, time.Now(), 1, "voice")
	}
	flushOnce(t, n)
	if got := packets(good.records(t)[1]); got != 1 {
		t.Errorf("good journal: got %d packets, want 1", got)
	}
}

func TestManyCapturesComeAndGo(t *testing.T) {
	n := NewNode(time.Now, zerolog.Nop())
	defer run(t, n)()
	var calls sync.WaitGroup
	for range 8 {
		b := newBook(t)
		calls.Go(func() {
			e, c := newEar(), New(time.Now())
			c.OpenGate(time.Now(), ledger.Proof{})
			n.Add(c, b.writer, e)
			for i := range 500 {
				send(c, i%2, time.Now(), uint16(i/2), "voice")
			}
			c.CloseGate(time.Now())
			n.End(c)
			<-e.ended
			got := b.records(t)
			if e.err != nil || packets(got[1]) != 250 || packets(got[2]) != 250 {
				t.Errorf("got %d, %d packets, error %v; want 250, 250, nil", packets(got[1]), packets(got[2]), e.err)
			}
		})
	}
	calls.Wait()
}
