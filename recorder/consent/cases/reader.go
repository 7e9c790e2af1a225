package cases

import (
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"parley/recorder/consent"
)

// The parties and persons that a case may name.
var (
	parties = []string{"caller", "callee", "third"}
	persons = []string{"caller", "callee", "third", "caller_guardian", "callee_guardian", "third_guardian"}
)

// oldest is an age in years that nobody has passed.
const oldest = 130

// reader takes values out of the nodes of one case and collects its faults.
type reader struct {
	name   string
	faults []error
}

func (r *reader) fault(n *yaml.Node, format string, args ...any) {
	r.faults = append(r.faults, fmt.Errorf("case %s, line %d: %s", r.name, n.Line, fmt.Sprintf(format, args...)))
}

// mapping returns the values by key. Keys with a question mark may be missing;
// all others must be there, and no others may.
func (r *reader) mapping(n *yaml.Node, what string, keys ...string) map[string]*yaml.Node {
	n = resolved(n)
	out := map[string]*yaml.Node{}
	if n.Kind != yaml.MappingNode {
		r.fault(n, "%s: a mapping is due", what)
		return out
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		switch {
		case !slices.Contains(keys, key.Value) && !slices.Contains(keys, key.Value+"?"):
			r.fault(key, "%s: the format has no key %q", what, key.Value)
		case out[key.Value] != nil:
			r.fault(key, "%s: %s is given twice", what, key.Value)
		default:
			out[key.Value] = resolved(n.Content[i+1])
		}
	}
	for _, key := range keys {
		if !strings.HasSuffix(key, "?") && out[key] == nil {
			r.fault(n, "%s: %s is missing", what, key)
		}
	}
	return out
}

func (r *reader) text(n *yaml.Node, key string) string {
	if n.Kind != yaml.ScalarNode || isNull(n) {
		r.fault(n, "%s: a text is due", key)
		return ""
	}
	return n.Value
}

func (r *reader) oneOf(n *yaml.Node, key string, allowed ...string) string {
	if n.Kind == yaml.ScalarNode && slices.Contains(allowed, n.Value) {
		return n.Value
	}
	r.fault(n, "%s: %q is none of %s", key, n.Value, strings.Join(allowed, ", "))
	return ""
}

// list reads a list of words, each at most once.
func (r *reader) list(n *yaml.Node, key string, allowed ...string) []string {
	if n == nil {
		return nil
	}
	if n.Kind != yaml.SequenceNode {
		r.fault(n, "%s: a list is due; [] for nobody", key)
		return nil
	}
	var out []string
	for _, item := range n.Content {
		out = append(out, r.oneOf(resolved(item), key, allowed...))
	}
	return out
}

// answer reads an answer; a missing one is none.
func (r *reader) answer(n *yaml.Node, key string) consent.Answer {
	if n == nil {
		return consent.AnswerNone
	}
	return consent.Answer(r.oneOf(n, key, "express", "continued", "declined", "none"))
}

// place reads a code that has the shape of ISO 3166; whether the rules list it
// is for the judge.
func (r *reader) place(n *yaml.Node, key string) string {
	if n.Kind == yaml.ScalarNode && consent.IsPlaceCode(n.Value) {
		return n.Value
	}
	r.fault(n, "%s: %q is no code of a place: write a country such as \"DE\" or a part of one such as \"US-CA\"", key, n.Value)
	return ""
}

func (r *reader) boolean(n *yaml.Node, key string) bool {
	var b bool
	if n.Tag != "!!bool" || n.Decode(&b) != nil {
		r.fault(n, "%s: %q is neither true nor false", key, n.Value)
	}
	return b
}

func (r *reader) optionalAge(n *yaml.Node, key string) *int {
	if n == nil || isNull(n) {
		return nil
	}
	age := r.age(n, key)
	return &age
}

func (r *reader) age(n *yaml.Node, key string) int {
	var age int
	if n.Tag != "!!int" || n.Decode(&age) != nil || age < 0 || age > oldest {
		r.fault(n, "%s: %q is no age: whole years from 0 to %d", key, n.Value, oldest)
	}
	return age
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

// resolved follows an alias to what it stands for.
func resolved(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// valueOf returns the value of a key of a mapping, or nil.
func valueOf(n *yaml.Node, key string) *yaml.Node {
	if n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return resolved(n.Content[i+1])
		}
	}
	return nil
}
