package peer

import "sync/atomic"

// totals count the packets of all peers of a factory, ended ones too.
type totals struct{ in, out atomic.Uint64 }

// Packets are how many RTP packets all peers have received and sent.
func (f *Factory) Packets() (in, out uint64) { return f.totals.in.Load(), f.totals.out.Load() }
