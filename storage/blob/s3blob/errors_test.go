package s3blob

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"net/url"
	"syscall"
	"testing"

	"github.com/minio/minio-go/v7"

	"parley/storage/blob"
)

func TestClassify(t *testing.T) {
	answer := func(status int, code string) error { return minio.ErrorResponse{StatusCode: status, Code: code} }
	broken := func(err error) error { return &url.Error{Op: "Put", URL: "http://store", Err: err} }
	cases := []struct {
		name      string
		err       error
		want      error
		transient bool
	}{
		{"no object", answer(404, "NoSuchKey"), blob.ErrNotExist, false},
		{"no bucket", answer(404, "NoSuchBucket"), nil, false},
		{"key is taken", answer(412, "PreconditionFailed"), blob.ErrExist, false},
		{"key is being put", answer(409, "ConditionalRequestConflict"), nil, true},
		{"bucket is somebody else's", answer(409, "BucketAlreadyExists"), nil, false},
		{"wrong password", answer(403, "SignatureDoesNotMatch"), nil, false},
		{"too large", answer(400, "EntityTooLarge"), nil, false},
		{"too many requests", answer(429, "TooManyRequests"), nil, true},
		{"slow down", answer(503, "SlowDown"), nil, true},
		{"starting", answer(503, "XMinioServerNotInitialized"), nil, true},
		{"full", answer(507, "XMinioStorageFull"), nil, true},
		{"not supported", answer(501, "NotImplemented"), nil, false},
		{"refused", broken(syscall.ECONNREFUSED), syscall.ECONNREFUSED, true},
		{"broken off", broken(io.ErrUnexpectedEOF), io.ErrUnexpectedEOF, true},
		{"unknown certificate", broken(x509.UnknownAuthorityError{}), nil, false},
		{"other host's certificate", broken(x509.HostnameError{Certificate: &x509.Certificate{}}), nil, false},
	}
	for _, tc := range cases {
		err := classify(context.Background(), "put", "key", tc.err)
		if got := blob.IsTransient(err); got != tc.transient {
			t.Errorf("%s: got transient = %v for %v, want %v", tc.name, got, err, tc.transient)
		}
		if tc.want != nil && !errors.Is(err, tc.want) {
			t.Errorf("%s: got %v, want %v", tc.name, err, tc.want)
		}
		if tc.want == nil && (errors.Is(err, blob.ErrNotExist) || errors.Is(err, blob.ErrExist)) {
			t.Errorf("%s: got %v, want neither ErrNotExist nor ErrExist", tc.name, err)
		}
	}
	if err := classify(context.Background(), "put", "key", nil); err != nil {
		t.Errorf("no error: got %v, want none", err)
	}
}
