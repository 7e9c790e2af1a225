package envelope

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"filippo.io/age"
)

// maxMasterFileLen bounds what is read of a master key file, in bytes: room for
// some hundred identities, and none for a file that is something else.
const maxMasterFileLen = 64 << 10

// OpenMasterFile returns the master key in the file at path, an age identity
// file. If there is none, a fresh key is made and stored there with mode 0600;
// the folder must exist. A crash leaves a whole file or none, and of two
// processes that start at once both get the same key.
//
// A file that group or others may read, write or run is refused with an error
// that matches [ErrKeyExposed], and a file that holds no key with [ErrFormat].
func OpenMasterFile(path string) (*Master, error) {
	m, err := readMasterFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := createMasterFile(path); err != nil {
			return nil, fmt.Errorf("create master key file: %w", err)
		}
		m, err = readMasterFile(path)
	}
	if err != nil {
		return nil, fmt.Errorf("open master key file %s: %w", path, err)
	}
	return m, nil
}

func readMasterFile(path string) (*Master, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%w: it is not a regular file", ErrFormat)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return nil, fmt.Errorf("%w: its mode is %04o, so others than its owner can get at every recording; run 'chmod 600 %s', "+
			"and make a new master key if somebody may have read this one", ErrKeyExposed, mode, path)
	}
	text, err := io.ReadAll(io.LimitReader(file, maxMasterFileLen+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxMasterFileLen {
		return nil, fmt.Errorf("%w: it is longer than %d bytes", ErrFormat, maxMasterFileLen)
	}
	return ParseMaster(string(text))
}

// createMasterFile writes a fresh key beside path and links it there, which
// fails if somebody else was quicker; then theirs is the key.
func createMasterFile(path string) error {
	private, err := age.GenerateX25519Identity()
	if err != nil {
		return err
	}
	text := fmt.Appendf(nil, "# Parley master key. Whoever has this file can open every recording, and without it nobody can.\n"+
		"# public key: %s\n%s\n", private.Recipient(), private)
	temp := path + "." + rand.Text()
	err = writeSynced(temp, text)
	if err == nil {
		err = os.Link(temp, path)
	}
	if errors.Is(err, fs.ErrExist) {
		err = nil
	}
	// If this fails there is another file with the key, which must be known.
	if removeErr := os.Remove(temp); !errors.Is(removeErr, fs.ErrNotExist) {
		err = errors.Join(err, removeErr)
	}
	return errors.Join(err, syncDir(filepath.Dir(path)))
}

func writeSynced(path string, content []byte) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, bytes.NewReader(content))
	if err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}

func syncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
