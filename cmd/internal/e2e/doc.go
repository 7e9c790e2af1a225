// Package e2e holds the tests that see the product as its users do: the real
// binary, real headless browsers, a real MinIO, and the ordinary tools age,
// opusdec and opusinfo on what was stored. It has no code of its own beside
// its tests; the browsers are driven by the scripts in web/e2e.
package e2e
