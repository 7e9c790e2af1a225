package destruction

import (
	"encoding/json"
	"fmt"
	"time"

	"parley/storage/id"
	"parley/storage/meta"
	"parley/storage/signing"
)

// CertificateType is the JWS type of a certificate.
const CertificateType = "erasure-certificate+jws"

const certificateVersion = 1

// Certificate says what was erased for ever, when and why. It holds no personal
// data: recordings are named by their opaque ids.
type Certificate struct {
	Version   int            `json:"version"`
	Erasure   id.ErasureID   `json:"erasure"`
	Recording id.RecordingID `json:"recording"`
	// Part is member or expert, or call for the whole recording.
	Part string `json:"part"`
	// Basis is one of meta's Basis constants.
	Basis       string    `json:"basis"`
	RequestedAt time.Time `json:"requested_at"`
	ErasedAt    time.Time `json:"erased_at"`
	// Keys are the parts whose key envelopes were destroyed.
	Keys []string `json:"keys_destroyed"`
	// Objects are the sealed objects that were deleted.
	Objects []Object `json:"objects_deleted"`
	// Replicas is from how many other stores they were deleted as well.
	Replicas int    `json:"replicas"`
	Operator string `json:"operator"`
}

// Object is a sealed object that was deleted.
type Object struct {
	SHA256 string `json:"sha256"`
	Bytes  int64  `json:"bytes"`
}

// sign makes the certificate of an erasure.
func sign(key *signing.Key, c Certificate) (string, error) {
	data, err := json.Marshal(c)
	if err != nil {
		return "", err
	}
	return key.Sign(CertificateType, data)
}

// OpenCertificate verifies a certificate and returns what it says. Errors match
// those of [signing.KeySet.Verify].
func OpenCertificate(keys signing.KeySet, jws string) (Certificate, error) {
	var c Certificate
	data, err := keys.Verify(CertificateType, jws)
	if err != nil {
		return c, err
	}
	if err := json.Unmarshal(data, &c); err != nil {
		return c, fmt.Errorf("%w: %w", signing.ErrFormat, err)
	}
	if c.Version != certificateVersion {
		return c, fmt.Errorf("%w: version %d, this program reads %d", signing.ErrFormat, c.Version, certificateVersion)
	}
	return c, nil
}

func newCertificate(e meta.Erasure, parts []string, objects []meta.StoredObject, at time.Time) Certificate {
	c := Certificate{
		Version: certificateVersion, Erasure: e.ID, Recording: e.Recording, Part: e.Part, Basis: e.Basis,
		RequestedAt: e.RequestedAt.UTC(), ErasedAt: at.UTC().Truncate(time.Microsecond), Keys: parts, Objects: []Object{},
	}
	for _, o := range objects {
		c.Objects = append(c.Objects, Object{SHA256: o.SHA256, Bytes: o.Size})
	}
	return c
}
