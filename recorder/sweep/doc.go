// Package sweep re-reads stored objects at a set pace, so that a disk that forgets
// is found out while there is a copy to repair from.
//
// An object whose hash is not that of what was stored is rot. It is repaired from
// the off-site copy, which is verified before and read back after, or else the
// recording's report says what is wrong and the recording counts as not clean until
// a later check finds it sound. When each object was checked last is in metadata,
// so a restart goes on where it was.
//
// [Sweeper.Run] is the one goroutine.
package sweep
