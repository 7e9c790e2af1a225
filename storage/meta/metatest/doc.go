// Package metatest is the one suite that every implementation of [meta.Store]
// must pass. An implementation's test is a few lines:
//
//	func TestStore(t *testing.T) {
//		metatest.Run(t, func(t testing.TB) meta.Store { … an empty store … })
//	}
//
// It is for tests only. The goroutines it starts end before each test does.
package metatest
