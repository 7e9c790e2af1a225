package s3blob

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"

	"github.com/minio/minio-go/v7"

	"parley/storage/blob"
)

// classify turns an error of a request into one of the contract.
func classify(ctx context.Context, op, key string, err error) error {
	if err == nil {
		return nil
	}
	// Whatever the connection made of it, this is why.
	if cause := ctx.Err(); cause != nil {
		return &blob.Error{Op: op, Key: key, Err: cause}
	}
	switch code(err) {
	case minio.NoSuchKey:
		return fmt.Errorf("%s object %s: %w", op, key, blob.ErrNotExist)
	case minio.PreconditionFailed:
		return fmt.Errorf("%s object %s: %w", op, key, blob.ErrExist)
	}
	return &blob.Error{Op: op, Key: key, Transient: transient(err), Err: plain(err)}
}

// plain puts before what a store says of common mistakes what they mean.
func plain(err error) error {
	switch code(err) {
	case "InvalidAccessKeyId":
		return fmt.Errorf("the store does not know the access key: %w", err)
	case "SignatureDoesNotMatch":
		return fmt.Errorf("the secret key is not that of the access key: %w", err)
	case "AccessDenied":
		return fmt.Errorf("the access key may not do this: %w", err)
	case "XMinioStorageFull", "QuotaExceeded", "XMinioAdminBucketQuotaExceeded":
		return fmt.Errorf("the store is full: %w", err)
	}
	if distrust(err) {
		return fmt.Errorf("the store's certificate is not trusted, or it speaks no TLS: %w", err)
	}
	return err
}

// transient tells whether the request may succeed later. An answer is judged by
// its status; where there is none, the connection failed, which passes unless
// the two sides do not trust each other.
func transient(err error) bool {
	var answer minio.ErrorResponse
	if !errors.As(err, &answer) {
		return !distrust(err)
	}
	if answer.Code == "XMinioAdminBucketQuotaExceeded" || answer.Code == "QuotaExceeded" {
		return true // somebody will make room
	}
	switch answer.StatusCode {
	case http.StatusRequestTimeout, http.StatusTooManyRequests:
		return true
	case http.StatusConflict:
		// Somebody puts the same key at this moment; other conflicts last.
		return answer.Code == "ConditionalRequestConflict" || answer.Code == "OperationAborted"
	case http.StatusNotImplemented:
		return false
	}
	return answer.StatusCode >= http.StatusInternalServerError
}

func distrust(err error) bool {
	var (
		authority   x509.UnknownAuthorityError
		host        x509.HostnameError
		certificate x509.CertificateInvalidError
		noTLS       tls.RecordHeaderError
	)
	return errors.Is(err, http.ErrSchemeMismatch) || errors.As(err, &authority) || errors.As(err, &host) ||
		errors.As(err, &certificate) || errors.As(err, &noTLS)
}
