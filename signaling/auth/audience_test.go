package auth

import (
	"errors"
	"testing"
	"time"
)

func TestConfiguredAudienceAndLeeway(t *testing.T) {
	k := testKey()
	k.Audience = "calls.example"
	v, err := NewVerifier(Config{
		Now: func() time.Time { return clock }, Keys: []Key{testKey()},
		Audience: "calls.example", Leeway: 2 * time.Minute, MaxLife: 10 * time.Minute,
	})
	if err != nil {
		t.Fatal(err)
	}
	who := maya()
	for _, tt := range []struct {
		name    string
		key     Key
		minted  time.Duration // after now
		expires time.Duration
		want    error
	}{
		{"for this deployment", k, 0, time.Minute, nil},
		{"for another deployment", testKey(), 0, time.Minute, ErrInvalid},
		{"minted by a clock that is ahead", k, 119 * time.Second, 5 * time.Minute, nil},
		{"minted by a clock that is too far ahead", k, 121 * time.Second, 5 * time.Minute, ErrInvalid},
		{"good for as long as may be", k, 0, 10 * time.Minute, nil},
		{"good for too long", k, 0, 13 * time.Minute, ErrInvalid},
	} {
		who.Expires = clock.Add(tt.expires)
		token, err := Mint(tt.key, who, clock.Add(tt.minted))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := v.Verify(t.Context(), token); !errors.Is(err, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, err, tt.want)
		}
	}
}
