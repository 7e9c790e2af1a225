// Package webhook delivers the event feed to the addresses of platforms, as
// Standard Webhooks 1.0 has it (standardwebhooks.com): signed with HMAC-SHA256
// and named by the event's id, which stays the same however often it is sent.
//
// Each address gets its events in order, at least once: the next one goes out
// when the one before was answered with 2xx. What fails is sent again after a
// growing pause with jitter, for as long as the feed keeps the event. The place of
// each address is durable, so a restart goes on where it was. Of several nodes one
// delivers to an address at a time; it holds a lease.
//
// Addresses that are not on the public internet are refused when the connection
// is made, after the name was resolved, unless the operator allows them.
// Redirects are not followed, and no proxy is used.
//
// [Sender.Run] owns one goroutine an address and waits for them.
package webhook
