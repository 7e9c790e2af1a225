package fsblob

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"
	"testing"

	"parley/storage/blob"
)

func TestClassify(t *testing.T) {
	cases := []struct {
		number    syscall.Errno
		answer    error
		transient bool
	}{
		{syscall.ENOENT, blob.ErrNotExist, false},
		{syscall.EEXIST, blob.ErrExist, false},
		{syscall.ENOSPC, nil, true},
		{syscall.EMFILE, nil, true},
		{syscall.EIO, nil, true},
		{syscall.EACCES, nil, false},
		{syscall.EROFS, nil, false},
	}
	for _, tc := range cases {
		cause := fmt.Errorf("outer: %w", &fs.PathError{Op: "write", Path: "x", Err: tc.number})
		err := classify("put", "key", cause)
		if got := blob.IsTransient(err); got != tc.transient {
			t.Errorf("%v: got transient = %v, want %v", tc.number, got, tc.transient)
		}
		if tc.answer != nil && !errors.Is(err, tc.answer) {
			t.Errorf("%v: got %v, want %v", tc.number, err, tc.answer)
		}
		if tc.answer == nil && !errors.Is(err, tc.number) {
			t.Errorf("%v: got %v, want the cause kept", tc.number, err)
		}
	}
}
