package doorway

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"math/big"
	"net"
	"net/http"
	"testing"
	"time"
)

const patience = 20 * time.Second

const (
	binding  = "\x00\x01\x00\x00\x21\x12\xa4\x42123456789012"
	allocate = "\x00\x03\x00\x08\x21\x12\xa4\x42123456789012\x00\x19\x00\x04\x11\x00\x00\x00"
	request  = "GET /page HTTP/1.1\r\nHost: x\r\n\r\n"
)

func TestClassify(t *testing.T) {
	for _, row := range []struct {
		name, bytes string
		want        kind
	}{
		{"TLS", "\x16\x03\x01\x02", kindTLS},
		{"HTTP", "POST /", kindHTTP},
		{"TURN", allocate, kindTURN},
		{"a check in a frame", "\x00\x14" + binding, kindICE},
		{"a long frame whose length looks like a type", "\x01\x14" + binding, kindICE},
		{"a frame of something else", "\x00\x14abcdefghijklmnop", kindOther},
		{"STUN of old, without a cookie", "\x00\x01\x00\x00abcdefghijkl", kindOther},
		{"SSH", "SSH-2.0-x\r\n", kindHTTP}, // net/http refuses it
		{"too short", "\x00\x01", kindOther},
		{"nothing", "", kindOther},
	} {
		head := row.bytes
		if head != "" {
			head = head[:min(len(head), needs(head[0]))]
		}
		if got := classify([]byte(head)); got != row.want {
			t.Errorf("%s: got %d, want %d", row.name, got, row.want)
		}
	}
}

func FuzzClassify(f *testing.F) {
	for _, seed := range []string{binding, allocate, request, "\x00\x14" + binding, "\x16\x03"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if k := classify(b); len(b) > 0 && len(b) >= needs(b[0]) {
			if again := classify(b[:needs(b[0])]); again != k {
				t.Errorf("%q: %d by all, %d by the bytes that needs wants", b, k, again)
			}
		}
	})
}

// certificate is self-signed for "x".
func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"x"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

// open runs a door whose listeners other than HTTP answer with their name and
// what they read.
func open(t *testing.T) (addr string, client *tls.Config) {
	t.Helper()
	cert, pool := certificate(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d := Open(l, &tls.Config{Certificates: []tls.Certificate{cert}, NextProtos: []string{"acme-tls/1"}})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- d.Run(ctx) }()
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.TLS == nil || !r.TLS.HandshakeComplete {
			t.Error("the handler does not see that the request came by TLS")
		}
		_, _ = io.WriteString(w, "https "+r.URL.Path) // the client notices
	})}
	served := make(chan error, 1)
	go func() { served <- server.Serve(d.HTTP()) }()
	for name, l := range map[string]net.Listener{"plain": d.Plain(), "turn": d.TURN(), "ice": d.ICE()} {
		go echo(name, l)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		<-served
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	return l.Addr().String(), &tls.Config{RootCAs: pool, ServerName: "x"}
}

func echo(name string, l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		b := make([]byte, 8)
		_, _ = io.ReadFull(conn, b)
		_, _ = io.WriteString(conn, name+" "+string(b))
		_ = conn.Close()
	}
}

func TestDoor(t *testing.T) {
	addr, config := open(t)
	with := func(protocols ...string) *tls.Config {
		c := config.Clone()
		c.NextProtos = protocols
		return c
	}
	for _, row := range []struct {
		name string
		tls  *tls.Config
		say  string
		want string
	}{
		{"TURN by TCP", nil, allocate, "turn " + allocate[:8]},
		{"ICE by TCP", nil, "\x00\x14" + binding, "ice \x00\x14" + binding[:6]},
		{"HTTP without TLS", nil, request, "plain " + request[:8]},
		{"TURN by TLS", with(), allocate, "turn " + allocate[:8]},
		{"TURN by TLS, by name", with("stun.turn"), allocate, "turn " + allocate[:8]},
		{"HTTPS without a name", with(), request, "HTTP/1.1 200 OK"},
		{"HTTPS", with("h2", "http/1.1"), request, "HTTP/1.1 200 OK"},
		{"ICE inside TLS", with(), "\x00\x14" + binding, ""},
		{"the challenge of ACME", with("acme-tls/1"), "", ""},
		{"garbage", nil, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			conn, err := net.Dial("tcp", addr)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = conn.Close() }() // what counts was read
			if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
				t.Fatal(err)
			}
			if row.tls != nil {
				conn = tls.Client(conn, row.tls)
			}
			if _, err := io.WriteString(conn, row.say); err != nil {
				t.Fatal(err)
			}
			got := make([]byte, len(row.want))
			if _, err := io.ReadFull(conn, got); err != nil || string(got) != row.want {
				t.Fatalf("got %q and %v, want %q", got, err, row.want)
			}
			if row.want == "" {
				var timeout net.Error
				if n, err := conn.Read(make([]byte, 1)); n > 0 || errors.As(err, &timeout) && timeout.Timeout() {
					t.Errorf("got %d bytes and %v, want to be hung up on", n, err)
				}
			}
		})
	}
}

// TestTheEndHangsUp: those who have not said yet what they are do not hold up
// the end.
func TestTheEndHangsUp(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d := Open(l, &tls.Config{})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- d.Run(ctx) }()
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }() // the other end has closed it
	if _, err := io.WriteString(conn, "\x00"); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("Run: %v", err)
	}
	if _, err := d.HTTP().Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Accept after the end: got %v, want net.ErrClosed", err)
	}
}
