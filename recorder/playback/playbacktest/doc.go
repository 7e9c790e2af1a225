// Package playbacktest stores a made-up recording of two voices as the pipeline
// would, for the tests of those who open, erase or keep recordings.
package playbacktest
