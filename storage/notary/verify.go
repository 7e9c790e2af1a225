package notary

import (
	"context"
	"fmt"
	"slices"
	"time"

	"parley/storage/chain"
	"parley/storage/signing"
)

// ChainReport is what was found in one chain.
type ChainReport struct {
	Chain string `json:"chain"`
	chain.Inspection
	// SignedTo is the number that the newest head names; what comes after rests on
	// the hash chain alone.
	SignedTo uint64 `json:"signed_to"`
}

// Report is what was found in all chains, that of the heads last.
type Report struct {
	OK     bool          `json:"ok"`
	Chains []ChainReport `json:"chains"`
	// Heads and Witnessed count the signed heads in the store, and those that a
	// witness keeps.
	Heads     int `json:"heads"`
	Witnessed int `json:"witnessed"`
}

// Verification says what to verify, and by what.
type Verification struct {
	Store     Reader
	Keys      signing.KeySet
	Chains    []string
	Witnesses []Witness
	// Visit sees each entry of the chains and may add a fault; it may be nil.
	Visit func(chain.Entry) *chain.Fault
}

// promise is what somebody has vouched for: that an entry has a hash.
type promise struct {
	hash string
	by   string // for people
}

// Run verifies everything. Its error is one of reading; faults are in the report.
//
// Heads are read before the chains that they name, so that a chain that grows
// meanwhile is no fault.
func (v Verification) Run(ctx context.Context) (Report, error) {
	var r Report
	promised := map[string]map[uint64][]promise{}
	vow := func(name string, seq uint64, p promise) {
		if promised[name] == nil {
			promised[name] = map[uint64][]promise{}
		}
		if !slices.Contains(promised[name][seq], p) {
			promised[name][seq] = append(promised[name][seq], p)
		}
	}
	signed := func(e chain.Entry) error {
		h, err := headOf(e, v.Keys)
		if err == nil {
			vow(h.Chain, h.Seq, promise{h.Hash, "the head signed at " + h.At.Format(time.RFC3339)})
		}
		return err
	}
	foreign, err := v.hearWitnesses(ctx, &r, signed, vow)
	if err != nil {
		return r, err
	}
	heads, err := v.inspect(ctx, Chain, promised[Chain], func(e chain.Entry) *chain.Fault {
		r.Heads++
		if err := signed(e); err != nil {
			return &chain.Fault{Seq: e.Seq, Kind: chain.Unsigned, Detail: err.Error()}
		}
		return nil
	})
	if err != nil {
		return r, err
	}
	heads.Faults = append(heads.Faults, foreign...)
	for _, name := range v.Chains {
		one, err := v.inspect(ctx, name, promised[name], v.Visit)
		if err != nil {
			return r, err
		}
		r.Chains = append(r.Chains, one)
	}
	r.Chains = append(r.Chains, heads)
	r.OK = !slices.ContainsFunc(r.Chains, func(c ChainReport) bool { return len(c.Faults) > 0 })
	return r, nil
}

// hearWitnesses takes what the witnesses keep: their entries of heads must be in
// the store, and what they say of other chains counts as much.
func (v Verification) hearWitnesses(ctx context.Context, r *Report, signed func(chain.Entry) error, vow func(string, uint64, promise)) ([]chain.Fault, error) {
	var faults []chain.Fault
	heard := map[string]bool{}
	for _, w := range v.Witnesses {
		for e, err := range w.Kept(ctx) {
			if err != nil {
				return nil, fmt.Errorf("read a witness: %w", err)
			}
			if heard[e.Hash] {
				continue
			}
			heard[e.Hash] = true
			r.Witnessed++
			if err := signed(e); err != nil {
				faults = append(faults, chain.Fault{Seq: e.Seq, Kind: chain.Unsigned, Detail: "as a witness keeps it: " + err.Error()})
				continue
			}
			vow(Chain, e.Seq, promise{e.Hash, "a witness"})
		}
	}
	return faults, nil
}

// inspect reads one chain and holds it against what was promised of it.
func (v Verification) inspect(ctx context.Context, name string, promised map[uint64][]promise, visit func(chain.Entry) *chain.Fault) (ChainReport, error) {
	var broken []chain.Fault
	found, err := chain.Inspect(name, All(ctx, v.Store, name), func(e chain.Entry) *chain.Fault {
		for _, p := range promised[e.Seq] {
			if p.hash != e.Hash {
				broken = append(broken, chain.Fault{Seq: e.Seq, Kind: chain.Replaced, Detail: fmt.Sprintf("%s names another entry, with the hash %.16s…", p.by, p.hash)})
			}
		}
		if visit == nil {
			return nil
		}
		return visit(e)
	})
	out := ChainReport{Chain: name, Inspection: found}
	if err != nil {
		return out, err
	}
	out.Faults = append(out.Faults, broken...)
	if out.SignedTo = newest(promised); out.SignedTo > found.Last {
		out.Faults = append(out.Faults, truncated(found.Last+1, out.SignedTo, promised[out.SignedTo][0]))
	}
	slices.SortStableFunc(out.Faults, func(a, b chain.Fault) int { return int(a.Seq) - int(b.Seq) })
	return out, nil
}

func newest(promised map[uint64][]promise) (seq uint64) {
	for s := range promised {
		seq = max(seq, s)
	}
	return seq
}

func truncated(from, to uint64, p promise) chain.Fault {
	what := fmt.Sprintf("entries %d to %d are", from, to)
	if from == to {
		what = fmt.Sprintf("entry %d is", from)
	}
	return chain.Fault{Seq: from, Kind: chain.Truncated, Detail: fmt.Sprintf("%s cut off at the end: %s names entry %d", what, p.by, to)}
}
