// Package pipeline is the life of a recording: keys and journal before the
// first packet, the render that follows the capture, the sealed objects, their
// upload and verification, and only then the end of the local copies. After a
// crash the journals that were left are finished by the same steps.
//
// Each recording has one goroutine, from Begin or Recover until it is stored;
// Close waits for them. Rendering takes a slot of a bounded pool so that live
// media keeps the processor; uploading does not.
//
// The package knows nothing of HTTP or of how a call is signalled, and it can
// seal but not open: opening takes the Opener, which a node without the render
// role does not have.
package pipeline
