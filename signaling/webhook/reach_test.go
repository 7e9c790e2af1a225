package webhook

import (
	"errors"
	"net/netip"
	"testing"
	"time"
)

func TestPublic(t *testing.T) {
	for text, want := range map[string]bool{
		"93.184.215.14": true, "1.1.1.1": true, "2606:4700::1111": true, "::ffff:1.1.1.1": true,
		"127.0.0.1": false, "127.9.9.9": false, "10.0.0.1": false, "172.16.0.1": false, "192.168.1.1": false,
		"169.254.169.254": false, "100.64.0.1": false, "0.0.0.0": false, "0.1.2.3": false, "224.0.0.1": false,
		"255.255.255.255": false, "240.0.0.1": false, "198.18.0.1": false, "192.0.2.1": false,
		"::1": false, "::": false, "fe80::1": false, "fe80::1%eth0": false, "fc00::1": false, "fd00:ec2::254": false,
		"ff02::1": false, "::ffff:127.0.0.1": false, "::ffff:10.0.0.1": false, "::127.0.0.1": false,
		"64:ff9b::7f00:1": false, "64:ff9b:1::a00:1": false, "2002:7f00:1::": false, "2001:db8::1": false, "2001::1": false,
	} {
		if got := public(netip.MustParseAddr(text)); got != want {
			t.Errorf("public(%s): got %v, want %v", text, got, want)
		}
	}
}

func TestCheckURL(t *testing.T) {
	for text, want := range map[string][2]bool{ // allowed, and with private addresses
		"https://platform.example/hook":      {true, true},
		"https://platform.example:8443/hook": {true, true},
		"https://1.1.1.1/":                   {true, true},
		"http://platform.example/hook":       {false, true},
		"https://127.0.0.1/":                 {false, true},
		"https://[::1]/":                     {false, true},
		"https://[::ffff:10.0.0.1]/":         {false, true},
		"https://169.254.169.254/latest":     {false, true},
		"https://user:pass@platform.example": {false, false},
		"ftp://platform.example/":            {false, false},
		"file:///etc/passwd":                 {false, false},
		"platform.example/hook":              {false, false},
		"https:///hook":                      {false, false},
		"":                                   {false, false},
	} {
		for i, private := range []bool{false, true} {
			if err := CheckURL(text, private); (err == nil) != want[i] || err != nil && !errors.Is(err, ErrAddress) {
				t.Errorf("CheckURL(%q, %v): got %v, want allowed %v", text, private, err, want[i])
			}
		}
	}
}

func TestWait(t *testing.T) {
	b := Backoff{First: time.Second, Last: time.Hour}
	for _, x := range []struct{ pause, ask, least, most time.Duration }{
		{time.Second, 0, time.Second / 2, time.Second},
		{time.Second, time.Minute, time.Minute, time.Minute},
		{time.Minute, time.Second, time.Minute / 2, time.Minute},
		{time.Second, 48 * time.Hour, time.Hour, time.Hour}, // an hour is the longest
		{time.Second, -time.Minute, time.Second / 2, time.Second},
	} {
		for range 100 {
			if got := b.wait(x.pause, x.ask); got < x.least || got > x.most {
				t.Errorf("wait(%v, %v): got %v, want %v to %v", x.pause, x.ask, got, x.least, x.most)
			}
		}
	}
}

// TestSign has a vector that openssl made:
//
//	printf 'msg_1.1614265330.{"test": 2432232314}' | openssl dgst -sha256 -mac HMAC -macopt hexkey:… -binary | base64
func TestSign(t *testing.T) {
	secret, err := ParseSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	if err != nil {
		t.Fatal(err)
	}
	const want = "9o7UeFkn1GjVbcY4emAJruJCYqgH2EIf8u/slvVRBZI="
	if got := sign(secret, "msg_1", time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`)); got != "v1,"+want {
		t.Errorf("got %s, want v1,%s", got, want)
	}
}
