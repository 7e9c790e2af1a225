package relay_test

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"github.com/rs/zerolog"

	"parley/media/relay"
)

func Example() {
	srv, err := relay.New(relay.Config{
		ListenUDP: "127.0.0.1:0",
		PublicIP:  netip.MustParseAddr("127.0.0.1"),
		Media:     []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:5004")},
		Realm:     "parley.example",
		Secret:    []byte("thirty-two bytes from a random source"),
		Log:       zerolog.Nop(),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	ran := make(chan error, 1)
	go func() { ran <- srv.Run(ctx) }()

	credentials := srv.Issue(relay.Grant{Person: "person-17", Token: "token-4", Since: time.Now()})
	fmt.Println(credentials, len(credentials.URLs))

	stop()
	fmt.Println(<-ran)
	// Output:
	// turn credentials (redacted) 1
	// <nil>
}
