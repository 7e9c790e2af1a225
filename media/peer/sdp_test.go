package peer

import (
	"errors"
	"strings"
	"testing"

	"parley/media/bridge"
)

// section cuts an answer into its session part and its audio section.
func section(t testing.TB, answer string) (head, audio string) {
	t.Helper()
	i := strings.Index(answer, "m=audio")
	if i < 0 {
		t.Fatalf("the browser's answer has no audio section:\n%s", answer)
	}
	return answer[:i], answer[i:]
}

func TestAnswersThatCannotCarryACall(t *testing.T) {
	f := factory(t)
	s, b := serve(t, f), newBrowser(t)
	good := b.answer(t, s.offer)
	head, audio := section(t, good)
	video := strings.NewReplacer("m=audio", "m=video", "opus/48000/2", "VP8/90000").Replace(audio)
	tests := []struct{ name, sdp, reason string }{
		{"empty", "", "no audio section"},
		{"garbage", "hello", "cannot be parsed"},
		{"binary", "\x00\xff\x16\x03", "cannot be parsed"},
		{"HTML", "<html></html>", "cannot be parsed"},
		{"no section", head, "no audio section"},
		{"video only", head + video, "section other than audio"},
		{"audio and video", good + video, "section other than audio"},
		{"two audio sections", good + audio, "more than one audio section"},
		{"data channel only", head + "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n", "section other than audio"},
		{"port 0", head + strings.Replace(audio, "m=audio 9", "m=audio 0", 1), "refuses the audio section"},
		{"no Opus", head + strings.ReplaceAll(audio, "opus/48000/2", "PCMU/8000"), "does not take Opus"},
		{"no rtpmap", head + withoutLines(audio, "a=rtpmap"), "does not take Opus"},
		{"Opus of another clock", head + strings.ReplaceAll(audio, "opus/48000/2", "opus/16000"), "does not take Opus"},
		{"no fingerprint", withoutLines(good, "a=fingerprint"), "no certificate fingerprint"},
		{"no mid", withoutLines(good, "a=mid"), "not the one that was offered"},
		{"fingerprint without its hash", replaceLine(good, "a=fingerprint", "a=fingerprint:AA:BB"), "no certificate fingerprint"},
		{"no ICE credentials", withoutLines(good, "a=ice-"), "no ICE credentials"},
		{"another mid", strings.ReplaceAll(good, "a=mid:0", "a=mid:7"), "not the one that was offered"},
		{"fingerprint of nonsense", replaceLine(good, "a=fingerprint", "a=fingerprint:sha-256 zz"), "no certificate fingerprint"},
		{"a candidate of nonsense", good + "a=candidate:x\r\n", "candidate that cannot be read"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := s.Answer(0, tt.sdp)
			var refused *SDPError
			if !errors.As(err, &refused) {
				t.Fatalf("got %v, want a *SDPError", err)
			}
			if !strings.Contains(refused.Reason, tt.reason) {
				t.Errorf("reason: got %q, want it to say %q", refused.Reason, tt.reason)
			}
			for _, line := range strings.Split(tt.sdp, "\r\n") {
				if len(line) > 20 && strings.Contains(refused.Error(), line) {
					t.Errorf("the error repeats the description: %v", refused)
				}
			}
		})
	}
	// The peer is still there for a right answer, and for one only.
	if err := s.Answer(0, good); err != nil {
		t.Fatalf("a right answer after wrong ones: %v", err)
	}
	s.seen.wait(t, "the connection", func() bool { return s.seen.last() == bridge.StateConnected })
	var refused *SDPError
	if err := s.Answer(0, good); !errors.As(err, &refused) || !strings.Contains(refused.Reason, "answered already") {
		t.Errorf("second answer: got %v, want a refusal", err)
	}
	until(t, s.seen, "a packet after it all", func(n int) { b.speak(n, "x") }, func() bool { return len(s.seen.packets) > 0 })
}

func withoutLines(sdp, prefix string) string {
	var out []string
	for _, line := range strings.SplitAfter(sdp, "\r\n") {
		if !strings.HasPrefix(line, prefix) {
			out = append(out, line)
		}
	}
	return strings.Join(out, "")
}

