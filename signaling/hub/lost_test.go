package hub

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"parley/recorder/journal"
	"parley/signaling/session"
	"parley/signaling/wire"
)

// fill lets this process's next writes to the newest journal find the disk full.
func (h *house) fill(t *testing.T) {
	t.Helper()
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer full.Close()
	fds, err := filepath.Glob("/proc/self/fd/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, fd := range fds {
		name, err := os.Readlink(fd)
		if err != nil || !strings.HasPrefix(name, h.journals) {
			continue // this list's own is gone by now
		}
		var n int
		if _, err := fmt.Sscan(filepath.Base(fd), &n); err != nil {
			t.Fatal(err)
		}
		if err := syscall.Dup3(int(full.Fd()), n, syscall.O_CLOEXEC); err != nil {
			t.Fatal(err)
		}
	}
}

// TestANewYesAfterTheJournalWasLost: when the disk fails in the middle, the call
// goes on, the light says so and the ledger has the gate closed. A new yes begins
// another recording, and each of its packets is covered as ever.
func TestANewYesAfterTheJournalWasLost(t *testing.T) {
	h := newHouse(t, 0, false)
	call := h.talk()
	h.answer(h.member, "yes")
	h.answer(h.expert, "yes")
	light := func(state string) func(wire.CallView) bool {
		return func(v wire.CallView) bool { return v.Recording.State == state }
	}
	first := h.member.until(t, "the recording", light("recording")).Recording.ID
	h.flow()
	h.fill(t)
	for _, who := range []*actor{h.member, h.expert} {
		if v := who.until(t, "the light to tell", light("problem")); v.State != "active" {
			t.Errorf("the call: got %q, want it to go on", v.State)
		}
	}
	h.withdraw(h.member, call)
	h.keep(h.member, call)
	h.answer(h.member, "yes")
	second := h.member.until(t, "another recording", light("recording")).Recording.ID
	if second == first {
		t.Errorf("the recording after the new yes: got %s again, want another one", second)
	}
	h.flow()
	h.hangUp(h.member, call)
	h.close()

	var gates []string
	for _, e := range h.store.entries {
		if e.Kind == session.NoteGateOpen || e.Kind == session.NoteGateClose {
			gates = append(gates, e.Kind)
		}
	}
	want := []string{session.NoteGateOpen, session.NoteGateClose, session.NoteGateOpen, session.NoteGateClose}
	if strings.Join(gates, " ") != strings.Join(want, " ") {
		t.Errorf("gates in the ledger: got %v, want %v", gates, want)
	}
	saved := 0
	h.recordsOf(t, filepath.Join(h.journals, second+".journal"), func(_ journal.Lane, rec any) {
		p, ok := rec.(journal.Packet)
		if !ok {
			return
		}
		saved++
		if err := covered(h.store.entries[:binary.BigEndian.Uint64(p.Payload[1:])]); err != nil {
			t.Errorf("a packet of the second recording: %v", err)
		}
	})
	if saved == 0 {
		t.Error("the second recording holds no packet")
	}
}
