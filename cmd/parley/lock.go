package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// lockFolder keeps a second process off a data folder. The lock ends with the
// process, however it ends.
func lockFolder(dir string) (unlock func(), err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	return lockFile(filepath.Join(dir, "lock"), fmt.Sprintf("another parley is running on %s: stop it or choose another --data", dir))
}

// lockFile takes the lock that a file stands for; taken says what it means that
// somebody has it.
func lockFile(path, taken string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock the data folder: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close() // nothing was written
		return nil, errors.New(taken)
	}
	return func() { _ = f.Close() }, nil
}