func replaceLine(sdp, prefix, with string) string {
	lines := strings.SplitAfter(sdp, "\r\n")
	for i, line := range lines {
		if strings.HasPrefix(line, prefix) {
			lines[i] = with + "\r\n"
		}
	}
	return strings.Join(lines, "")
}

func TestCandidates(t *testing.T) {
	f := factory(t)
	s, b := serve(t, f), newBrowser(t)
	mid, wrongMid := "0", "7"
	if err := s.Answer(0, b.answer(t, s.offer)); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		c    bridge.Candidate
		ok   bool
	}{
		{"host", bridge.Candidate{Candidate: "candidate:1 1 udp 2122260223 192.0.2.1 50000 typ host", SDPMid: &mid}, true},
		{"without its prefix", bridge.Candidate{Candidate: "1 1 udp 2122260223 192.0.2.2 50000 typ host"}, true},
		{"server reflexive", bridge.Candidate{Candidate: "candidate:2 1 udp 1686052607 198.51.100.1 50000 typ srflx raddr 0.0.0.0 rport 0"}, true},
		{"IPv6", bridge.Candidate{Candidate: "candidate:3 1 udp 2122260223 2001:db8::1 50000 typ host"}, true},
		{"TCP", bridge.Candidate{Candidate: "candidate:4 1 tcp 1518280447 192.0.2.1 9 typ host tcptype active"}, true},
		{"a name of mDNS", bridge.Candidate{Candidate: "candidate:5 1 udp 2122260223 0f5c5e3a-aaaa-4bbb-8ccc-0123456789ab.local 50000 typ host"}, true},
		{"the end of the list", bridge.Candidate{}, true},
		{"another section", bridge.Candidate{Candidate: "candidate:1 1 udp 2122260223 192.0.2.1 50000 typ host", SDPMid: &wrongMid}, true},
		{"nonsense", bridge.Candidate{Candidate: "candidate:hello"}, false},
		{"an address of nonsense", bridge.Candidate{Candidate: "candidate:1 1 udp 1 999.1.1.1 50000 typ host"}, false},
		{"a port of nonsense", bridge.Candidate{Candidate: "candidate:1 1 udp 1 192.0.2.1 99999999 typ host"}, false},
	}
	for _, tt := range tests {
		err := s.AddCandidate(tt.c)
		var refused *SDPError
		if tt.ok && err != nil || !tt.ok && !errors.As(err, &refused) {
			t.Errorf("%s: got %v, want it taken: %v", tt.name, err, tt.ok)
		}
		if err != nil && strings.Contains(err.Error(), "192.0.2.1") {
			t.Errorf("%s: the error repeats an address: %v", tt.name, err)
		}
	}
	s.seen.wait(t, "the connection", func() bool { return s.seen.last() == bridge.StateConnected })
}

func TestCandidateBeforeTheAnswer(t *testing.T) {
	s := serve(t, factory(t))
	err := s.AddCandidate(bridge.Candidate{Candidate: "candidate:1 1 udp 2122260223 192.0.2.1 50000 typ host"})
	var refused *SDPError
	if !errors.As(err, &refused) {
		t.Errorf("got %v, want a *SDPError: there is nothing yet that it belongs to", err)
	}
}

func FuzzCheckAnswer(f *testing.F) {
	f.Add("")
	f.Add("v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=rtpmap:111 opus/48000/2\r\n")
	f.Add("v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=video 0 UDP/TLS/RTP/SAVPF 96\r\n")
	f.Fuzz(func(t *testing.T, sdp string) {
		err := checkAnswer(sdp, "0")
		var refused *SDPError
		if err != nil && !errors.As(err, &refused) {
			t.Errorf("checkAnswer(%q): got %T, want a *SDPError", sdp, err)
		}
		if err == nil && (!strings.Contains(sdp, "m=audio") || !strings.Contains(strings.ToLower(sdp), "opus/48000")) {
			t.Errorf("checkAnswer(%q): got no error, want audio with Opus", sdp)
		}
	})
}
