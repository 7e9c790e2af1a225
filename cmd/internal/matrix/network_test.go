package matrix

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// Addresses of the test's internet. They are public ones, for whatever treats
// private addresses otherwise must not notice that this is a test.
const (
	serverIPv4 = "93.184.216.2"
	serverIPv6 = "2606:4700:1::2"
)

// Sides of a call; each is a host behind a router of its own.
const (
	sideMember = 0
	sideExpert = 1
)

// internet is a server and two hosts behind routers, all joined by one bridge.
type internet struct{ prefix string }

// newInternet makes the namespaces; they end with the test.
func newInternet(t *testing.T) *internet {
	t.Helper()
	if os.Getuid() != 0 {
		t.Fatal("network namespaces need root: run the tests as root")
	}
	n := &internet{prefix: fmt.Sprintf("parley%d", os.Getpid())}
	names := []string{n.ns("net"), n.server(), n.host(0), n.host(1), n.router(0), n.router(1)}
	t.Cleanup(func() {
		for _, name := range names {
			// One that was not made is not there to be removed.
			_ = exec.Command("ip", "netns", "delete", name).Run()
		}
	})
	for _, name := range names {
		run(t, "ip", "netns", "add", name)
		n.in(t, name, "ip link set lo up")
	}
	n.in(t, n.ns("net"), "ip link add br0 type bridge", "ip link set br0 up")
	n.join(t, n.server(), "srv")
	n.in(t, n.server(),
		"ip addr add "+serverIPv4+"/24 dev up0", "ip -6 addr add "+serverIPv6+"/64 dev up0 nodad",
		"ip -6 route add 2606:4700:a::/64 via 2606:4700:1::a", "ip -6 route add 2606:4700:b::/64 via 2606:4700:1::b",
	)
	for side := range 2 {
		n.addHost(t, side)
	}
	return n
}

func (n *internet) ns(name string) string   { return n.prefix + name }
func (n *internet) server() string          { return n.ns("s") }
func (n *internet) host(side int) string    { return n.ns(fmt.Sprint("h", side)) }
func (n *internet) router(side int) string  { return n.ns(fmt.Sprint("r", side)) }
func letter(side int) string                { return string(rune('a' + side)) }
func external(side int) string              { return fmt.Sprint("93.184.216.1", side+1) }
func (n *internet) exec(ns string) []string { return []string{"ip", "netns", "exec", ns} }
func (n *internet) command(ctx context.Context, ns, name string, args ...string) *exec.Cmd {
	all := append(n.exec(ns), append([]string{name}, args...)...)
	return exec.CommandContext(ctx, all[0], all[1:]...)
}

// join connects a namespace's up0 with the bridge.
func (n *internet) join(t *testing.T, ns, port string) {
	t.Helper()
	n.in(t, n.ns("net"), "ip link add "+port+" type veth peer name up0 netns "+ns, "ip link set "+port+" master br0 up")
	n.in(t, ns, "ip link set up0 up")
}

func (n *internet) addHost(t *testing.T, side int) {
	t.Helper()
	r, h, x := n.router(side), n.host(side), letter(side)
	n.join(t, r, "r"+x)
	n.in(t, r,
		"ip addr add "+external(side)+"/24 dev up0", "ip -6 addr add 2606:4700:1::"+x+"/64 dev up0 nodad",
		"ip link add down0 type veth peer name up0 netns "+h, "ip link set down0 up",
		"ip addr add 10.9.0.1/24 dev down0", "ip -6 addr add 2606:4700:"+x+"::1/64 dev down0 nodad",
		"sysctl -qw net.ipv4.ip_forward=1", "sysctl -qw net.ipv6.conf.all.forwarding=1",
	)
	n.in(t, h,
		"ip link set up0 up", "ip addr add 10.9.0.2/24 dev up0", "ip -6 addr add 2606:4700:"+x+"::2/64 dev up0 nodad",
	)
}

// rules makes both routers filter and translate by these rules and no others.
func (n *internet) rules(t *testing.T, rules ...string) {
	t.Helper()
	for side := range 2 {
		all := []string{"iptables -F", "iptables -t nat -F", "ip6tables -F"}
		n.in(t, n.router(side), append(all, rules...)...)
	}
}

// family gives both hosts a way out by one version of IP only.
func (n *internet) family(t *testing.T, six bool) {
	t.Helper()
	for side := range 2 {
		n.in(t, n.host(side), "ip route flush exact default", "ip -6 route flush exact default")
		if six {
			n.in(t, n.host(side), "ip -6 route add default via 2606:4700:"+letter(side)+"::1")
		} else {
			n.in(t, n.host(side), "ip route add default via 10.9.0.1")
		}
	}
}

// in runs commands in a namespace.
func (n *internet) in(t *testing.T, ns string, commands ...string) {
	t.Helper()
	for _, c := range commands {
		run(t, append(n.exec(ns), strings.Fields(c)...)...)
	}
}

func run(t *testing.T, command ...string) {
	t.Helper()
	if out, err := exec.Command(command[0], command[1:]...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(command, " "), err, out)
	}
}
