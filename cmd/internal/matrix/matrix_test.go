package matrix

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"parley/cmd/internal/softphone"
	"parley/signaling/wire"
)

// root is the top of the tree, seen from this package.
const root = "../../.."

// bin is the program under test, built once by TestMain.
var bin string

func TestMain(m *testing.M) {
	if text := os.Getenv(phoneEnv); text != "" {
		if err := phoneMain(text); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "parley-matrix")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer func() { _ = os.RemoveAll(dir) }() // of the temporary folder
		bin = filepath.Join(dir, "parley")
		build := exec.Command("go", "build", "-o", bin, "./cmd/parley")
		build.Dir = root
		if out, err := build.CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "build parley: %v\n%s", err, out)
			return 1
		}
		return m.Run()
	}())
}

// server is a parley in its namespace.
type server struct {
	roots string // file with its certificate
	log   bytes.Buffer
	ended chan struct{}
}

// startServer starts one, told what further arguments say.
func startServer(t *testing.T, n *internet, further ...string) *server {
	t.Helper()
	dir := t.TempDir()
	s := &server{roots: filepath.Join(dir, "tls", "self-signed.crt"), ended: make(chan struct{})}
	args := []string{"serve", "--demo", "--listen", "[::]:443", "--data", dir,
		"--tls", "self-signed", "--media-port", "7882", "--turn-port", "3478", "--spoken-notice", "off", "--wrap-up", "0s",
		"--limit-calls", "off", "--limit-calls-address", "off", "--limit-turn", "off", "--limit-turn-address", "off", "--limit-messages", "off", "--limit-messages-address", "off"}
	cmd := n.command(context.Background(), n.server(), bin, append(args, further...)...)
	logs, err := cmd.StderrPipe()
	must(t, err)
	must(t, cmd.Start())
	ready := make(chan struct{})
	go func() {
		defer close(s.ended)
		for lines := bufio.NewScanner(logs); lines.Scan(); {
			s.log.Write(append(lines.Bytes(), '\n'))
			if strings.Contains(lines.Text(), `"message":"ready"`) {
				close(ready)
			}
		}
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM) // it may have ended
		<-s.ended
		if err := cmd.Wait(); err != nil {
			t.Errorf("the server ended with %v", err)
		}
		if t.Failed() {
			t.Logf("server log:\n%s", &s.log)
		}
	})
	select {
	case <-ready:
	case <-s.ended:
		t.Fatalf("the server did not start:\n%s", &s.log)
	case <-time.After(time.Minute):
		t.Fatal("the server was not ready within a minute")
	}
	return s
}

// token signs in as a person of the demo, from inside the server's namespace.
func (s *server) token(t *testing.T, n *internet, person string) string {
	t.Helper()
	out, err := n.command(t.Context(), n.server(), "curl", "-sS", "--fail", "--cacert", s.roots, "--json", `{"person":"`+person+`"}`,
		"https://"+serverIPv4+wire.Root+"/demo/session").Output()
	must(t, err)
	var session struct{ Token string }
	must(t, json.Unmarshal(out, &session))
	return session.Token
}

// cell is one kind of network.
type cell struct {
	name  string
	url   string // of the server
	rules []string
	way   softphone.Way
	path  []string // how the sound may travel; nil where pion's phone cannot call
	// browser is the same of browsers, which tell more of it.
	browser []string
}

// anyPath is all that there are: where UDP is open it is the rule, but on a
// network without delay the first to work may be any.
var anyPath = []string{"udp", "tcp", "relay", "relay-udp", "relay-tcp", "relay-tls"}

func cells() []cell {
	nat := "iptables -t nat -A POSTROUTING -o up0 -j MASQUERADE"
	four, six := "https://"+serverIPv4, "https://["+serverIPv6+"]"
	return []cell{
		{"UDP open", four, []string{nat}, softphone.Any, anyPath, anyPath},
		{"UDP blocked", four, []string{nat, "iptables -A FORWARD -p udp -j DROP", "iptables -A FORWARD -p tcp --dport 3478 -j REJECT"}, softphone.ICETCP, []string{"tcp"}, []string{"tcp", "relay-tcp", "relay-tls"}},
		{"only TLS on one port", four, []string{
			nat,
			"iptables -A FORWARD -i down0 -p udp -j DROP",
			"iptables -A FORWARD -i down0 -p tcp ! --dport 443 -j REJECT --reject-with tcp-reset",
			"iptables -A FORWARD -i down0 -p tcp -m string --algo bm --hex-string |2112a442| -j REJECT --reject-with tcp-reset",
		}, softphone.Any, []string{"relay"}, []string{"relay-tls"}},
		{"relay only", four, []string{
			nat,
			"iptables -A FORWARD -i down0 -p udp ! --dport 3478 -j DROP",
			"iptables -A FORWARD -i down0 -p tcp ! --dport 443 -j REJECT --reject-with tcp-reset",
			"iptables -A FORWARD -i down0 -p tcp -m string --algo bm --hex-string |2112a442| -j REJECT --reject-with tcp-reset",
		}, softphone.Any, []string{"relay"}, []string{"relay-udp", "relay-tls"}},
		{"symmetric NAT on both sides", four, []string{nat + " --random-fully"}, softphone.Any, anyPath, anyPath},
		{"IPv6 only", six, nil, softphone.Any, anyPath, anyPath},
		// pion's agent does not go to a relay by IPv6.
		{"relay only, by IPv6", six, []string{
			"ip6tables -A FORWARD -i down0 -p udp ! --dport 3478 -j DROP",
			"ip6tables -A FORWARD -i down0 -p tcp ! --dport 443 -j REJECT --reject-with tcp-reset",
			"ip6tables -A FORWARD -i down0 -p tcp -m string --algo bm --hex-string |2112a442| -j REJECT --reject-with tcp-reset",
		}, softphone.Any, nil, []string{"relay-udp", "relay-tls"}},
	}
}

