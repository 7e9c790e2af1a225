package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"parley/storage/destruction"
)

// erasureCommand works without a server or a data folder.
type erasureCommand struct {
	Verify erasureVerify `cmd:"" help:"Check the signature of an erasure certificate and show what it says."`
}

type erasureVerify struct {
	File string `arg:"" help:"The certificate, as it was downloaded; - reads standard input." type:"path"`
	Key  string `help:"File with the public key of the server (/.well-known/parley-keys.json, one JSON Web Key, or PEM)." required:"" type:"path"`
	JSON bool   `help:"Print what it says as one JSON object."`
}

// Run implements the command: it exits non-zero unless the certificate is genuine.
func (c erasureVerify) Run(s streams) error {
	keys, err := readKeys(c.Key)
	if err != nil {
		return err
	}
	data, err := readSigned(c.File)
	if err != nil {
		return err
	}
	cert, err := destruction.OpenCertificate(keys, strings.TrimSpace(string(data)))
	if err != nil {
		return fmt.Errorf("the certificate is NOT genuine: %w", err)
	}
	if c.JSON {
		return json.NewEncoder(s.out).Encode(cert)
	}
	what := map[string]string{"member": "the member's voice", "expert": "the expert's voice", "call": "the whole recording"}[cert.Part]
	_, err = fmt.Fprintf(s.out, `The certificate is genuine.
  erased    %s of %s
  when      %s by the clock of the server
  why       %s, asked for on %s
  by        %s
  keys      %s destroyed
  objects   %d deleted, and their copies in %d other stores
`, what, cert.Recording, cert.ErasedAt.Format(time.RFC3339), cert.Basis, cert.RequestedAt.Format(time.RFC3339), cert.Operator,
		strings.Join(cert.Keys, ", "), len(cert.Objects), cert.Replicas)
	return err
}
