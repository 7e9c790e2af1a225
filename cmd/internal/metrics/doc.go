// Package metrics exports what a node does in the Prometheus text format. Names
// begin with parley_; docs/operations.md lists them and says what to do when one
// alarms, and a test holds the two together.
//
// Labels have few values, known beforehand: no ids, names or addresses. What
// counts the fate of calls is fed by the same events as the feed for platforms
// ([Metrics.Publish]); what is a state is read at each scrape ([Sources]). The
// registry is the package's own. It starts no goroutine.
package metrics
