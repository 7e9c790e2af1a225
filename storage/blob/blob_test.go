package blob_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"parley/storage/blob"
)

func TestValidateKey(t *testing.T) {
	long := strings.Repeat("a", blob.MaxPartLen)
	cases := []struct {
		key string
		ok  bool
	}{
		{"a", true},
		{"rec_01/member.opus.age", true},
		{"a..b/c-d_e", true},
		{long, true},
		{long + "a", false},
		{strings.Repeat("a/", blob.MaxKeyLen/2) + "b", false},
		{"", false},
		{"/a", false},
		{"a/", false},
		{"a//b", false},
		{".", false},
		{"..", false},
		{"a/../b", false},
		{".hidden", false},
		{"A", false},
		{"a b", false},
		{"a\\b", false},
		{"a\x00", false},
		{"ä", false},
		{"c:a", false},
	}
	for _, tc := range cases {
		err := blob.ValidateKey(tc.key)
		if tc.ok && err != nil || !tc.ok && !errors.Is(err, blob.ErrKey) {
			t.Errorf("ValidateKey(%q): got %v, want ok = %v", tc.key, err, tc.ok)
		}
	}
}

func TestValidatePrefix(t *testing.T) {
	for prefix, ok := range map[string]bool{"": true, "a": true, "a/": true, "a/b": true, "/": false, "a//": false, "../": false} {
		if err := blob.ValidatePrefix(prefix); (err == nil) != ok {
			t.Errorf("ValidatePrefix(%q): got %v, want ok = %v", prefix, err, ok)
		}
	}
}

func TestExactReader(t *testing.T) {
	broken := errors.New("broken")
	content := bytes.Repeat([]byte("0123456789"), 1000)
	cases := []struct {
		name string
		src  io.Reader
		size int64
		want error
	}{
		{"exact", bytes.NewReader(content), 10_000, nil},
		{"exact, byte by byte", iotest.OneByteReader(bytes.NewReader(content)), 10_000, nil},
		{"exact, end with the data", iotest.DataErrReader(bytes.NewReader(content)), 10_000, nil},
		{"empty", strings.NewReader(""), 0, nil},
		{"short", bytes.NewReader(content), 10_001, blob.ErrSize},
		{"short, end with the data", iotest.DataErrReader(bytes.NewReader(content)), 10_001, blob.ErrSize},
		{"long", bytes.NewReader(content), 9_999, blob.ErrSize},
		{"long, none wanted", bytes.NewReader(content), 0, blob.ErrSize},
		{"empty, some wanted", strings.NewReader(""), 1, blob.ErrSize},
		{"negative size", strings.NewReader(""), -1, blob.ErrSize},
		{"broken", iotest.ErrReader(broken), 1, broken},
		{"broken at the end", io.MultiReader(bytes.NewReader(content), iotest.ErrReader(broken)), 10_000, broken},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			got, err := io.ReadAll(blob.NewExactReader(tc.src, tc.size))
			if !errors.Is(err, tc.want) {
				t.Fatalf("error: got %v, want %v", err, tc.want)
			}
			if tc.want == nil && !bytes.Equal(got, content[:tc.size]) {
				t.Errorf("content: got %d bytes, want the %d of the source", len(got), tc.size)
			}
			if tc.want != nil && tc.size > 0 && int64(len(got)) >= tc.size {
				t.Errorf("handed on before the error: got %d bytes, want fewer than %d", len(got), tc.size)
			}
		})
	}
}

func TestExactReaderIsAReader(t *testing.T) {
	content := bytes.Repeat([]byte("abc"), 500)
	if err := iotest.TestReader(blob.NewExactReader(bytes.NewReader(content), int64(len(content))), content); err != nil {
		t.Error(err)
	}
}

func TestIsTransient(t *testing.T) {
	cause := errors.New("cause")
	cases := []struct {
		name string
		err  error
		want bool
	}{
		{"none", nil, false},
		{"unknown", cause, false},
		{"permanent", &blob.Error{Op: "put", Err: cause}, false},
		{"transient", &blob.Error{Op: "put", Transient: true, Err: cause}, true},
		{"transient, wrapped", fmt.Errorf("upload: %w", &blob.Error{Op: "put", Transient: true, Err: cause}), true},
		{"cancelled", &blob.Error{Op: "put", Transient: true, Err: context.Canceled}, false},
		{"deadline", &blob.Error{Op: "put", Err: context.DeadlineExceeded}, true},
		{"answer", blob.ErrNotExist, false},
	}
	for _, tc := range cases {
		if got := blob.IsTransient(tc.err); got != tc.want {
			t.Errorf("%s: IsTransient(%v): got %v, want %v", tc.name, tc.err, got, tc.want)
		}
	}
}
