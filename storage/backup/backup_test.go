package backup_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"iter"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"parley/storage/backup"
	"parley/storage/envelope"
	"parley/storage/meta/sqlmeta"
)

var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

// dump is a store with these records.
type dump []sqlmeta.Record

func (d dump) Dump(_ context.Context, use func(int64, iter.Seq2[sqlmeta.Record, error]) error) error {
	return use(7, func(yield func(sqlmeta.Record, error) bool) {
		for _, r := range d {
			if !yield(r, nil) {
				return
			}
		}
	})
}

// bare seals nothing.
type bare struct{}

func (bare) SealWriter(dst io.Writer) (io.WriteCloser, error) { return nopCloser{dst}, nil }
func (bare) OpenReader(src io.Reader) (io.Reader, error)      { return src, nil }

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }

func write(t interface{ Fatal(...any) }, seal backup.Sealer, d dump) ([]byte, backup.Summary) {
	var out bytes.Buffer
	made, err := backup.Write(context.Background(), &out, seal, d, noon)
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), made
}

func read(src []byte, open backup.Opener) (got dump, err error) {
	_, records, err := backup.Read(bytes.NewReader(src), open)
	if err != nil {
		return nil, err
	}
	for r, err := range records {
		if err != nil {
			return got, err
		}
		got = append(got, r)
	}
	return got, nil
}

func TestLayoutIsAsDocumented(t *testing.T) {
	plain, made := write(t, bare{}, dump{
		{Table: "people", Columns: []string{"id", "name"}},
		{Values: []any{"maya", "<Zoë>\u2028"}},
		{Table: "key_envelopes", Columns: []string{"part", "sealed", "destroyed_at"}},
		{Values: []any{"member", []byte("\x00\xff"), nil}},
		{Values: []any{"\xff", []byte{}, int64(-1)}},
	})
	want := `{"format":"parley-backup","version":1,"schema":7,"taken_at":"2026-03-14T12:00:00Z"}
{"table":"people","columns":["id","name"]}
["maya","<Zoë>\u2028"]
{"table":"key_envelopes","columns":["part","sealed","destroyed_at"]}
["member",{"base64":"AP8="},null]
[{"text_base64":"/w=="},{"base64":""},-1]
`
	last := `{"rows":3,"sha256":"` + made.SHA256 + "\"}\n"
	if string(plain) != want+last {
		t.Errorf("got\n%s\nwant\n%s", plain, want+last)
	}
	if made.Rows != 3 || made.Schema != 7 || !made.TakenAt.Equal(noon) {
		t.Errorf("summary: got %+v, want 3 rows of schema 7 at noon", made)
	}
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.OneOf(
			rapid.Just[any](nil),
			rapid.Map(rapid.Int64(), func(n int64) any { return n }),
			rapid.Map(rapid.String(), func(s string) any { return s }),
			rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) any { return string(b) }),
			rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) any { return append([]byte{}, b...) }),
		)
		d := dump{{Table: "t", Columns: []string{"a", "b"}}}
		for range rapid.IntRange(0, 20).Draw(t, "rows") {
			d = append(d, sqlmeta.Record{Values: []any{value.Draw(t, "a"), value.Draw(t, "b")}})
		}
		plain, made := write(t, bare{}, d)
		got, err := read(plain, bare{})
		if err != nil || !reflect.DeepEqual(got, d) {
			t.Fatalf("got %v and %v, want %v", got, err, d)
		}
		if checked, err := backup.Check(bytes.NewReader(plain), bare{}); err != nil || checked != made {
			t.Fatalf("Check: got %+v and %v, want %+v", checked, err, made)
		}
	})
}

