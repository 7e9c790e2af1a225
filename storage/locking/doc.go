// Package locking lets object stores themselves keep what must be kept: where a
// bucket has Object Lock, a legal hold on a recording is set on each of its objects
// and their off-site copies, and taken off when the last hold was released. If the
// operator asks for it, each object is also retained for as long as its recording
// is kept.
//
// What a store should be told follows from metadata (see [meta.Locks]), and so do
// the objects that are uploaded, copied or repaired after a hold was placed.
// Nothing waits for it: metadata keeps a held recording from being erased by this
// program from the first moment on, and the store keeps it from everybody else as
// soon as it could be told. What could not be told is told again, ever more rarely,
// and counted meanwhile.
//
// [Keeper.Run] is the one goroutine. Several nodes may run one each.
package locking
