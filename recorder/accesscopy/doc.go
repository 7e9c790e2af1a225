// Package accesscopy makes a person's copy of what is kept about them (GDPR article
// 15; California Civil Code 1798.110): one ZIP archive with their own voice of each
// recording, their calls, receipts and entries of the consent ledger, who listened
// and what became of their wishes for erasure. index.html shows it to people,
// data.json has the same for programs.
//
// The other person's voice is in it only where the operator's policy says so; else
// nothing of what the other one said or answered is. Names are those that the person
// saw in the call. Legal holds are not told of.
//
// The archive is written as it is made, in constant memory but for a line about each
// call and recording. What cannot be had is said in it, with the reason. The package
// does not decide who may have a copy, and starts no goroutine.
package accesscopy
