// Package feed owns the event feed of a node: what happened, told to platforms
// in one order.
//
// [Feed.Publish] never waits: an event goes into a bounded queue, from which one
// goroutine, [Feed.Run], appends to the store in batches. While the store cannot
// be written the queue fills; what finds it full is dropped and counted, and a
// feed.gap event marks the place as soon as the store takes events again. Calls
// never wait for the feed.
//
// [Feed.Next] reads on from a [Cursor] and waits, without polling, when there is
// nothing yet. Readers are woken after each append. The package knows nothing of
// HTTP.
package feed
