package relay

import (
	"bytes"
	"errors"
	"io"
	"net"
	"slices"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/pion/stun/v2"
)

// stunMessage builds a STUN message of raw attributes.
func stunMessage(t testing.TB, method stun.Method, class stun.MessageClass, attributes ...stun.RawAttribute) []byte {
	t.Helper()
	m := new(stun.Message)
	m.Type = stun.NewType(method, class)
	m.WriteHeader()
	for _, a := range attributes {
		m.Add(a.Type, a.Value)
	}
	return m.Raw
}

func TestClassify(t *testing.T) {
	peer := func(value ...byte) []byte {
		return stunMessage(t, stun.MethodCreatePermission, stun.ClassRequest,
			stun.RawAttribute{Type: stun.AttrXORPeerAddress, Value: value})
	}
	request := stunMessage(t, stun.MethodAllocate, stun.ClassRequest)
	for _, row := range []struct {
		name     string
		datagram []byte
		want     kind
	}{
		{"empty", nil, kindInvalid},
		{"three bytes", []byte{0x40, 0, 0}, kindInvalid},
		{"channel data", []byte{0x40, 0, 0, 1, 9}, kindChannelData},
		{"request", request, kindRequest},
		{"indication", stunMessage(t, stun.MethodSend, stun.ClassIndication), kindOther},
		{"error response", stunMessage(t, stun.MethodSend, stun.ClassErrorResponse), kindOther},
		{"header cut", request[:19], kindInvalid},
		{"top bit set", append([]byte{0x80}, request[1:]...), kindInvalid},
		{"both top bits set", append([]byte{0xc0}, request[1:]...), kindInvalid},
		{"longer than it is", append([]byte{0, 3, 0, 4}, request[4:]...), kindInvalid},
		{"bytes after the end", append(slices.Clone(request), 1, 2, 3, 4), kindRequest},
		{"IPv4 peer", peer(0, 1, 0, 9, 1, 2, 3, 4), kindRequest},
		{"IPv6 peer", peer(append([]byte{0, 2, 0, 9}, make([]byte, 16)...)...), kindRequest},
		{"empty peer", peer(), kindInvalid},
		{"one byte of peer", peer(0), kindInvalid},
		{"short peer", peer(0, 1, 0, 9, 1, 2, 3), kindInvalid},
		{"IPv6 peer of 4 bytes", peer(0, 2, 0, 9, 1, 2, 3, 4), kindInvalid},
		{"unknown family", peer(0, 3, 0, 9, 1, 2, 3, 4), kindInvalid},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := classify(row.datagram); got != row.want {
				t.Errorf("classify(%x): got %d, want %d", row.datagram, got, row.want)
			}
		})
	}
}

// Whatever classify lets through, reading peer addresses from it must not panic,
// as pion reads them without checking.
func FuzzClassify(f *testing.F) {
	f.Add(stunMessage(f, stun.MethodAllocate, stun.ClassRequest))
	for _, value := range [][]byte{nil, {0}, {0, 1, 0, 9, 1, 2, 3, 4}, append([]byte{0, 2, 0, 9}, make([]byte, 16)...)} {
		f.Add(stunMessage(f, stun.MethodChannelBind, stun.ClassRequest, stun.RawAttribute{Type: stun.AttrXORPeerAddress, Value: value}))
	}
	f.Add([]byte{0x40, 0, 0, 1, 9, 0, 0, 0})
	f.Fuzz(func(t *testing.T, datagram []byte) {
		if k := classify(datagram); k != kindRequest && k != kindOther {
			return
		}
		m := &stun.Message{Raw: slices.Clip(slices.Clone(datagram))}
		if err := m.Decode(); err != nil {
			return
		}
		err := m.ForEach(stun.AttrXORPeerAddress, func(m *stun.Message) error {
			var peer stun.XORMappedAddress
			return peer.GetFromAs(m, stun.AttrXORPeerAddress)
		})
		if err != nil {
			t.Errorf("peer address of %x: got %v, want it to be readable", datagram, err)
		}
	})
}

