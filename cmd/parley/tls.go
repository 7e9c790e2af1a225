package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"parley/cmd/internal/certs"
	"parley/cmd/internal/config"
	"parley/cmd/internal/doorway"
	"parley/cmd/internal/publicip"
)

// entrance is how connections of --listen come in: as they are, or by TLS,
// with TURN and media on the same port.
type entrance struct {
	http  net.Listener
	certs *certs.Source // nil: no TLS
	door  *doorway.Door // likewise
}

// openEntrance makes the entrance of a port that is open.
func (n *node) openEntrance(l net.Listener) error {
	n.entrance.http = l
	if n.cfg.Mode == config.TLSOff {
		return nil
	}
	source, err := n.certificates(l.Addr())
	if err != nil {
		return err
	}
	n.entrance.certs, n.entrance.door = source, doorway.Open(l, source.Config())
	n.entrance.http = n.entrance.door.HTTP()
	return nil
}

func (n *node) certificates(listens net.Addr) (*certs.Source, error) {
	log := n.log.With().Str("component", "tls").Logger()
	dir := filepath.Join(n.cfg.Data, "tls")
	switch c := n.cfg.TLS; c.Mode {
	case config.TLSAuto:
		return certs.Auto(certs.AutoConfig{
			Domains: c.Domain, Email: c.Email, Directory: c.Directory, Roots: c.Roots, Dir: dir, Port: portOf(listens), Log: log,
		})
	case config.TLSSelfSigned:
		names, addrs, err := ownNames(n.cfg.PublicIP)
		if err != nil {
			return nil, err
		}
		return certs.SelfSigned(dir, names, addrs, time.Now, log)
	}
	return certs.Files(n.cfg.Cert, n.cfg.Key, time.Now, log)
}

// ownNames are what this machine may be called by on a local network.
func ownNames(public string) (names []string, addrs []netip.Addr, err error) {
	names = []string{"localhost"}
	if host, err := os.Hostname(); err == nil && host != "localhost" {
		names = append(names, host)
	}
	all, err := net.InterfaceAddrs()
	if err != nil {
		return nil, nil, err
	}
	if ip, err := netip.ParseAddr(public); err == nil {
		addrs = append(addrs, ip)
	}
	for _, a := range all {
		if p, err := netip.ParsePrefix(a.String()); err == nil && !p.Addr().IsLinkLocalUnicast() {
			addrs = append(addrs, p.Addr())
		}
	}
	return names, addrs, nil
}

func portOf(a net.Addr) int {
	if tcp, ok := a.(*net.TCPAddr); ok {
		return tcp.Port
	}
	return 0
}

// relayHosts is where TURN over TLS is reached: by the name of the certificate,
// or by the public addresses where no name is known to lead here.
func (n *node) relayHosts() ([]string, error) {
	names := []string{n.entrance.certs.Name()}
	switch {
	case n.cfg.Mode == config.TLSSelfSigned:
		names = []string{publicAddr(n.cfg.PublicIP, n.peers.Addrs()).String()}
		if six := publicAddr6(n.cfg.PublicIP, n.peers.Addrs()); six.IsValid() {
			names = append(names, six.String())
		}
	case len(n.cfg.Domain) > 0:
		names = n.cfg.Domain[:1]
	case names[0] == "":
		return nil, errors.New("the certificate names no host by which TURN over TLS can be reached: say it with --tls-domain")
	}
	port := strconv.Itoa(portOf(n.entrance.http.Addr()))
	hosts := make([]string, len(names))
	for i, name := range names {
		hosts[i] = net.JoinHostPort(name, port)
	}
	return hosts, nil
}

// handler tells browsers to come by TLS only, where the certificate is one that
// browsers trust.
func (n *node) handler() http.Handler {
	h := n.api.Handler()
	if n.cfg.Mode != config.TLSFile && n.cfg.Mode != config.TLSAuto {
		return h
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Strict-Transport-Security", "max-age=31536000")
		h.ServeHTTP(w, r)
	})
}

// runEntrance runs what the entrance needs until ctx ends.
func (n *node) runEntrance(ctx context.Context, run func(func() error)) {
	if n.entrance.door == nil {
		return
	}
	run(func() error { return n.entrance.certs.Run(ctx) })
	run(func() error { return n.entrance.door.Run(ctx) })
	run(func() error { return serveUntil(ctx, n.entrance.door.Plain(), http.HandlerFunc(toHTTPS)) })
}

// serveUntil serves HTTP until ctx ends.
func serveUntil(ctx context.Context, l net.Listener, h http.Handler) error {
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 10 * time.Second}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) && !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

// toHTTPS sends a browser that came without TLS to the same page with it, and
// answers nothing else: what it would have sent is secret.
func toHTTPS(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead || strings.HasPrefix(r.URL.Path, "/api/") {
		http.Error(w, "This port speaks HTTPS.", http.StatusForbidden)
		return
	}
	http.Redirect(w, r, "https://"+r.Host+r.URL.RequestURI(), http.StatusMovedPermanently)
}

// publicIP is the address behind --public-ip, empty where there is none.
func publicIP(ctx context.Context, source string) (string, error) {
	ip, err := publicip.Find(ctx, source)
	if err != nil || !ip.IsValid() {
		return "", err
	}
	return ip.String(), nil
}
