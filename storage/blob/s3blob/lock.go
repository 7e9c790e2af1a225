package s3blob

import (
	"context"
	"errors"
	"time"

	"github.com/minio/minio-go/v7"

	"parley/storage/blob"
)

var (
	_ blob.Locker   = (*Store)(nil)
	_ blob.Replacer = (*Store)(nil)
)

// noLock is the code with which a store says that a bucket or an object has none.
const (
	noBucketLock = "ObjectLockConfigurationNotFoundError"
	noObjectLock = "NoSuchObjectLockConfiguration"
)

// CanLock implements [blob.Locker].
func (s *Store) CanLock(ctx context.Context) (bool, error) {
	enabled, _, _, _, err := s.core.GetObjectLockConfig(ctx, s.bucket)
	switch code(err) {
	case noBucketLock, minio.NotImplemented:
		return false, nil
	}
	return enabled == "Enabled", classify(ctx, "check", "", err)
}

// Retain implements [blob.Locker]. The mode is governance: whoever has a right of
// its own in the store can lift it, which is used by Erase alone.
func (s *Store) Retain(ctx context.Context, key string, until time.Time) error {
	mode := minio.Governance
	until = until.UTC()
	return s.eachVersion(ctx, "retain", key, func(version string) error {
		return s.core.PutObjectRetention(ctx, s.bucket, s.prefix+key,
			minio.PutObjectRetentionOptions{Mode: &mode, RetainUntilDate: &until, VersionID: version})
	})
}

// Hold implements [blob.Locker].
func (s *Store) Hold(ctx context.Context, key string) error {
	return s.setHold(ctx, "hold", key, minio.LegalHoldEnabled)
}

// Release implements [blob.Locker].
func (s *Store) Release(ctx context.Context, key string) error {
	return s.setHold(ctx, "release", key, minio.LegalHoldDisabled)
}

func (s *Store) setHold(ctx context.Context, op, key string, status minio.LegalHoldStatus) error {
	return s.eachVersion(ctx, op, key, func(version string) error {
		return s.core.PutObjectLegalHold(ctx, s.bucket, s.prefix+key,
			minio.PutObjectLegalHoldOptions{Status: &status, VersionID: version})
	})
}

// eachVersion does something with every version of an object: a lock is one of a
// version, and a repair adds one.
func (s *Store) eachVersion(ctx context.Context, op, key string, do func(version string) error) error {
	info, err := s.stat(ctx, op, key)
	if err != nil {
		return err
	}
	if info.VersionID == "" {
		return classify(ctx, op, key, do(""))
	}
	found, err := s.versions(ctx, op, key)
	for _, v := range found {
		if err == nil && !v.IsDeleteMarker {
			err = classify(ctx, op, key, do(v.VersionID))
		}
	}
	return err
}

// Erase implements [blob.Locker].
func (s *Store) Erase(ctx context.Context, key string) error {
	if err := s.Release(ctx, key); err != nil {
		return err
	}
	return s.delete(ctx, key, true)
}

// locked tells whether a hold or a retention keeps a version now.
func (s *Store) locked(ctx context.Context, key, version string) (bool, error) {
	hold, err := s.core.GetObjectLegalHold(ctx, s.bucket, s.prefix+key, minio.GetObjectLegalHoldOptions{VersionID: version})
	if err == nil && hold != nil && *hold == minio.LegalHoldEnabled {
		return true, nil
	}
	_, until, retainErr := s.core.GetObjectRetention(ctx, s.bucket, s.prefix+key, version)
	if retainErr == nil && until != nil {
		return true, nil
	}
	if code(err) == noObjectLock || code(retainErr) == noObjectLock {
		return false, nil
	}
	return false, errors.Join(err, retainErr)
}
