package e2e

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"parley/cmd/internal/softphone"
	"parley/media/audiomatch"
	"parley/signaling/auth"
	"parley/signaling/wire"
	"parley/storage/id"
)

const (
	benchCalls = 10
	benchTalk  = 10 * time.Second
)

var benchKey = auth.Key{ID: "bench", Secret: auth.Secret(strings.Repeat("k", 32))}

// BenchmarkCalls holds calls on server processes of their own, unrecorded and
// recorded in turn, all with the same speech, and reports what they cost: CPU
// time per second of call, resident memory by call, and what recording adds to
// both. The phones run beside the server on the same machine.
func BenchmarkCalls(b *testing.B) {
	var plain, recorded cost
	for b.Loop() {
		plain.add(holdCalls(b, phoneKind{}))
		recorded.add(holdCalls(b, phoneKind{recorded: true}))
	}
	n := float64(plain.runs)
	b.ReportMetric(plain.cpuMs/n, "cpu-ms/call-s")
	b.ReportMetric(recorded.cpuMs/n, "recorded-cpu-ms/call-s")
	b.ReportMetric(recorded.cpuMs/plain.cpuMs, "recorded/unrecorded")
	b.ReportMetric(plain.memory/n, "KiB/call")
	b.ReportMetric((recorded.memory-plain.memory)/n, "recording-KiB/call")
}

// BenchmarkDelay reports how long a packet takes from one phone through the
// server to the other.
func BenchmarkDelay(b *testing.B) {
	for b.Loop() {
		holdCalls(b, phoneKind{stamped: true})
	}
}

// cost is what servers used, summed over runs.
type cost struct {
	runs          int
	cpuMs, memory float64 // ms per second of call; KiB by call
}

func (c *cost) add(one cost) {
	c.runs++
	c.cpuMs += one.cpuMs
	c.memory += one.memory
}

// phoneKind says what the phones of a benchmark do.
type phoneKind struct {
	recorded bool
	stamped  bool // they send the time in place of speech
}

func holdCalls(b *testing.B, kind phoneKind) cost {
	s := startServerWith(b, b.TempDir(), []string{"--demo", "--spoken-notice", "extra"}, "PARLEY_API_KEY="+benchKey.ID+":"+string(benchKey.Secret))
	ctx, cancel := context.WithTimeout(b.Context(), time.Minute)
	defer cancel()
	var phones []*softphone.Phone
	for i := range benchCalls {
		member, expert := benchCall(ctx, b, s, i, kind)
		phones = append(phones, member, expert)
	}
	before, began := cpuTime(b, s), time.Now()
	pause(ctx, benchTalk)
	used, talked := cpuTime(b, s)-before, time.Since(began)
	c := cost{
		cpuMs:  float64(used.Microseconds()) / 1000 / (talked.Seconds() * benchCalls),
		memory: float64(memory(b, s)>>10) / benchCalls,
	}
	if kind.stamped {
		reportDelays(b, phones)
	}
	for _, p := range phones {
		must(b, p.Close())
	}
	s.stop(b)
	return c
}

// benchCall connects two phones.
func benchCall(ctx context.Context, b *testing.B, s *server, i int, kind phoneKind) (member, expert *softphone.Phone) {
	phone := func(role auth.Role, place string) *softphone.Phone {
		who := auth.Identity{
			Person: id.PersonID(fmt.Sprintf("%s-%d", role, i)), Role: role, Name: "Bench", Adult: true,
			Places: []auth.Place{{Code: place, Source: "declared"}}, Expires: time.Now().Add(time.Hour),
		}
		token, err := auth.Mint(benchKey, who, time.Now())
		must(b, err)
		p, err := softphone.Dial(ctx, softphone.Config{Server: s.url, Token: token, Stamped: kind.stamped})
		must(b, err)
		return p
	}
	member, expert = phone(auth.RoleMember, "US-TX"), phone(auth.RoleExpert, "US-NY")
	to := fmt.Sprintf("expert-%d", i)
	must(b, expert.Send(ctx, &wire.PresenceSet{Available: true}))
	must(b, member.Wait(ctx, "the expert", func(st softphone.State) bool {
		return slices.ContainsFunc(st.Experts, func(x wire.Expert) bool { return x.ID == to && x.State == wire.StateAvailable })
	}))
	must(b, member.Send(ctx, &wire.CallStart{Expert: to}))
	must(b, expert.Wait(ctx, "the ringing", func(st softphone.State) bool { return st.Call != nil }))
	must(b, expert.Send(ctx, &wire.CallAccept{Call: expert.State().Call.ID}))
	speech := [2][]int16{audiomatch.Phrase(2*i, benchTalk+5*time.Second), audiomatch.Phrase(2*i+1, benchTalk+5*time.Second)}
	answer, light := wire.AnswerNo, wire.RecordingOff
	if kind.recorded {
		answer, light = wire.AnswerYes, wire.RecordingOn
	}
	for _, p := range []*softphone.Phone{member, expert} {
		must(b, p.Agree(ctx, answer))
	}
	for k, p := range []*softphone.Phone{member, expert} {
		must(b, p.Wait(ctx, "the call", func(st softphone.State) bool {
			return st.Call != nil && st.Call.State == "active" && st.Call.Recording.State == light
		}))
		p.Media().Say(speech[k])
	}
	return member, expert
}

func reportDelays(b *testing.B, phones []*softphone.Phone) {
	var all []time.Duration
	for _, p := range phones {
		all = append(all, p.Media().Delays()...)
	}
	if len(all) == 0 {
		b.Fatal("no packet arrived")
	}
	slices.Sort(all)
	b.ReportMetric(float64(all[len(all)/2].Microseconds())/1000, "delay-p50-ms")
	b.ReportMetric(float64(all[len(all)*99/100].Microseconds())/1000, "delay-p99-ms")
}

// cpuTime is what the server process has used (proc(5), stat fields 14 and 15).
func cpuTime(b *testing.B, s *server) time.Duration {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.cmd.Process.Pid))
	must(b, err)
	fields := strings.Fields(string(data[strings.LastIndexByte(string(data), ')')+2:]))
	var ticks int64
	for _, f := range fields[11:13] {
		n, err := strconv.ParseInt(f, 10, 64)
		must(b, err)
		ticks += n
	}
	const userHz = 100 // of every Linux that Go runs on
	return time.Duration(ticks) * time.Second / userHz
}

// memory is the resident size of the server process in bytes.
func memory(b *testing.B, s *server) int64 {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", s.cmd.Process.Pid))
	must(b, err)
	pages, err := strconv.ParseInt(strings.Fields(string(data))[1], 10, 64)
	must(b, err)
	return pages * int64(os.Getpagesize())
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
