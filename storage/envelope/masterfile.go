package envelope

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
)

// maxMasterFileLen bounds what is read of a master key file, in bytes: room for
// dozens of identities, and none for a file that is something else.
const maxMasterFileLen = 64 << 10

// MasterFile is the source of the master keys in a file, an age identity file of
// mode 0600. When the file changes, so do the keys, at the next use: a process
// that runs need not be told of a new key. While the file is gone or cannot be
// read, the keys stay as they were. Safe for concurrent use.
type MasterFile struct {
	path string

	mu   sync.Mutex
	seen fs.FileInfo
	keys []MasterKey
}

// OpenMasterFile returns the master key in the file at path, an age identity
// file. If there is none, a fresh key is made and stored there with mode 0600;
// the folder must exist. A crash leaves a whole file or none, and of two
// processes that start at once both get the same key. Errors are those of
// [ReadMasterFile].
func OpenMasterFile(path string) (*Master, error) {
	source, err := CreateMasterFile(path, KindX25519)
	if err != nil {
		return nil, err
	}
	m, err := NewMaster(nil, source)
	if err != nil {
		return nil, fmt.Errorf("open master key file %s: %w", path, err)
	}
	return m, nil
}

// CreateMasterFile is like [ReadMasterFile], but makes a key of a kind first
// if there is no file.
func CreateMasterFile(path, kind string) (*MasterFile, error) {
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		if err := createMasterFile(path, kind); err != nil {
			return nil, fmt.Errorf("create master key file: %w", err)
		}
	}
	return ReadMasterFile(path)
}

// ReadMasterFile returns the source of the keys in a file. A file that group or
// others may read, write or run is refused with an error that matches
// [ErrKeyExposed], one that holds no key with [ErrFormat], and none with
// [fs.ErrNotExist].
func ReadMasterFile(path string) (*MasterFile, error) {
	f := &MasterFile{path: path}
	var err error
	if f.keys, f.seen, err = readMasterFile(path); err != nil {
		return nil, fmt.Errorf("open master key file %s: %w", path, err)
	}
	return f, nil
}

// MasterKeys implements [MasterSource].
func (f *MasterFile) MasterKeys() []MasterKey {
	f.mu.Lock()
	defer f.mu.Unlock()
	now, err := os.Stat(f.path)
	if err != nil || sameFile(f.seen, now) {
		return f.keys
	}
	if keys, seen, err := readMasterFile(f.path); err == nil {
		f.keys, f.seen = keys, seen
	}
	return f.keys
}

// sameFile tells whether a file has not changed. Files are replaced, not written
// over, so that a change is always another file.
func sameFile(a, b fs.FileInfo) bool {
	return os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime()) && a.Mode() == b.Mode()
}

func readMasterFile(path string) ([]MasterKey, fs.FileInfo, error) {
	text, info, err := readPrivateFile(path)
	if err != nil {
		return nil, nil, err
	}
	keys, err := ParseMasterKeys(text)
	return keys, info, err
}

// readPrivateFile reads a file that only its owner may get at.
func readPrivateFile(path string) (string, fs.FileInfo, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return "", nil, err
	}
	if !info.Mode().IsRegular() {
		return "", nil, fmt.Errorf("%w: it is not a regular file", ErrFormat)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return "", nil, fmt.Errorf("%w: its mode is %04o, so others than its owner can get at every recording; run 'chmod 600 %s', "+
			"and make a new master key if somebody may have read this one", ErrKeyExposed, mode, path)
	}
	text, err := io.ReadAll(io.LimitReader(file, maxMasterFileLen+1))
	if err != nil {
		return "", nil, err
	}
	if len(text) > maxMasterFileLen {
		return "", nil, fmt.Errorf("%w: it is longer than %d bytes", ErrFormat, maxMasterFileLen)
	}
	return string(text), info, nil
}
