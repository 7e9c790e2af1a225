package s3blob

import (
	"context"
	"net"
	"testing"

	"github.com/minio/minio-go/v7"
)

// DialAlways lets every connection go to one address, whatever its name.
func DialAlways(s *Store, address string) {
	s.transport.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, network, address)
	}
}

// Versions counts the versions and marks under keys that begin with prefix.
func Versions(t testing.TB, s *Store, prefix string) (n int) {
	t.Helper()
	options := minio.ListObjectsOptions{Prefix: s.prefix + prefix, Recursive: true, WithVersions: true}
	for found := range s.core.ListObjectsIter(t.Context(), s.bucket, options) {
		if found.Err != nil {
			t.Fatalf("list versions: %v", found.Err)
		}
		n++
	}
	return n
}
