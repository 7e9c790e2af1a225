package hub

import (
	"slices"
	"sync"
	"testing"
	"time"

	"parley/storage/id"
)

func TestAnOlderStateDoesNotFollowANewerOne(t *testing.T) {
	o := newsOrder{sent: map[id.PersonID]uint64{}}
	var got []string
	say := func(what string) func() { return func() { got = append(got, what) } }
	first, second, third := o.take(), o.take(), o.take()
	o.send(second, "lee", say("second of lee"))
	o.send(first, "lee", say("first of lee, late"))
	o.send(first, "ortiz", say("first of ortiz"))
	o.send(third, "lee", say("third of lee"))
	o.send(second, "ortiz", say("second of ortiz"))
	want := []string{"second of lee", "first of ortiz", "third of lee", "second of ortiz"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestNewsNeverWaitsAndKeepsItsOrder(t *testing.T) {
	const each, from = 1000, 4
	n := newNews()
	var posters sync.WaitGroup
	for p := range from {
		posters.Go(func() {
			for i := range each {
				n.post(mediaState{leg: p, generation: i})
			}
		})
	}
	posters.Wait() // nobody takes yet
	next, total := [from]int{}, 0
	deadline := time.After(10 * time.Second)
	for total < each*from {
		select {
		case <-n.waiting:
		case <-deadline:
			t.Fatalf("got %d reports, want %d", total, each*from)
		}
		for _, e := range n.take() {
			m, _ := e.(mediaState)
			if m.generation != next[m.leg] {
				t.Fatalf("report of %d: got number %d, want %d", m.leg, m.generation, next[m.leg])
			}
			next[m.leg]++
			total++
		}
	}
	if left := n.take(); len(left) != 0 {
		t.Errorf("left over: %v", left)
	}
}

func TestRecentCalls(t *testing.T) {
	var r recentCalls
	name := func(i int) id.CallID { return id.CallID(string(rune('a'+i%26)) + string(rune('0'+i/26))) }
	size := len(r.ring)
	for i := range size + 1 {
		r.add(name(i))
	}
	for i, want := range map[int]bool{0: false, 1: true, size: true, size + 1: false} {
		if got := r.has(name(i)); got != want {
			t.Errorf("call %d of %d: remembered %v, want %v", i, size+1, got, want)
		}
	}
}
