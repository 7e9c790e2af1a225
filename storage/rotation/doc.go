// Package rotation changes the master keys of what is stored: it seals key
// envelopes and secrets anew, a page at a time, beside a server that runs, and
// finds out what hangs on one key. Recordings are not touched: they are sealed to
// the keys in the envelopes.
//
//	done, err := rotation.Run(ctx, store, master, nil)
//	left, err := rotation.Check(ctx, store, master.Without(retiring))
//
// Everything may be cut off at any point and run again: what is sealed anew
// already is passed over. What was destroyed meanwhile stays destroyed. The
// package keeps nothing; each run waits for the goroutines that it starts.
package rotation
