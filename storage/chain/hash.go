package chain

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
)

const (
	layout  = "parley-chain-v1\n"
	hashLen = sha256.Size
)

// sum returns the entry's hash. It fails if Prev is not a hash.
func (e Entry) sum() (string, error) {
	prev, err := hex.DecodeString(e.Prev)
	// The second form keeps one hash from having several texts.
	if err != nil || len(prev) != hashLen || hex.EncodeToString(prev) != e.Prev {
		return "", fmt.Errorf("%q is not %d bytes in lower-case hexadecimal", e.Prev, hashLen)
	}
	text := append([]byte(layout), prev...)
	text = binary.BigEndian.AppendUint64(text, e.Seq)
	text = binary.BigEndian.AppendUint64(text, uint64(e.At.UnixMicro()))
	for _, field := range []string{e.Chain, e.Kind, e.Subject, e.Actor, string(e.Body)} {
		text = binary.BigEndian.AppendUint64(text, uint64(len(field)))
		text = append(text, field...)
	}
	hash := sha256.Sum256(text)
	return hex.EncodeToString(hash[:]), nil
}
