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

// BenchmarkCalls holds calls on a server process of its own and reports what
// they cost it: CPU time per second of call, and how long a packet takes from
// one phone through the server to the other. The phones run beside it on the
// same machine.
func BenchmarkCalls(b *testing.B) {
	for _, recorded := range []bool{false, true} {
		b.Run(map[bool]string{false: "unrecorded", true: "recorded"}[recorded], func(b *testing.B) {
			for b.Loop() {
				benchmarkCalls(b, recorded)
			}
		})
	}
}

func benchmarkCalls(b *testing.B, recorded bool) {
	s := startServer(b, b.TempDir(), "PARLEY_API_KEY="+benchKey.ID+":"+string(benchKey.Secret))
	ctx, cancel := context.WithTimeout(b.Context(), time.Minute)
	defer cancel()
	var phones []*softphone.Phone
	for i := range benchCalls {
		member, expert := benchCall(ctx, b, s, i, recorded)
		phones = append(phones, member, expert)
	}
	before, began := cpuTime(b, s), time.Now()
	pause(ctx, benchTalk)
	used, talked := cpuTime(b, s)-before, time.Since(began)
	b.ReportMetric(float64(used.Microseconds())/1000/(talked.Seconds()*benchCalls), "cpu-ms/call-s")
	b.ReportMetric(float64(memory(b, s)>>10)/benchCalls, "KiB/call")
	if !recorded {
		reportDelays(b, phones)
	}
	for _, p := range phones {
		must(b, p.Close())
	}
	s.stop(b)
}

// benchCall connects two phones. Recorded calls carry real Opus, unrecorded
// ones the time.
func benchCall(ctx context.Context, b *testing.B, s *server, i int, recorded bool) (member, expert *softphone.Phone) {
	phone := func(role auth.Role, place string) *softphone.Phone {
		who := auth.Identity{
			Person: id.PersonID(fmt.Sprintf("%s-%d", role, i)), Role: role, Name: "Bench", Adult: true,
			Places: []auth.Place{{Code: place, Source: "declared"}}, Expires: time.Now().Add(time.Hour),
		}
		token, err := auth.Mint(benchKey, who, time.Now())
		must(b, err)
		p, err := softphone.Dial(ctx, softphone.Config{Server: s.url, Token: token, Stamped: !recorded})
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
	answer, light := wire.AnswerNo, wire.RecordingOff
	if recorded {
		answer, light = wire.AnswerYes, wire.RecordingOn
	}
	for _, p := range []*softphone.Phone{member, expert} {
		must(b, p.Agree(ctx, answer))
	}
	for k, p := range []*softphone.Phone{member, expert} {
		must(b, p.Wait(ctx, "the call", func(st softphone.State) bool {
			return st.Call != nil && st.Call.State == "active" && st.Call.Recording.State == light
		}))
		if recorded {
			p.Media().Say(audiomatch.Phrase(2*i+k, benchTalk+5*time.Second))
		}
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