// number is what an environment variable says, by default something else.
func number(t *testing.T, variable string, otherwise int) int {
	t.Helper()
	text := os.Getenv(variable)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	must(t, err)
	return n
}

// TestEveryNetworkConnects: two people whose networks are alike hear each other,
// whatever these let through. Of many calls at least 99.5 % are set up; of a few,
// all.
func TestEveryNetworkConnects(t *testing.T) {
	n := newInternet(t)
	s := startServer(t, n)
	tokens := [2]string{s.token(t, n, "maya"), s.token(t, n, "dr-lee")}
	for _, c := range cells() {
		if c.path == nil {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			n.family(t, strings.Contains(c.url, "["))
			n.rules(t, c.rules...)
			judge(t, c, s.hold(t, n, c, tokens, number(t, "PARLEY_CALLS", 2)))
		})
	}
}

// judge looks at the reports of all calls of a cell.
func judge(t *testing.T, c cell, reports [][2]report) {
	t.Helper()
	failed := 0
	var sound []time.Duration
	paths := map[string]int{}
	for _, r := range reports {
		if r[0].Error+r[1].Error != "" {
			failed++
			t.Logf("not connected: %s; %s", r[0], r[1])
			continue
		}
		for _, r := range r {
			paths[r.Path]++
			sound = append(sound, r.Sound)
			if !slices.Contains(c.path, r.Path) {
				t.Errorf("the sound came by %s, want %s", r.Path, strings.Join(c.path, " or "))
			}
		}
	}
	if failed*200 > len(reports) {
		t.Fatalf("%d of %d calls were not connected", failed, len(reports))
	}
	slices.Sort(sound)
	t.Logf("%d of %d calls connected, by %v; accept to sound p50 %v, p95 %v", len(reports)-failed, len(reports), paths,
		sound[len(sound)/2].Round(time.Millisecond), sound[len(sound)*95/100].Round(time.Millisecond))
}

// phone is a process in a host's namespace.
type phone struct {
	in     io.WriteCloser
	out    *json.Decoder
	errors bytes.Buffer
	cmd    *exec.Cmd
}

func (s *server) phone(t *testing.T, n *internet, side int, o order) *phone {
	t.Helper()
	text, err := json.Marshal(o)
	must(t, err)
	p := &phone{cmd: n.command(t.Context(), n.host(side), os.Args[0])}
	p.cmd.Env = append(os.Environ(), phoneEnv+"="+string(text), "SSL_CERT_FILE="+s.roots)
	p.in, err = p.cmd.StdinPipe()
	must(t, err)
	out, err := p.cmd.StdoutPipe()
	must(t, err)
	p.out, p.cmd.Stderr = json.NewDecoder(out), &p.errors
	must(t, p.cmd.Start())
	return p
}

// hold makes calls one after another; both phones report each.
func (s *server) hold(t *testing.T, n *internet, c cell, tokens [2]string, calls int) (reports [][2]report) {
	t.Helper()
	o := order{Server: c.url, Roots: s.roots, Calls: calls, Way: c.way}
	o.Token = tokens[sideExpert]
	expert := s.phone(t, n, sideExpert, o)
	o.Token, o.Expert = tokens[sideMember], "dr-lee"
	member := s.phone(t, n, sideMember, o)
	phones := [2]*phone{member, expert}
	for i := range calls {
		var r [2]report
		for side, p := range phones {
			if err := p.out.Decode(&r[side]); err != nil {
				t.Fatalf("call %d, side %d: %v\n%s", i, side, err, &p.errors)
			}
		}
		_, err := io.WriteString(member.in, "\n")
		must(t, err)
		reports = append(reports, r)
	}
	for side, p := range phones {
		if err := p.cmd.Wait(); err != nil {
			t.Errorf("side %d: %v\n%s", side, err, &p.errors)
		}
	}
	return reports
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
