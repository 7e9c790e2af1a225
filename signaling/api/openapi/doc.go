// Package openapi describes the REST API: as an OpenAPI 3.1 document, which the
// tests of package api hold every answer against, and as a page for people that
// needs no script and asks no other host.
package openapi
