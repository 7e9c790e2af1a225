package fsblob

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"syscall"

	"parley/storage/blob"
)

// classify turns an error of the file system into one of the contract.
func classify(op, key string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s object %s: %w", op, key, blob.ErrNotExist)
	case errors.Is(err, fs.ErrExist):
		return fmt.Errorf("%s object %s: %w", op, key, blob.ErrExist)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%s object %s: %w", op, key, err)
	}
	return &blob.Error{Op: op, Key: key, Transient: transient(err), Err: err}
}

// transient tells whether err passes when space, descriptors or memory have been
// freed, or the disk is back.
func transient(err error) bool {
	var number syscall.Errno
	passing := []syscall.Errno{
		syscall.ENOSPC, syscall.EDQUOT, // full: someone will make room
		syscall.EMFILE, syscall.ENFILE, syscall.ENOMEM, syscall.EAGAIN, // busy
		syscall.EIO, syscall.ESTALE, syscall.ETIMEDOUT, // a disk on the network that is away
	}
	return errors.As(err, &number) && slices.Contains(passing, number)
}