func TestFrameLength(t *testing.T) {
	for _, row := range []struct {
		header [4]byte
		want   int // 0 is errFrame
	}{
		{[4]byte{0, 1, 0, 0}, 20},
		{[4]byte{0, 1, 0, 8}, 28},
		{[4]byte{0, 1, 0, 7}, 0},
		{[4]byte{0, 1, 0xff, 0xec}, 65536}, // 16 bits would make it 0
		{[4]byte{0x40, 0, 0, 0}, 4},
		{[4]byte{0x40, 0, 0, 5}, 12},
		{[4]byte{0x7f, 0xff, 0xff, 0xff}, 65540},
		{[4]byte{0x80, 0, 0, 0}, 0},
		{[4]byte{'G', 'E', 'T', ' '}, 4 + 0x5420},
		{[4]byte{0xff, 0, 0, 0}, 0},
	} {
		got, err := frameLength(row.header)
		if got != row.want || (err != nil) != (row.want == 0) {
			t.Errorf("frameLength(%x): got %d, %v, want %d", row.header, got, err, row.want)
		}
	}
}

// readerConn is a connection that yields what a reader has.
type readerConn struct {
	net.Conn
	io.Reader
}

func (c readerConn) Read(p []byte) (int, error) { return c.Reader.Read(p) }
func (readerConn) RemoteAddr() net.Addr         { return &net.TCPAddr{} }

func TestStreamFrames(t *testing.T) {
	request := stunMessage(t, stun.MethodAllocate, stun.ClassRequest, stun.RawAttribute{Type: stun.AttrSoftware, Value: []byte("test")})
	data := []byte{0x40, 0, 0, 1, 9, 0, 0, 0}
	large := append([]byte{0x40, 0, 0x10, 0}, make([]byte, 0x1000)...)
	huge := append([]byte{0, 1, 0xff, 0xec}, make([]byte, 65532)...)
	frames := [][]byte{request, data, large, data, huge, request}
	want := [][]byte{request, data, data, request}
	for name, reader := range map[string]func(io.Reader) io.Reader{
		"whole":     func(r io.Reader) io.Reader { return r },
		"byte-wise": iotest.OneByteReader,
		"halves":    iotest.HalfReader,
	} {
		t.Run(name, func(t *testing.T) {
			s := newStream(readerConn{Reader: reader(bytes.NewReader(slices.Concat(frames...)))})
			buf := make([]byte, 1600)
			for i, w := range want {
				n, _, err := s.ReadFrom(buf)
				if err != nil || !bytes.Equal(buf[:n], w) {
					t.Fatalf("frame %d: got %x, %v, want %x", i, buf[:n], err, w)
				}
			}
			if _, _, err := s.ReadFrom(buf); !errors.Is(err, io.EOF) {
				t.Errorf("after the last frame: got %v, want EOF", err)
			}
		})
	}
}

func TestStreamRefusesOtherProtocols(t *testing.T) {
	for name, text := range map[string]string{
		"TLS":       "\x16\x03\x01\x02\x01 and more",
		"high bits": "\xff\xff\xff\xff\xff\xff\xff\xff",
	} {
		s := newStream(readerConn{Reader: bytes.NewReader([]byte(text))})
		if n, _, err := s.ReadFrom(make([]byte, 1600)); err == nil {
			t.Errorf("%s: got %d bytes, want an error", name, n)
		}
	}
}

func FuzzStream(f *testing.F) {
	f.Add(stunMessage(f, stun.MethodAllocate, stun.ClassRequest))
	f.Add([]byte{0x40, 0, 0, 1, 9, 0, 0, 0, 0x40, 0, 0, 0})
	f.Add([]byte{0, 1, 0xff, 0xec})
	f.Fuzz(func(t *testing.T, bytesOnWire []byte) {
		s := newStream(readerConn{Reader: bytes.NewReader(bytesOnWire)})
		buf, total := make([]byte, 64), 0
		for {
			n, _, err := s.ReadFrom(buf)
			if err != nil {
				return
			}
			if total += n; n == 0 || total > len(bytesOnWire) {
				t.Fatalf("frame of %d bytes, %d in all, from %d on the wire", n, total, len(bytesOnWire))
			}
		}
	})
}

func TestStalledClientIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		defer far.Close()
		start := time.Now()
		if _, err := newStream(near).WriteTo([]byte("unread"), nil); err == nil {
			t.Error("write to a client that does not read: got no error")
		}
		if got := time.Since(start); got != streamWrite {
			t.Errorf("given up after %s, want %s", got, streamWrite)
		}
		if _, err := far.Write([]byte{1}); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("connection after it was given up: got %v, want closed", err)
		}
	})
}
