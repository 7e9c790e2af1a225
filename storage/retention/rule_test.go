package retention

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"parley/storage/meta"
)

var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

func days(n float64) time.Time { return noon.Add(time.Duration(n * float64(day))) }

func TestDecide(t *testing.T) {
	p := Policy{Days: 90, TrashDays: 7}
	at := func(n float64) *time.Time { d := days(n); return &d }
	rows := []struct {
		name string
		r    meta.Recording
		now  float64
		want Action
	}{
		{"young", meta.Recording{}, 89.9, Keep},
		{"its time is over", meta.Recording{}, 90, Trash},
		{"set aside", meta.Recording{TrashedAt: at(90)}, 96.9, Keep},
		{"no second thoughts", meta.Recording{TrashedAt: at(90)}, 97, Destroy},
		{"never destroyed before it was set aside", meta.Recording{}, 400, Trash},
		{"held", meta.Recording{Held: true}, 400, Keep},
		{"held when it was set aside", meta.Recording{Held: true, TrashedAt: at(90)}, 97, Restore},
		{"promised less", meta.Recording{Keep: meta.Keep{Days: 30}}, 30, Trash},
		{"promised more than is kept now", meta.Recording{Keep: meta.Keep{Days: 300}}, 90, Trash},
		{"the law leaves no second thoughts", meta.Recording{Keep: meta.Keep{Days: 30, MaxDays: 30}, TrashedAt: at(30)}, 30, Destroy},
		{"the law leaves a few", meta.Recording{Keep: meta.Keep{Days: 30, MaxDays: 32}, TrashedAt: at(30)}, 31, Keep},
		{"and then no more", meta.Recording{Keep: meta.Keep{Days: 30, MaxDays: 32}, TrashedAt: at(30)}, 32, Destroy},
		{"stored much later", meta.Recording{StoredAt: at(50)}, 139, Keep},
		{"being made", meta.Recording{State: meta.StateUploading}, 400, Keep},
		{"erased", meta.Recording{State: meta.StateErased}, 400, Keep},
		{"damaged", meta.Recording{State: meta.StateDamaged}, 90, Trash},
		{"clock set back", meta.Recording{TrashedAt: at(90)}, 20, Restore},
		{"clock before its beginning", meta.Recording{}, -1000, Keep},
	}
	for _, row := range rows {
		row.r.StartedAt = noon
		if row.r.State == "" {
			row.r.State = meta.StateStored
		}
		if got := Decide(p, row.r, days(row.now)); got.Do != row.want || got.Why == "" {
			t.Errorf("%s: got %+v, want %s", row.name, got, row.want)
		}
	}
}

// TestProperties of the rule: a hold and an earlier clock never lead to more being
// done, and the law is kept.
func TestProperties(t *testing.T) {
	severity := map[Action]int{Restore: 0, Keep: 1, Trash: 2, Destroy: 3}
	rapid.Check(t, func(t *rapid.T) {
		p := Policy{Days: rapid.IntRange(1, 400).Draw(t, "days"), TrashDays: rapid.IntRange(0, 30).Draw(t, "trash")}
		r := meta.Recording{
			State: meta.StateStored, StartedAt: noon,
			Keep: meta.Keep{Days: rapid.IntRange(0, 400).Draw(t, "promised"), MaxDays: rapid.IntRange(0, 400).Draw(t, "law")},
		}
		if rapid.Bool().Draw(t, "trashed") {
			at := days(float64(rapid.IntRange(0, 400).Draw(t, "trashed at")))
			r.TrashedAt = &at
		}
		now := days(float64(rapid.IntRange(-100, 900).Draw(t, "now")))
		d := Decide(p, r, now)
		held := r
		held.Held = true
		if got := Decide(p, held, now).Do; got == Trash || got == Destroy {
			t.Fatalf("held: got %s", got)
		}
		earlier := Decide(p, r, now.Add(-time.Duration(rapid.IntRange(0, 900).Draw(t, "back"))*day))
		if severity[earlier.Do] > severity[d.Do] {
			t.Fatalf("a clock set back: got %s, and %s without", earlier.Do, d.Do)
		}
		if r.Keep.MaxDays > 0 && d.DestroyAt.After(noon.Add(time.Duration(r.Keep.MaxDays)*day)) {
			t.Fatalf("destroyed at %s, which is later than the law's %d days", d.DestroyAt, r.Keep.MaxDays)
		}
		if d.Do == Destroy && (now.Before(d.DueAt) || r.TrashedAt == nil) {
			t.Fatalf("destroyed too early: %+v", d)
		}
	})
}
