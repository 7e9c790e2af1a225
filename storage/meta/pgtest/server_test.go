package pgtest_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"go.uber.org/goleak"

	"parley/storage/meta/pgtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// tables returns how many tables of a name the schema has, or an error.
func tables(t *testing.T, url, name string) (n int, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	connection, err := pgx.Connect(ctx, url)
	if err != nil {
		return 0, err
	}
	defer connection.Close(ctx)
	err = connection.QueryRow(ctx, `SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = $1`, name).Scan(&n)
	return n, err
}

func TestServerStopsAndRestartsWithItsData(t *testing.T) {
	server := pgtest.Start(t)
	first, second := server.Schema(t), server.Schema(t)
	server.Execute(t, first, `CREATE TABLE kept ()`)
	for name, end := range map[string]func(testing.TB){"Stop": server.Stop, "Kill": server.Kill} {
		end(t)
		if _, err := tables(t, first, "kept"); err == nil {
			t.Errorf("after %s: got an answer, want none", name)
		}
		server.Restart(t)
		if n, err := tables(t, first, "kept"); n != 1 || err != nil {
			t.Errorf("after Restart: got %d tables and %v, want the one that was made", n, err)
		}
	}
	if n, err := tables(t, second, "kept"); n != 0 || err != nil {
		t.Errorf("another schema: got %d tables and %v, want none", n, err)
	}
}
