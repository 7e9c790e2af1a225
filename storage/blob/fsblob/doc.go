// Package fsblob keeps objects as files in a directory, the embedded default of
// the object store.
//
// Below the directory of [Config], objects/ mirrors the keys as paths, and
// incoming/ holds what is still being written. An object is written there,
// synced, and linked to its place, which the file system does at once and refuses
// if the place is taken; then the folders are synced. So a crash leaves an object
// whole or absent, and at most a file in incoming/, which the next [Open]
// removes. Files have mode 0600 and folders 0700.
//
// It is not for directories that several processes write at once, nor for file
// systems without hard links. All access goes through [os.Root], so a symbolic
// link planted in the directory leads nowhere outside.
//
// The package starts no goroutine.
package fsblob
