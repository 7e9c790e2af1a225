// Package problem turns any error into one RFC 9457 problem object. It is the
// only place that knows status codes; HTTP answers and the WebSocket's error
// messages carry the same object. An error that is not in its table is a 500
// that tells nothing of the inside.
package problem
