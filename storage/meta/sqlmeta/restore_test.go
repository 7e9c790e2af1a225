package sqlmeta_test

import (
	"context"
	"errors"
	"reflect"
	"testing"

	"parley/storage/meta/sqlmeta"
)

func TestDumpsGoFromEachDatabaseToEach(t *testing.T) {
	all := places(t)
	for fromName, from := range all {
		var version int64
		var records []sqlmeta.Record
		from(t).use(t, func(s *sqlmeta.Store) {
			fill(t, s)
			version, records = dumped(t, s)
		})
		for toName, to := range all {
			t.Run(fromName+" to "+toName, func(t *testing.T) {
				target := to(t)
				var seen error
				must(t, target.restore(t.Context(), sqlmeta.Dump{Version: version, Records: each(records),
					Finish: func(ctx context.Context, s *sqlmeta.Store) error {
						seen = s.VerifyChain(ctx, "consent")
						return seen
					}}, false))
				target.use(t, func(s *sqlmeta.Store) {
					again, got := dumped(t, s)
					if again != version || !reflect.DeepEqual(got, records) {
						t.Errorf("what was restored: got version %d and\n\t%v, want version %d and\n\t%v", again, got, version, records)
					}
					// What follows goes on where the dump ended.
					entry, err := s.AppendChain(t.Context(), "consent", "k", "s", "a", nil, noon)
					if err != nil || entry.Seq != 4 {
						t.Errorf("the next entry: got %+v and %v, want number 4", entry, err)
					}
				})
			})
		}
	}
}

func TestRestoreOverwritesNothingByItself(t *testing.T) {
	for name, empty := range places(t) {
		t.Run(name, func(t *testing.T) {
			target := empty(t)
			var version int64
			var records []sqlmeta.Record
			target.use(t, func(s *sqlmeta.Store) {
				fill(t, s)
				version, records = dumped(t, s)
			})
			dump := sqlmeta.Dump{Version: version, Records: each(records), Finish: finished}
			if err := target.restore(t.Context(), dump, false); !errors.Is(err, sqlmeta.ErrNotEmpty) {
				t.Errorf("restore over something: got %v, want ErrNotEmpty", err)
			}
			target.use(t, func(s *sqlmeta.Store) {
				if _, got := dumped(t, s); !reflect.DeepEqual(got, records) {
					t.Error("a refused restore changed something")
				}
				_, err := s.AppendChain(t.Context(), "consent", "k", "s", "a", nil, noon)
				must(t, err)
			})
			must(t, target.restore(t.Context(), dump, true))
			target.use(t, func(s *sqlmeta.Store) {
				if _, got := dumped(t, s); !reflect.DeepEqual(got, records) {
					t.Errorf("what was restored by force: got\n\t%v, want\n\t%v", got, records)
				}
			})
		})
	}
}

// TestRestoreThatIsCutOff at each step: the database is refused until the restore
// is run again, and then is what it would have been.
func TestRestoreThatIsCutOff(t *testing.T) {
	for name, empty := range places(t) {
		var version int64
		var records []sqlmeta.Record
		empty(t).use(t, func(s *sqlmeta.Store) {
			fill(t, s)
			version, records = dumped(t, s)
		})
		steps := []string{"mark", "wipe", "make the schema", "load", "migrate", "finish", "in the middle of load"}
		for _, last := range steps {
			t.Run(name+" after "+last, func(t *testing.T) {
				target := empty(t)
				target.use(t, func(s *sqlmeta.Store) { fill(t, s) })
				dump := sqlmeta.Dump{Version: version, Records: each(records), Finish: finished}
				cut := dump
				if last == "in the middle of load" {
					cut.Records = func(yield func(sqlmeta.Record, error) bool) {
						for _, r := range records[:len(records)/2] {
							yield(r, nil)
						}
						yield(sqlmeta.Record{}, errInjected)
					}
				}
				if err := target.cutOff(t.Context(), cut, last); !errors.Is(err, errInjected) {
					t.Fatalf("restore that is cut off: got %v, want the fault", err)
				}
				if _, err := target.open(t.Context()); !errors.Is(err, sqlmeta.ErrUnfinished) {
					t.Errorf("open after it: got %v, want ErrUnfinished", err)
				}
				must(t, target.restore(t.Context(), dump, false))
				target.use(t, func(s *sqlmeta.Store) {
					if _, got := dumped(t, s); !reflect.DeepEqual(got, records) {
						t.Errorf("after the second run: got\n\t%v, want\n\t%v", got, records)
					}
				})
			})
		}
	}
}

func TestRestoreRefuses(t *testing.T) {
	for name, empty := range places(t) {
		for what, dump := range map[string]sqlmeta.Dump{
			"a newer schema":    {Version: 9999},
			"no schema":         {Version: 0},
			"an unknown table":  {Version: 1, Records: each([]sqlmeta.Record{{Table: "people; DROP TABLE calls"}})},
			"an unknown column": {Version: 1, Records: each([]sqlmeta.Record{{Table: "secrets", Columns: []string{"name", "x"}}})},
			"a missing column":  {Version: 1, Records: each([]sqlmeta.Record{{Table: "secrets", Columns: []string{"name"}}})},
			"a row of no table": {Version: 1, Records: each([]sqlmeta.Record{{Values: []any{int64(1)}}})},
			"a short row": {Version: 1, Records: each([]sqlmeta.Record{
				{Table: "secrets", Columns: []string{"name", "sealed"}}, {Values: []any{"x"}}})},
		} {
			dump.Finish = finished
			if err := empty(t).restore(t.Context(), dump, true); err == nil {
				t.Errorf("%s: %s: got no error, want one", name, what)
			}
		}
	}
}
