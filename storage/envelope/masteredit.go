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
	"strings"
)

// createMasterFile writes a fresh key beside path and links it there, which
// fails if somebody else was quicker; then theirs is the key.
func createMasterFile(path, kind string) error {
	private, err := GenerateMasterKey(kind)
	if err != nil {
		return err
	}
	text, err := identityText(private)
	if err != nil {
		return err
	}
	return place(path, masterHeading+text, func(temp string) error {
		err := os.Link(temp, path)
		if errors.Is(err, fs.ErrExist) {
			err = nil
		}
		// If this fails there is another file with the key, which must be known.
		return errors.Join(err, os.Remove(temp))
	})
}

// AddMasterKey makes a key of [KindX25519] or [KindHybrid] in the file, which is
// made if it is not there. The others stay. A crash leaves the file as it was or
// as it is to be. Two at once must be kept apart by the caller, here and below.
func AddMasterKey(path, kind string) (MasterKey, error) {
	private, err := GenerateMasterKey(kind)
	if err != nil {
		return MasterKey{}, err
	}
	added, err := identityText(private)
	if err != nil {
		return MasterKey{}, err
	}
	text, _, err := readPrivateFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		text, err = masterHeading, nil
	}
	if err == nil && text != "" && text[len(text)-1] != '\n' {
		text += "\n"
	}
	if err == nil {
		err = replaceFile(path, text+added)
	}
	if err != nil {
		return MasterKey{}, fmt.Errorf("add a master key to %s: %w", path, err)
	}
	return ParseMasterKey(private)
}

// StopSealing marks a key of the file, so that from then on it opens and nothing
// new is sealed to it. Errors match [ErrNoKey] if the file has no such key.
func StopSealing(path, id string) error {
	return changeFile(path, id, func(private string) (string, error) {
		text, err := identityText(private)
		return opensOnly + "\n" + text, err
	})
}

// MoveMasterKey moves a key from one file to the end of another one; a file that
// has none left is removed. A crash may leave the key in both. Errors match [ErrNoKey] if there is no such key.
func MoveMasterKey(path, id, to string) error {
	return changeFile(path, id, func(private string) (string, error) {
		moved, err := identityText(private)
		if err != nil {
			return "", err
		}
		text, _, err := readPrivateFile(to)
		if errors.Is(err, fs.ErrNotExist) {
			text, err = "# Parley master keys that were retired. They open backups of their time.\n", nil
		}
		if err == nil {
			err = replaceFile(to, text+moved)
		}
		return "", err
	})
}

// changeFile replaces the lines of a key.
func changeFile(path, id string, change func(private string) (string, error)) error {
	text, _, err := readPrivateFile(path)
	if err != nil {
		return fmt.Errorf("change master key file %s: %w", path, err)
	}
	var failed error
	changed, found := changeIdentity(text, id, func(private string) string {
		lines, err := change(private)
		failed = errors.Join(failed, err)
		return lines
	})
	switch {
	case failed != nil:
		err = failed
	case !found:
		err = fmt.Errorf("%w: %s is not in it", ErrNoKey, id)
	case noKeyIn(changed):
		err = errors.Join(os.Remove(path), syncDir(filepath.Dir(path)))
	default:
		err = replaceFile(path, changed)
	}
	if err != nil {
		return fmt.Errorf("change master key file %s: %w", path, err)
	}
	return nil
}

// noKeyIn tells whether a file's text has comments only.
func noKeyIn(text string) bool {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			return false
		}
	}
	return true
}

// replaceFile puts a whole new file in the place of path.
func replaceFile(path, text string) error {
	return place(path, text, func(temp string) error { return os.Rename(temp, path) })
}

// place writes text to a file beside path, of mode 0600, and lets put bring it
// there.
func place(path, text string, put func(temp string) error) error {
	temp := path + "." + rand.Text()
	err := writeSynced(temp, []byte(text))
	if err == nil {
		err = put(temp)
	}
	if err != nil {
		if rm := os.Remove(temp); !errors.Is(rm, fs.ErrNotExist) {
			err = errors.Join(err, rm)
		}
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
