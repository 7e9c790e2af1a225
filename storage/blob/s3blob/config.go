package s3blob

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
	"github.com/minio/minio-go/v7/pkg/s3utils"

	"parley/storage/blob"
)

// MaxPrefixLen is the greatest length of [Config].Prefix in bytes. S3 keys have
// at most 1024, of which [blob.MaxKeyLen] belong to the object.
const MaxPrefixLen = 400

// Config says where the bucket is and how to get in.
type Config struct {
	// Endpoint is the store's host, or host:port, without a scheme.
	Endpoint string
	// AccessKey and SecretKey are the credentials. They need the rights to
	// get, put and delete objects and to list the bucket.
	AccessKey string
	SecretKey Secret
	// Bucket holds the objects.
	Bucket string
	// Prefix is put before every key, with a slash between; empty for none. It
	// follows the rule of [blob.ValidatePrefix].
	Prefix string
	// Region is the bucket's region. Empty: the store is asked, which takes
	// the right to get the bucket's location.
	Region string
	// TLS speaks HTTPS. Without it, requests are signed but not hidden; the
	// objects are sealed either way.
	TLS bool
	// PathStyle addresses the bucket as a path of the endpoint instead of a
	// host name of its own, as MinIO wants it without a domain.
	PathStyle bool
	// CA holds certificates in PEM form, of authorities that vouch for the
	// endpoint beside those of the system. It needs TLS.
	CA []byte
	// Lock makes the bucket with Object Lock, if EnsureBucket makes it.
	Lock bool
}

func (c Config) validate() error {
	var faults []error
	if c.Endpoint == "" || strings.Contains(c.Endpoint, "/") {
		faults = append(faults, fmt.Errorf("Endpoint is %q, want a host or host:port without a scheme", c.Endpoint))
	}
	if c.AccessKey == "" {
		faults = append(faults, errors.New("AccessKey is empty"))
	}
	if c.SecretKey == "" {
		faults = append(faults, errors.New("SecretKey is empty"))
	}
	if err := s3utils.CheckValidBucketNameStrict(c.Bucket); err != nil {
		faults = append(faults, fmt.Errorf("Bucket is %q: %w", c.Bucket, err))
	}
	if err := blob.ValidatePrefix(c.Prefix); err != nil {
		faults = append(faults, fmt.Errorf("Prefix: %w", err))
	}
	if len(c.Prefix) > MaxPrefixLen {
		faults = append(faults, fmt.Errorf("Prefix has %d bytes, want at most %d", len(c.Prefix), MaxPrefixLen))
	}
	if _, err := c.authorities(); err != nil {
		faults = append(faults, err)
	}
	if len(faults) > 0 {
		return fmt.Errorf("s3blob: %w", errors.Join(faults...))
	}
	return nil
}

// keyPrefix returns what stands before every key.
func (c Config) keyPrefix() string {
	if c.Prefix == "" {
		return ""
	}
	return strings.TrimSuffix(c.Prefix, "/") + "/"
}

// authorities returns who vouches for the endpoint; nil means those of the system.
func (c Config) authorities() (*x509.CertPool, error) {
	if len(c.CA) == 0 {
		return nil, nil
	}
	if !c.TLS {
		return nil, errors.New("CA is set and TLS is not")
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		return nil, fmt.Errorf("CA: the system's certificates: %w", err)
	}
	if !pool.AppendCertsFromPEM(c.CA) {
		return nil, errors.New("CA holds no certificate in PEM form")
	}
	return pool, nil
}

// tries is how often minio-go sends one request: package layer repeats, and
// knows how often and for how long.
const tries = 1

func (c Config) options(transport http.RoundTripper) *minio.Options {
	lookup := minio.BucketLookupDNS
	if c.PathStyle {
		lookup = minio.BucketLookupPath
	}
	return &minio.Options{
		Creds:        credentials.NewStaticV4(c.AccessKey, c.SecretKey.Reveal(), ""),
		Secure:       c.TLS,
		Transport:    transport,
		Region:       c.Region,
		BucketLookup: lookup,
		MaxRetries:   tries,
	}
}

// newTransport returns connections of our own, so that Close can end them, with
// limits on every stage before the first byte of an answer.
func newTransport(authorities *x509.CertPool) *http.Transport {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 16
	transport.ResponseHeaderTimeout = 30 * time.Second
	transport.TLSClientConfig = &tls.Config{RootCAs: authorities, MinVersion: tls.VersionTLS12}
	// Stored bytes must come as they are.
	transport.DisableCompression = true
	return transport
}
