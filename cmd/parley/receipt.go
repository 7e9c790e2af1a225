package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"parley/recorder/consent/receipt"
)

// receiptCommand works without a server or a data folder.
type receiptCommand struct {
	Verify receiptVerify `cmd:"" help:"Check the signature of a receipt and show what it says."`
}

type receiptVerify struct {
	File string `arg:"" help:"The receipt, as it was downloaded; - reads standard input." type:"path"`
	Key  string `help:"File with the public key of the server (/.well-known/parley-keys.json, one JSON Web Key, or PEM)." required:"" type:"path"`
	JSON bool   `help:"Print one JSON object."`
}

// maxReceipt bounds what is read as a receipt, in bytes.
const maxReceipt = 1 << 20

// Run implements the command: it exits non-zero unless the receipt is genuine.
func (c receiptVerify) Run(s streams) error {
	keys, err := readKeys(c.Key)
	if err != nil {
		return err
	}
	data, err := readSigned(c.File)
	if err != nil {
		return err
	}
	r, err := receipt.OpenFile(data, keys)
	if c.JSON {
		return c.printJSON(s, r, err)
	}
	if err != nil {
		return fmt.Errorf("the receipt is NOT genuine: %w", err)
	}
	wording := "none was shown"
	if n := r.Processing.PrivacyNotice; n.TextHash != "" {
		wording = fmt.Sprintf("version %s in %s, SHA-256 %s", n.Version, n.Language, n.TextHash)
	}
	_, err = fmt.Fprintf(s.out, `The receipt is genuine.
  said      %s %s (%s)
  when      %s by the clock of the server
  who       %s (%s)
  call      %s
  wording   %s
  rules     table %s, rule %s: %s
  ledger    entry %d, hash %s
  receipt   %s
`, r.Event.State, r.Event.ConsentType, r.Event.Method, r.Event.Time, r.Header.PIIPrincipalID, r.Extension.Party,
		r.Extension.CallID, wording, r.Extension.Judgement.TableVersion, r.Extension.Judgement.Rule,
		r.Extension.Judgement.Decision, r.Extension.LedgerSeq, r.Extension.LedgerHash, r.Hash())
	return err
}

// readSigned reads a signed file, or standard input for -.
func readSigned(name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(io.LimitReader(os.Stdin, maxReceipt))
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // read only
	return io.ReadAll(io.LimitReader(f, maxReceipt))
}

func (c receiptVerify) printJSON(s streams, r receipt.Receipt, err error) error {
	out := struct {
		OK      bool             `json:"ok"`
		Reason  string           `json:"reason,omitempty"`
		Hash    string           `json:"hash,omitempty"`
		Receipt *receipt.Content `json:"receipt,omitempty"`
	}{OK: err == nil}
	if err == nil {
		out.Hash, out.Receipt = r.Hash(), &r.Content
	} else {
		out.Reason = err.Error()
	}
	if encErr := json.NewEncoder(s.out).Encode(out); encErr != nil {
		return encErr
	}
	if err != nil {
		return errSilent
	}
	return nil
}