// TestWhatIsNotWhole is refused, by Check and at the latest at the end of Read.
func TestWhatIsNotWhole(t *testing.T) {
	plain, _ := write(t, bare{}, dump{
		{Table: "t", Columns: []string{"a"}}, {Values: []any{"one"}}, {Values: []any{"two"}},
	})
	lines := strings.SplitAfter(string(plain), "\n")
	for name, text := range map[string]string{
		"empty":           "",
		"something else":  "SQLite format 3\x00",
		"other JSON":      "{}\n",
		"another version": strings.Replace(string(plain), `"version":1`, `"version":2`, 1),
		"no end":          strings.Join(lines[:4], ""),
		"a row less":      strings.Join(append(append([]string{}, lines[:2]...), lines[3:]...), ""),
		"a row changed":   strings.Replace(string(plain), "one", "uno", 1),
		"more after it":   string(plain) + "[]\n",
		"no row":          strings.Replace(string(plain), `["one"]`, `"one"`, 1),
		"no table":        strings.Replace(string(plain), `{"table"`, `{"tabel"`, 1),
		"a fraction":      strings.Replace(string(plain), `["one"]`, `[1.5]`, 1),
		"nested":          strings.Replace(string(plain), `["one"]`, `[["one"]]`, 1),
		"an object":       strings.Replace(string(plain), `["one"]`, `[{}]`, 1),
	} {
		if got, err := backup.Check(strings.NewReader(text), bare{}); !errors.Is(err, backup.ErrFormat) {
			t.Errorf("%s: Check: got %+v and %v, want ErrFormat", name, got, err)
		}
		if _, err := read([]byte(text), bare{}); !errors.Is(err, backup.ErrFormat) {
			t.Errorf("%s: Read: got %v, want ErrFormat", name, err)
		}
	}
}

func TestSealedBackup(t *testing.T) {
	const text = "AGE-SECRET-KEY-1"
	dir := t.TempDir()
	master, err := envelope.OpenMasterFile(dir + "/master.key")
	if err != nil {
		t.Fatal(err)
	}
	other, err := envelope.OpenMasterFile(dir + "/other.key")
	if err != nil {
		t.Fatal(err)
	}
	d := dump{{Table: "t", Columns: []string{"a"}}, {Values: []any{"Maya Member"}}}
	sealed, made := write(t, master, d)
	if bytes.Contains(sealed, []byte("Maya")) || strings.Contains(string(sealed), text) {
		t.Error("the backup can be read without the key")
	}
	if got, err := backup.Check(bytes.NewReader(sealed), master); err != nil || got != made {
		t.Errorf("Check: got %+v and %v, want %+v", got, err, made)
	}
	if _, err := backup.Check(bytes.NewReader(sealed), other); !errors.Is(err, envelope.ErrNoMatchingKey) {
		t.Errorf("with another key: got %v, want ErrNoMatchingKey", err)
	}
	for n := range len(sealed) {
		flipped := bytes.Clone(sealed)
		flipped[n] ^= 1
		if _, err := backup.Check(bytes.NewReader(flipped), master); err == nil {
			t.Fatalf("byte %d flipped: got no error, want one", n)
		}
		if _, err := backup.Check(bytes.NewReader(sealed[:n]), master); err == nil {
			t.Fatalf("cut off after %d bytes: got no error, want one", n)
		}
	}
}

// away is a store or a disk that fails.
type away struct{}

var errAway = errors.New("away")

func (away) Dump(context.Context, func(int64, iter.Seq2[sqlmeta.Record, error]) error) error {
	return errAway
}
func (away) Write([]byte) (int, error) { return 0, errAway }

func TestFailuresAreTold(t *testing.T) {
	if _, err := backup.Write(t.Context(), io.Discard, bare{}, away{}, noon); !errors.Is(err, errAway) {
		t.Errorf("a store that is away: got %v, want its error", err)
	}
	if _, err := backup.Write(t.Context(), away{}, bare{}, dump{}, noon); !errors.Is(err, errAway) {
		t.Errorf("a full disk: got %v, want its error", err)
	}
}

func FuzzCheck(f *testing.F) {
	plain, _ := write(f, bare{}, dump{{Table: "t", Columns: []string{"a"}}, {Values: []any{"one", int64(1), nil, []byte("x")}}})
	f.Add(plain)
	f.Add([]byte("{\"format\":\"parley-backup\",\"version\":1}\n[1]\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		made, err := backup.Check(bytes.NewReader(text), bare{})
		got, again := read(text, bare{})
		if (err == nil) != (again == nil) {
			t.Fatalf("Check says %v, Read says %v", err, again)
		}
		rows := int64(0)
		for _, r := range got {
			if r.Table == "" {
				rows++
			}
		}
		if err == nil && rows != made.Rows {
			t.Fatalf("Check counts %d rows, Read gives %d", made.Rows, rows)
		}
	})
}
