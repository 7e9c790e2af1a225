package miniotest

import (
	"bytes"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

const (
	// liveWithin bounds the start, which takes about a second on an idle
	// machine and much longer on a busy one.
	liveWithin = time.Minute
	// stopWithin bounds the orderly end; after it the process is killed.
	stopWithin = 10 * time.Second
	// attempts bounds how often another port is tried, since a free port may
	// be taken by somebody else before the server listens on it.
	attempts = 5
)

// Server is a running MinIO server. Its methods are for the test's own
// goroutine.
type Server struct {
	// Endpoint is host:port of the S3 API, spoken over plain HTTP unless [WithTLS] is used.
	Endpoint string
	// AccessKey and SecretKey are the administrator's, made for this server.
	AccessKey, SecretKey string
	// Dir is where its data is; a bucket is a folder in it.
	Dir string
	// CA is the certificate of the authority that vouches for the server, in
	// PEM form; nil without TLS.
	CA []byte

	binary  string
	domain  string
	certs   string // folder of key and certificate
	process *process
}

// Option changes how a server is started.
type Option func(testing.TB, *Server)

// WithTLS lets the server speak TLS only, with a certificate of its own.
func WithTLS(t testing.TB, s *Server) {
	t.Helper()
	s.certs = t.TempDir()
	s.CA = makeCertificate(t, s.certs)
}

// WithDomain lets buckets be host names of their own below a domain.
func WithDomain(domain string) Option { return func(_ testing.TB, s *Server) { s.domain = domain } }

// WithDir puts the data into a directory of the test's.
func WithDir(dir string) Option { return func(_ testing.TB, s *Server) { s.Dir = dir } }

// Start starts a server, waits until it is live, and stops it when the test
// ends. Starting takes about a second: share one server between the tests of a
// package where they can have a bucket each.
func Start(t testing.TB, options ...Option) *Server {
	t.Helper()
	s := &Server{
		AccessKey: "parley-test",
		SecretKey: rand.Text(),
		Dir:       t.TempDir(),
		binary:    findBinary(t),
	}
	for _, o := range options {
		o(t, s)
	}
	t.Cleanup(func() { s.Stop(t) })
	for range attempts {
		s.Endpoint = freeAddress(t)
		err := s.launch(t)
		if err == nil {
			return s
		}
		t.Logf("start MinIO on %s: %v", s.Endpoint, err)
	}
	t.Fatalf("start MinIO: none of %d attempts succeeded", attempts)
	return nil
}

// Stop ends the server, as an outage would, and waits until it is gone. It does
// nothing if the server is stopped already.
func (s *Server) Stop(t testing.TB) {
	t.Helper()
	if s.process == nil {
		return
	}
	s.process.stop()
	s.process = nil
}

// Restart starts the server again after [Server.Stop], on the same endpoint and
// with the same data, and waits until it is live.
func (s *Server) Restart(t testing.TB) {
	t.Helper()
	if err := s.launch(t); err != nil {
		t.Fatalf("restart MinIO on %s: %v", s.Endpoint, err)
	}
}

// launch starts the process and waits until it is live.
func (s *Server) launch(t testing.TB) error {
	t.Helper()
	var output bytes.Buffer
	args := []string{"server", "--quiet", "--address", s.Endpoint}
	if s.certs != "" {
		args = append(args, "--certs-dir", s.certs)
	}
	cmd := exec.Command(s.binary, append(args, s.Dir)...)
	cmd.Env = append(os.Environ(),
		"MINIO_ROOT_USER="+s.AccessKey,
		"MINIO_ROOT_PASSWORD="+s.SecretKey,
		"MINIO_DOMAIN="+s.domain,
		"MINIO_BROWSER=off",
		"MINIO_UPDATE=off",
		// Without it the server refuses directories on the system's own disk.
		"MINIO_CI_CD=1",
	)
	cmd.Stdout, cmd.Stderr = &output, &output
	p, err := startProcess(cmd)
	if err != nil {
		return err
	}
	if err := s.waitLive(p.exited); err != nil {
		p.stop()
		return fmt.Errorf("%w; it said:\n%s", err, output.String())
	}
	s.process = p
	return nil
}

// waitLive polls the server until it can serve requests. It answers its probe of
// liveness (/minio/health/live) a little earlier, while it still refuses every
// other request; the probe of the cluster waits for the storage behind it.
func (s *Server) waitLive(exited <-chan struct{}) error {
	transport, scheme := &http.Transport{DisableKeepAlives: true}, "http://"
	if s.CA != nil {
		pool := x509.NewCertPool()
		pool.AppendCertsFromPEM(s.CA)
		transport.TLSClientConfig, scheme = &tls.Config{RootCAs: pool}, "https://"
	}
	client := http.Client{Timeout: time.Second, Transport: transport}
	deadline := time.NewTimer(liveWithin)
	defer deadline.Stop()
	poll := time.NewTicker(20 * time.Millisecond)
	defer poll.Stop()
	for {
		response, err := client.Get(scheme + s.Endpoint + "/minio/health/cluster")
		if err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return nil
			}
			err = fmt.Errorf("the probe answered %s", response.Status)
		}
		select {
		case <-exited:
			return errors.New("the server exited")
		case <-deadline.C:
			return fmt.Errorf("not live within %v: %w", liveWithin, err)
		case <-poll.C:
		}
	}
}

// freeAddress returns a loopback address that nobody listens on at the moment.
func freeAddress(t testing.TB) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("find a free port: %v", err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// findBinary returns the path of the server's program.
func findBinary(t testing.TB) string {
	t.Helper()
	path := os.Getenv("PARLEY_MINIO")
	if path == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			t.Fatalf("find the MinIO server: %v; set PARLEY_MINIO to its path", err)
		}
		path = filepath.Join(cache, "parley", "bin", "minio")
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("find the MinIO server: %v\nrun 'make setup' to build it, or set PARLEY_MINIO to its path", err)
	}
	return path
}
