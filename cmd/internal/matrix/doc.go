// Package matrix has the tests that call from behind networks of all kinds: with
// UDP and without, through NAT that gives each destination another port, by one
// port of TLS alone, by the relay alone, by IPv6 alone. Networks are namespaces of
// the kernel with their own interfaces and packet filters, so the tests must run
// as root; server and phones are processes inside of them.
//
// PARLEY_CALLS is the number of calls in each network, PARLEY_MOVES that of changes
// of each kind in the middle of a call; `make torture` makes 200 and ten.
package matrix
