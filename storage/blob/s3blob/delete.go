package s3blob

import (
	"context"
	"fmt"

	"github.com/minio/minio-go/v7"

	"parley/storage/blob"
)

// Delete implements [blob.Store]. S3 answers alike whether there was something
// to delete or not, so the object is looked for first.
func (s *Store) Delete(ctx context.Context, key string) error { return s.delete(ctx, key, false) }

// delete deletes every version of an object; in a bucket with versioning anything
// less would only hide it. bypass lifts retention.
func (s *Store) delete(ctx context.Context, key string, bypass bool) error {
	info, err := s.stat(ctx, "delete", key)
	if err != nil {
		return err
	}
	if info.VersionID == "" {
		return s.remove(ctx, key, minio.RemoveObjectOptions{})
	}
	found, err := s.versions(ctx, "delete", key)
	for _, v := range found {
		if err == nil {
			err = s.remove(ctx, key, minio.RemoveObjectOptions{VersionID: v.VersionID, GovernanceBypass: bypass})
		}
	}
	return err
}

// versions lists the versions of an object.
func (s *Store) versions(ctx context.Context, op, key string) (list []minio.ObjectInfo, err error) {
	ctx, cancel := context.WithCancel(ctx) // the listing ends with it
	defer cancel()
	options := minio.ListObjectsOptions{Prefix: s.prefix + key, Recursive: true, WithVersions: true}
	for found := range s.core.ListObjectsIter(ctx, s.bucket, options) {
		if found.Err != nil {
			return nil, classify(ctx, op, key, found.Err)
		}
		if found.Key == s.prefix+key {
			list = append(list, found)
		}
	}
	return list, nil
}

func (s *Store) remove(ctx context.Context, key string, options minio.RemoveObjectOptions) error {
	err := s.core.RemoveObject(ctx, s.bucket, s.prefix+key, options)
	// Stores refuse in the same words what is locked and what is forbidden (S3) or
	// makes no sense (MinIO).
	refused := code(err) == minio.AccessDenied || code(err) == "InvalidRequest"
	if err == nil || options.VersionID == "" || !refused {
		return classify(ctx, "delete", key, err)
	}
	locked, lockErr := s.locked(ctx, key, options.VersionID)
	if lockErr == nil && locked {
		return fmt.Errorf("delete object %s: %w", key, blob.ErrLocked)
	}
	return classify(ctx, "delete", key, err)
}
