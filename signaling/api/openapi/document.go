package openapi

import (
	_ "embed" // the description
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"parley/signaling/problem"
	"parley/signaling/wire"
)

//go:embed openapi.yaml
var source []byte

type object = map[string]any

// Document is the description, complete.
type Document struct {
	root     object
	problems map[string][]string
}

// New completes the description with the problems of each operation. It fails
// where it names one that does not exist.
func New() (*Document, error) {
	var root object
	if err := yaml.Unmarshal(source, &root); err != nil {
		return nil, fmt.Errorf("openapi.yaml: %w", err)
	}
	d := &Document{root: root, problems: map[string][]string{}}
	d.root["servers"] = []any{object{"url": wire.Root}}
	kinds := map[string]problem.Kind{}
	for _, k := range problem.Kinds() {
		kinds[k.Slug] = k
	}
	for _, o := range d.operations() {
		o.again()
		d.problems[o.pattern()] = o.listed()
		if err := o.refuse(kinds); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// JSON is the document as it is served.
func (d *Document) JSON() ([]byte, error) { return json.Marshal(d.root) }

// Routes are the operations as patterns of net/http, in order.
func (d *Document) Routes() []string {
	var out []string
	for _, o := range d.operations() {
		out = append(out, o.pattern())
	}
	return out
}

// Problems are the slugs of the problems that an operation, named as Routes has it, can
// answer with, beside those of every operation.
func (d *Document) Problems(route string) []string { return d.problems[route] }

// Once are the operations that take an Idempotency-Key, as Routes has them.
func (d *Document) Once() []string {
	var out []string
	for _, o := range d.operations() {
		if o.once() {
			out = append(out, o.pattern())
		}
	}
	return out
}

// operation is one method of one path.
type operation struct {
	method, path string
	it           object
}

// pattern names the operation as net/http does.
func (o operation) pattern() string { return o.method + " " + wire.Root + o.path }

// operations are all of them, by path and then in the order of methods.
func (d *Document) operations() []operation {
	var out []operation
	paths := d.root["paths"].(object)
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
			if it, ok := paths[path].(object)[strings.ToLower(method)].(object); ok {
				out = append(out, operation{method, path, it})
			}
		}
	}
	return out
}

// signIn are the problems of every operation that needs a token.
func signIn() []string {
	return []string{"unauthenticated", "token-invalid", "token-expired", "token-revoked"}
}

// always are the problems of every operation.
func always() []string { return []string{"too-many-requests", "internal", "unavailable"} }

// problems are the slugs that an operation can answer with.
func (o operation) problems() []string {
	slugs := always()
	if _, other := o.it["security"]; !other {
		slugs = append(slugs, signIn()...)
	}
	if o.once() {
		slugs = append(slugs, "bad-request", "key-reused", "in-work")
	}
	slugs = append(slugs, o.listed()...)
	slices.Sort(slugs)
	return slices.Compact(slugs)
}

// listed are the slugs that are the operation's own.
func (o operation) listed() (slugs []string) {
	listed, _ := o.it["x-problems"].([]any)
	for _, slug := range listed {
		slugs = append(slugs, slug.(string))
	}
	return slugs
}

// again adds what every operation has that reads JSON, and every one that a client
// can send again.
func (o operation) again() {
	responses := o.it["responses"].(object)
	if ok, is := responses["200"].(object); is && o.method == http.MethodGet {
		if content, _ := ok["content"].(object); content["application/json"] != nil {
			responses["304"] = object{"description": "It is what If-None-Match says that the client has"}
			o.parameter("IfNoneMatch")
		}
	}
	if o.once() {
		o.parameter("IdempotencyKey")
	}
}

func (o operation) parameter(name string) {
	have, _ := o.it["parameters"].([]any)
	o.it["parameters"] = append(have, object{"$ref": "#/components/parameters/" + name})
}

// once tells whether an operation takes an Idempotency-Key: each that changes
// something, but not those that make a file, or a session of some kind, and do no
// harm twice.
func (o operation) once() bool {
	if _, other := o.it["security"]; other || o.method == http.MethodGet || o.method == http.MethodHead {
		return false
	}
	switch o.it["operationId"] {
	case "startPlay", "endStaffSession":
		return false
	}
	for _, status := range []string{"200", "201"} {
		answer, _ := o.it["responses"].(object)[status].(object)
		if content, _ := answer["content"].(object); content != nil {
			return content["application/json"] != nil
		}
	}
	return true
}

// refuse adds an answer for each status that the operation's problems have.
func (o operation) refuse(kinds map[string]problem.Kind) error {
	byStatus := map[int][]problem.Kind{}
	for _, slug := range o.problems() {
		kind, ok := kinds[slug]
		if !ok {
			return fmt.Errorf("openapi.yaml: %s %s names the problem %q, which there is not", o.method, o.path, slug)
		}
		byStatus[kind.Status] = append(byStatus[kind.Status], kind)
	}
	delete(o.it, "x-problems")
	responses := o.it["responses"].(object)
	for status, kinds := range byStatus {
		responses[strconv.Itoa(status)] = refusal(kinds)
	}
	return nil
}

func refusal(kinds []problem.Kind) object {
	var titles []string
	var types []any
	for _, k := range kinds {
		types = append(types, "/problems/"+k.Slug)
		if !slices.Contains(titles, k.Title) {
			titles = append(titles, k.Title)
		}
	}
	return object{
		"description": strings.Join(titles, "; "),
		"content": object{"application/problem+json": object{"schema": object{
			"allOf": []any{
				object{"$ref": "#/components/schemas/Problem"},
				object{"properties": object{"type": object{"enum": types}}},
			},
		}}},
	}
}
