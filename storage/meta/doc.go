// Package meta is the contract of the metadata store: who the people are, which
// calls there were, what was recorded, where its objects lie, the key envelopes
// that open them, the chains that prove what happened, and the feed of events that
// tells platforms of it.
//
// It holds the types, one small interface per use, the [Store] that joins them,
// and the rule for a recording's states. Implementations are in sqlite (embedded,
// for one node) and postgres (for several); they share their queries, which are in
// sqlmeta, and pass the suite in metatest. No type says anything about SQL.
//
// The package is not a cache and knows no clock: every time that is stored is an
// argument. Times are kept in UTC to the microsecond. It starts no goroutine.
//
//	entry, err := store.AppendChain(ctx, "consent", "answer", callID, personID, answer, now)
//	if err != nil {
//		return err // not written, so the gate stays closed
//	}
package meta
