package journal

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"time"

	"parley/storage/envelope"
	"parley/storage/id"
)

// Header opens a journal.
type Header struct {
	Version   int            `json:"version"`
	Recording id.RecordingID `json:"recording"`
	Call      id.CallID      `json:"call"`
	Started   time.Time      `json:"started"`
	Basis     Basis          `json:"basis"`
	Lanes     [lanes]LaneKey `json:"lanes"`
}

// Basis tells why the recording was allowed.
type Basis struct {
	// Ledger is the hash of the consent ledger's entry that opened the gate.
	Ledger       string   `json:"ledger"`
	Rules        []string `json:"rules"`
	TableVersion string   `json:"table_version"`
}

// LaneKey is what a lane is sealed to, and the sealed private half of it.
type LaneKey struct {
	Recipient string `json:"recipient"`
	Envelope  []byte `json:"envelope"`
}

const (
	version    = 1
	laneHeader = 255
	frameSize  = 21 // bytes before the body
	// maxBody bounds what a damaged length can make a reader take.
	maxBody = 8 << 20
)

var (
	magic = [4]byte{'P', 'J', 'F', '1'}
	table = crc32.MakeTable(crc32.Castagnoli)
)

// File is what a Writer appends to; *os.File is one.
type File interface {
	io.WriteCloser
	// Sync returns when everything written is durable.
	Sync() error
}

// Writer appends to a journal file.
type Writer struct {
	file    File
	header  Header
	sealers [lanes]*envelope.BatchSealer
	number  uint64
	frame   []byte // reused
}

// Create makes the journal file and writes its header durably. An existing
// file is an error.
func Create(path string, h Header) (*Writer, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("create journal: %w", err)
	}
	w, err := New(f, h)
	if err := errors.Join(err, syncDir(filepath.Dir(path))); err != nil {
		return nil, errors.Join(err, f.Close(), os.Remove(path))
	}
	return w, nil
}

// New writes the header durably to an empty file. The file is the writer's
// from then on; after an error it is still the caller's.
func New(f File, h Header) (*Writer, error) {
	h.Version = version
	w := &Writer{file: f, header: h}
	for i, l := range h.Lanes {
		r, err := envelope.ParseRecipient(l.Recipient)
		if err != nil {
			return nil, fmt.Errorf("create journal: %w", err)
		}
		w.sealers[i] = envelope.NewBatchSealer(r)
	}
	body, err := json.Marshal(h)
	if err != nil {
		return nil, fmt.Errorf("create journal: %w", err)
	}
	if err := errors.Join(w.write(laneHeader, body), w.Sync()); err != nil {
		return nil, fmt.Errorf("create journal: %w", err)
	}
	return w, nil
}

// Append seals records to a lane and appends them as one batch. They are
// durable after the next Sync.
func (w *Writer) Append(l Lane, records []byte) error {
	w.number++
	plain := make([]byte, 0, len(records)+64)
	plain = appendBinding(plain, w.header.Recording, l, w.number)
	plain = append(plain, records...)
	body, err := w.sealers[l].Seal(plain)
	if err != nil {
		return fmt.Errorf("seal batch %d of %s: %w", w.number, l, err)
	}
	if err := w.write(byte(l), body); err != nil {
		return fmt.Errorf("append batch %d of %s: %w", w.number, l, err)
	}
	return nil
}

// appendBinding ties a batch to its place.
func appendBinding(buf []byte, rec id.RecordingID, l Lane, number uint64) []byte {
	buf = append(buf, byte(len(rec)))
	buf = append(buf, rec...)
	buf = append(buf, byte(l))
	return binary.LittleEndian.AppendUint64(buf, number)
}

// write appends one frame with a single system call.
func (w *Writer) write(lane byte, body []byte) error {
	if len(body) > maxBody {
		return fmt.Errorf("batch of %d bytes, the limit is %d", len(body), maxBody)
	}
	f := append(w.frame[:0], magic[:]...)
	f = append(f, lane)
	f = binary.LittleEndian.AppendUint64(f, w.number)
	f = binary.LittleEndian.AppendUint32(f, uint32(len(body)))
	sum := crc32.Update(crc32.Checksum(f, table), table, body)
	f = binary.LittleEndian.AppendUint32(f, sum)
	f = append(f, body...)
	w.frame = f
	_, err := w.file.Write(f)
	return err
}

// Number is the number of the batch that was appended last.
func (w *Writer) Number() uint64 { return w.number }

// Sync makes what was appended durable.
func (w *Writer) Sync() error { return w.file.Sync() }

// Close closes the file; what was not synced may be lost.
func (w *Writer) Close() error { return w.file.Close() }

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
