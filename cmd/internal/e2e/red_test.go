package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/recorder/journal"
	"parley/storage/envelope"
	"parley/storage/id"
)

// redArgs is what web/e2e/red.mjs is told.
type redArgs struct {
	Base      string    `json:"base"`
	MemberWAV string    `json:"memberWAV"`
	ExpertWAV string    `json:"expertWAV"`
	Browsers  [2]string `json:"browsers"`
	Seconds   int       `json:"seconds"`
}

// redResult is what each browser says that it sent and received.
type redResult struct {
	Member, Expert redSide
	Rated          string // what the member is told of the stars given
}

type redSide struct {
	Packets      int     `json:"packets"` // received
	Energy       float64 `json:"energy"`
	ReceivedSize float64 `json:"receivedSize"` // payload bytes by packet
	SentSize     float64 `json:"sentSize"`
	// Played is what the browser said of the recording afterwards, in seconds.
	Played struct{ Duration, SoughtTo float64 } `json:"played"`
}

// leastPackets are 3 s of the 5 s of a call: a recording begins a second after
// its call on a busy machine.
const leastPackets = 150

// TestRedundantAudioInBrowsers: Chromium really sends and takes redundant
// audio, and the journal keeps it; Firefox, which has none, hears and is heard
// by it all the same. Each plays the recording afterwards and seeks in it, and the
// member rates: a whole call in the pages, with Chromium calling Firefox.
func TestRedundantAudioInBrowsers(t *testing.T) {
	for _, browsers := range [][2]string{{"chromium", "chromium"}, {"chromium", "firefox"}} {
		t.Run(browsers[0]+" and "+browsers[1], func(t *testing.T) {
			work := t.TempDir()
			s := startServer(t, t.TempDir(), "PARLEY_RATE_FROM=1s")
			w := watchJournal(t, s)
			var result redResult
			scenario(t, "red.mjs", redArgs{
				Base: s.url, Browsers: browsers, Seconds: 5,
				MemberWAV: speak(t, work, "member", "en-us", memberSays), ExpertWAV: speak(t, work, "expert", "en-gb+f3", expertSays),
			}, &result)
			kinds, sides := w.stop(), [2]redSide{result.Member, result.Expert}
			for leg, name := range browsers {
				if sends, got := name == "chromium", kinds[leg]; (got.red > got.plain) != sends || got.red+got.plain < leastPackets {
					t.Errorf("%s as leg %d: the journal has %d packets of redundant audio and %d plain, want redundant audio: %v", name, leg, got.red, got.plain, sends)
				}
				if got := sides[leg]; got.Packets < leastPackets || got.Energy == 0 {
					t.Errorf("%s as leg %d: got %+v, want the other's voice", name, leg, got)
				}
				if got := sides[leg].Played; got.Duration < 5 || got.SoughtTo < got.Duration*3/4 {
					t.Errorf("%s as leg %d: played %+v, want 5 s and more, and the seek to the end", name, leg, got)
				}
			}
			if !strings.Contains(result.Rated, "5 of 5") {
				t.Errorf("the member rated with five stars, and the page says %q", result.Rated)
			}
			expectSize(t, "the expert", sides[1].ReceivedSize/sides[0].SentSize, browsers[1] == "firefox")
			expectSize(t, "the member", sides[0].ReceivedSize/sides[1].SentSize, false)
		})
	}
}

// expectSize judges how large what a side received was beside what the other
// sent: as large, or without copies about half of it.
func expectSize(t *testing.T, side string, ratio float64, stripped bool) {
	t.Helper()
	t.Logf("%s received packets of %.2f times the size that was sent", side, ratio)
	if stripped != (ratio < 0.7) || !stripped && ratio < 0.9 {
		t.Errorf("%s received packets of %.2f times the size that was sent, want them without copies: %v", side, ratio, stripped)
	}
}

// packetKinds counts one leg's packets in a journal.
type packetKinds struct{ red, plain int }

// journalWatch reads the journal of the call that a server records.
type journalWatch struct {
	done  chan struct{}
	work  sync.WaitGroup
	kinds [2]packetKinds
}

// watchJournal begins to read; a journal is removed soon after its call.
func watchJournal(t *testing.T, s *server) *journalWatch {
	t.Helper()
	w := &journalWatch{done: make(chan struct{})}
	w.work.Go(func() {
		tick := time.NewTicker(200 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-w.done:
				return
			case <-tick.C:
			}
			files, _ := filepath.Glob(filepath.Join(s.dir, "journal", "*.journal")) // the pattern is sound
			for _, path := range files {
				if kinds, err := readKinds(s, path); err == nil { // gone between the two lines, or being made
					w.kinds = kinds
				}
			}
		}
	})
	return w
}

func (w *journalWatch) stop() [2]packetKinds {
	close(w.done)
	w.work.Wait()
	return w.kinds
}

func readKinds(s *server, path string) (kinds [2]packetKinds, err error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return kinds, err
	}
	header, ids, err := openLanes(s, path)
	if err != nil {
		return kinds, err
	}
	_, err = journal.Read(data, header, ids, func(b journal.Batch) error {
		return journal.Records(b.Records, func(rec any) {
			p, ok := rec.(journal.Packet)
			switch {
			case !ok:
			case p.RED:
				kinds[b.Lane-1].red++
			default:
				kinds[b.Lane-1].plain++
			}
		})
	})
	return kinds, err
}

func openLanes(s *server, path string) (h journal.Header, ids journal.Identities, err error) {
	f, err := os.Open(path)
	if err != nil {
		return h, ids, err
	}
	defer func() { _ = f.Close() }() // read only
	if h, err = journal.ReadHeader(f); err != nil {
		return h, ids, err
	}
	master, err := envelope.OpenMasterFile(filepath.Join(s.dir, "master.key"))
	if err != nil {
		return h, ids, err
	}
	for lane, part := range [...]string{id.PartCall, id.PartMember, id.PartExpert} {
		ids[lane], err = master.OpenKey(h.Lanes[lane].Envelope, envelope.Binding{Recording: h.Recording, Part: part})
		if err != nil {
			return h, ids, err
		}
	}
	return h, ids, nil
}
