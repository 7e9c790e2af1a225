package s3blob

import (
	"context"
	"fmt"

	"github.com/minio/minio-go/v7"

	"parley/storage/blob"
)

// Delete implements [blob.Store]. S3 answers alike whether there was something
// to delete or not, so the object is looked for first.
func (s *Store) Delete(ctx context.Context, key string) error {
	info, err := s.stat(ctx, "delete", key)
	if err != nil {
		return err
	}
	if info.VersionID == "" {
		return s.remove(ctx, key, "")
	}
	return s.deleteVersions(ctx, key)
}

// deleteVersions deletes what a bucket with versioning would only hide.
func (s *Store) deleteVersions(ctx context.Context, key string) error {
	ctx, cancel := context.WithCancel(ctx) // the listing ends with it
	defer cancel()
	var versions []string
	options := minio.ListObjectsOptions{Prefix: s.prefix + key, Recursive: true, WithVersions: true}
	for found := range s.core.ListObjectsIter(ctx, s.bucket, options) {
		if found.Err != nil {
			return classify(ctx, "delete", key, found.Err)
		}
		if found.Key == s.prefix+key {
			versions = append(versions, found.VersionID)
		}
	}
	for _, version := range versions {
		if err := s.remove(ctx, key, version); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) remove(ctx context.Context, key, version string) error {
	err := s.core.RemoveObject(ctx, s.bucket, s.prefix+key, minio.RemoveObjectOptions{VersionID: version})
	// Stores refuse in the same words what is locked and what is forbidden (S3) or
	// makes no sense (MinIO).
	refused := code(err) == minio.AccessDenied || code(err) == "InvalidRequest"
	if err == nil || version == "" || !refused {
		return classify(ctx, "delete", key, err)
	}
	locked, lockErr := s.locked(ctx, key, version)
	if lockErr == nil && locked {
		return fmt.Errorf("delete object %s: %w", key, blob.ErrLocked)
	}
	return classify(ctx, "delete", key, err)
}
