package notary

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"sync"

	"parley/storage/chain"
)

// FileWitness keeps heads in a file, one JSON entry a line, which is only appended
// to. It is safe for concurrent use within one process. Who wants it harder to cut
// makes the file append-only for the system (chattr +a) or has it shipped elsewhere.
type FileWitness struct {
	path string
	mu   sync.Mutex // orders appends
}

var _ Witness = (*FileWitness)(nil)

// NewFileWitness keeps heads in the file at path, which comes to be with the first.
func NewFileWitness(path string) *FileWitness { return &FileWitness{path: path} }

// Keep implements [Witness]. Each entry begins a line of its own, so that one that
// was torn by a crash spoils no other.
func (w *FileWitness) Keep(_ context.Context, e chain.Entry) error {
	line, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("encode head: %w", err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	f, err := os.OpenFile(w.path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("keep head: %w", err)
	}
	torn, err := endsInALine(f)
	if err == nil {
		_, err = f.Write(append(append(torn, line...), '\n'))
	}
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = syncDir(filepath.Dir(w.path))
	}
	if err != nil {
		return fmt.Errorf("keep head: %w", err)
	}
	return nil
}

// endsInALine returns the line end that the file lacks, if any.
func endsInALine(f *os.File) ([]byte, error) {
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil || size == 0 {
		return nil, err
	}
	last := make([]byte, 1)
	if _, err := f.ReadAt(last, size-1); err != nil {
		return nil, err
	}
	if last[0] == '\n' {
		return nil, nil
	}
	return []byte("\n"), nil
}

// Kept implements [Witness]. A line that is no entry was torn by a crash before
// Keep returned, or spoilt; in either case the entry is missing here, and the store
// has it or Verify says so.
func (w *FileWitness) Kept(context.Context) iter.Seq2[chain.Entry, error] {
	return func(yield func(chain.Entry, error) bool) {
		data, err := os.ReadFile(w.path)
		if errors.Is(err, fs.ErrNotExist) {
			return
		}
		if err != nil {
			yield(chain.Entry{}, fmt.Errorf("read the kept heads: %w", err))
			return
		}
		lines := bufio.NewScanner(bytes.NewReader(data))
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			var e chain.Entry
			if json.Unmarshal(lines.Bytes(), &e) == nil && !yield(e, nil) {
				return
			}
		}
	}
}

func syncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
