package relay

import (
	"encoding/binary"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/pion/stun/v2"
)

// wireClient speaks TURN over UDP message by message, so that it can say what a
// well-behaved client never would.
type wireClient struct {
	t           testing.TB
	conn        *net.UDPConn
	server      *net.UDPAddr
	credentials Credentials
	realm       string
	nonce       stun.Nonce
}

// newWireClient learns realm and nonce from a first refused request
// (RFC 8489 §9.2.5).
func newWireClient(t testing.TB, s *Server, c Credentials) *wireClient {
	t.Helper()
	return newWireClientOn(t, listenUDP(t), s.Addrs().UDP, c)
}

// newWireClientOn is newWireClient from a socket that is open, to an address of
// the server.
func newWireClientOn(t testing.TB, conn *net.UDPConn, server netip.AddrPort, c Credentials) *wireClient {
	t.Helper()
	w := &wireClient{t: t, conn: conn, server: net.UDPAddrFromAddrPort(server), credentials: c}
	challenge := w.exchange(w.build(stun.MethodAllocate, udpTransport()))
	var realm stun.Realm
	if err := realm.GetFrom(challenge); err != nil {
		t.Fatalf("realm of the challenge: %v", err)
	}
	if err := w.nonce.GetFrom(challenge); err != nil {
		t.Fatalf("nonce of the challenge: %v", err)
	}
	w.realm = realm.String()
	return w
}

func (w *wireClient) build(method stun.Method, setters ...stun.Setter) *stun.Message {
	w.t.Helper()
	all := append([]stun.Setter{stun.TransactionID, stun.NewType(method, stun.ClassRequest)}, setters...)
	m, err := stun.Build(all...)
	if err != nil {
		w.t.Fatalf("build a %s request: %v", method, err)
	}
	return m
}

// signed builds a request with the client's credentials.
func (w *wireClient) signed(method stun.Method, setters ...stun.Setter) *stun.Message {
	return w.build(method, append(setters,
		stun.NewUsername(w.credentials.Username),
		stun.NewRealm(w.realm),
		w.nonce,
		stun.NewLongTermIntegrity(w.credentials.Username, w.realm, w.credentials.Password),
	)...)
}

func (w *wireClient) send(raw []byte) {
	w.t.Helper()
	if _, err := w.conn.WriteTo(raw, w.server); err != nil {
		w.t.Fatal(err)
	}
}

// answer returns the response to m, or nil when there is none in time.
func (w *wireClient) answer(m *stun.Message, patience time.Duration) *stun.Message {
	w.t.Helper()
	if err := w.conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		w.t.Fatal(err)
	}
	buf := make([]byte, 1600)
	for {
		n, _, err := w.conn.ReadFrom(buf)
		if err != nil {
			return nil
		}
		response := &stun.Message{Raw: buf[:n]}
		if response.Decode() == nil && response.TransactionID == m.TransactionID {
			return response
		}
	}
}

// exchange sends m and returns its response.
func (w *wireClient) exchange(m *stun.Message) *stun.Message {
	w.t.Helper()
	w.send(m.Raw)
	response := w.answer(m, testPatience)
	if response == nil {
		w.t.Fatalf("%s: no answer in %s", m.Type, testPatience)
	}
	return response
}

// ask sends a signed request and reports whether it succeeded, and the error
// code if one was given.
func (w *wireClient) ask(method stun.Method, setters ...stun.Setter) (bool, stun.ErrorCode) {
	w.t.Helper()
	response := w.exchange(w.signed(method, setters...))
	var code stun.ErrorCodeAttribute
	_ = code.GetFrom(response) // some refusals of pion carry none
	return response.Type.Class == stun.ClassSuccessResponse, code.Code
}

// mustAsk is ask for what has to succeed.
func (w *wireClient) mustAsk(method stun.Method, setters ...stun.Setter) {
	w.t.Helper()
	if ok, code := w.ask(method, setters...); !ok {
		w.t.Fatalf("%s: got error %d, want success", method, code)
	}
}

// sendTo sends data to peer in a Send indication (RFC 8656 §10.1).
func (w *wireClient) sendTo(peer netip.AddrPort, data string) {
	w.t.Helper()
	m, err := stun.Build(stun.TransactionID, stun.NewType(stun.MethodSend, stun.ClassIndication),
		xorPeer(peer), stun.RawAttribute{Type: stun.AttrData, Value: []byte(data)})
	if err != nil {
		w.t.Fatal(err)
	}
	w.send(m.Raw)
}

// sendChannel sends data on a channel (RFC 8656 §12.4).
func (w *wireClient) sendChannel(number uint16, data string) {
	w.t.Helper()
	frame := binary.BigEndian.AppendUint16(nil, number)
	frame = binary.BigEndian.AppendUint16(frame, uint16(len(data)))
	w.send(append(frame, data...))
}

func udpTransport() stun.Setter {
	return stun.RawAttribute{Type: stun.AttrRequestedTransport, Value: []byte{17, 0, 0, 0}}
}

func lifetime(seconds uint32) stun.Setter {
	return stun.RawAttribute{Type: stun.AttrLifetime, Value: binary.BigEndian.AppendUint32(nil, seconds)}
}

func channel(number uint16) stun.Setter {
	return stun.RawAttribute{Type: stun.AttrChannelNumber, Value: binary.BigEndian.AppendUint32(nil, uint32(number)<<16)}
}

// xorPeer is XOR-PEER-ADDRESS in the family the address is written in, so that
// an IPv4-mapped one goes out as IPv6.
type xorPeer netip.AddrPort

func (p xorPeer) AddTo(m *stun.Message) error {
	const cookie = 0x2112A442
	peer := netip.AddrPort(p)
	key := append(binary.BigEndian.AppendUint32(nil, cookie), m.TransactionID[:]...)
	ip, family := peer.Addr().AsSlice(), byte(1)
	if peer.Addr().Is6() {
		family = 2
	}
	value := binary.BigEndian.AppendUint16([]byte{0, family}, peer.Port()^cookie>>16)
	for i, b := range ip {
		value = append(value, b^key[i])
	}
	m.Add(stun.AttrXORPeerAddress, value)
	return nil
}
