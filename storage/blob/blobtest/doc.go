// Package blobtest is the one suite that every implementation of
// [blob.Store] must pass. An implementation's test is a few lines:
//
//	func TestStore(t *testing.T) {
//		blobtest.Run(t, func(t testing.TB) blob.Store { … an empty store … })
//	}
//
// It is for tests only. The goroutines it starts end before each test does.
package blobtest
