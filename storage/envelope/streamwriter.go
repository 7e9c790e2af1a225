package envelope

import (
	"bytes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"filippo.io/age"
	"golang.org/x/crypto/chacha20poly1305"
)

// Of a payload (C2SP age.md, "Payload"): chunks of 64 KiB under STREAM, whose
// nonce is a counter of 11 bytes and a byte that marks the last chunk.
const (
	streamChunk  = 64 << 10
	payloadNonce = 16
	lastChunk    = 1
)

// leastBuffer is what a chunk that is filling begins with.
const leastBuffer = 4 << 10

var errClosed = errors.New("write after close")

// streamWriter writes an age file as [age.Encrypt] does, and holds less: age
// keeps 128 KiB for each file that is being written, from its first chunk to its
// end, and every recorded call has two of them for as long as it lasts. This one
// holds what the chunk that is filling has so far, twice that at most.
type streamWriter struct {
	dst   io.Writer
	aead  cipher.AEAD
	nonce [chacha20poly1305.NonceSize]byte
	count uint64
	buf   []byte // plaintext of the chunk that is filling
	err   error
}

// newStreamWriter writes the header to dst. It is age that makes it.
func newStreamWriter(dst io.Writer, to age.Recipient) (*streamWriter, error) {
	var header bytes.Buffer
	key := &keyTaker{Recipient: to}
	if _, err := age.Encrypt(&header, key); err != nil {
		return nil, err
	}
	nonce := header.Bytes()[header.Len()-payloadNonce:]
	derived, err := hkdf.Key(sha256.New, key.fileKey, nonce, "payload", chacha20poly1305.KeySize)
	if err != nil {
		return nil, err
	}
	aead, err := chacha20poly1305.New(derived)
	if err != nil {
		return nil, err
	}
	if _, err := dst.Write(header.Bytes()); err != nil {
		return nil, fmt.Errorf("write header: %w", err)
	}
	return &streamWriter{dst: dst, aead: aead}, nil
}

// keyTaker is a recipient that remembers the file key which it wraps.
type keyTaker struct {
	age.Recipient
	fileKey []byte
}

// Wrap implements [age.Recipient].
func (k *keyTaker) Wrap(fileKey []byte) ([]*age.Stanza, error) {
	k.fileKey = bytes.Clone(fileKey)
	return k.Recipient.Wrap(fileKey)
}

// Write implements io.Writer. A full chunk waits for what comes after it: it
// might be the last.
func (w *streamWriter) Write(p []byte) (int, error) {
	n := 0
	for n < len(p) && w.err == nil {
		if len(w.buf) == streamChunk {
			w.flush(0)
			continue
		}
		part := p[n:min(len(p), n+streamChunk-len(w.buf))]
		w.grow(len(part))
		w.buf = append(w.buf, part...)
		n += len(part)
	}
	return n, w.err
}

// grow makes room for more plaintext, and for the tag where the chunk fills.
func (w *streamWriter) grow(more int) {
	const most = streamChunk + chacha20poly1305.Overhead
	if need := len(w.buf) + more + chacha20poly1305.Overhead; need > cap(w.buf) {
		room := make([]byte, len(w.buf), min(most, max(need, 2*cap(w.buf), leastBuffer)))
		copy(room, w.buf)
		w.buf = room
	}
}

// flush seals the chunk in place and lets its memory go.
func (w *streamWriter) flush(mark byte) {
	binary.BigEndian.PutUint64(w.nonce[3:11], w.count)
	w.nonce[11] = mark
	w.count++
	if _, err := w.dst.Write(w.aead.Seal(w.buf[:0], w.nonce[:], w.buf, nil)); err != nil {
		w.err = err
	}
	w.buf = nil
}

// Close writes the last chunk, which alone may be empty if there is no other.
func (w *streamWriter) Close() error {
	if w.err == nil {
		w.flush(lastChunk)
	}
	if w.err != nil {
		return w.err
	}
	w.err = errClosed
	return nil
}
