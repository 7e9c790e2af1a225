package api

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/pb33f/libopenapi"
	oas "github.com/pb33f/libopenapi-validator"
	"github.com/pb33f/libopenapi-validator/config"

	"parley/signaling/api/openapi"
	"parley/signaling/vcon"
	"parley/signaling/wire"
)

// described is the description, closed: what it does not name must not be there.
var described = sync.OnceValues(func() (oas.Validator, error) {
	doc, err := openapi.New()
	if err != nil {
		return nil, err
	}
	text, err := doc.JSON()
	if err != nil {
		return nil, err
	}
	var root any
	if err := json.Unmarshal(text, &root); err != nil {
		return nil, err
	}
	shut(root)
	if text, err = json.Marshal(root); err != nil {
		return nil, err
	}
	text = bytes.ReplaceAll(text, []byte(vcon.MediaType), []byte(vconAsJSON))
	parsed, err := libopenapi.NewDocument(text)
	if err != nil {
		return nil, err
	}
	v, errs := oas.NewValidator(parsed, config.WithFormatAssertions(), config.WithoutSecurityValidation())
	if len(errs) > 0 {
		return nil, errs[0]
	}
	return v, nil
})

// vconAsJSON is how a vCon is called here, for the validator reads only what is
// called JSON.
const vconAsJSON = vcon.MediaType + "+json"

// shut allows the objects of a document no other properties than they name,
// but for the parts of an allOf.
func shut(at any) {
	switch v := at.(type) {
	case []any:
		for _, one := range v {
			shut(one)
		}
	case map[string]any:
		if _, ok := v["properties"].(map[string]any); ok && v["type"] == "object" && v["description"] != "RFC 9457" {
			v["additionalProperties"] = false
		}
		for _, one := range v {
			shut(one)
		}
	}
}

// holdAgainstDescription holds an answer against the description: its status,
// its type, and each field of its body.
func holdAgainstDescription(t testing.TB, r *http.Request, answer *http.Response) {
	t.Helper()
	kind := answer.Header.Get("Content-Type")
	if !strings.HasPrefix(r.URL.Path, wire.Root+"/") || strings.HasPrefix(kind, "text/") && answer.StatusCode == http.StatusOK {
		return // a stream of events is read by its test
	}
	v, err := described()
	if err != nil {
		t.Fatal(err)
	}
	if kind == vcon.MediaType {
		defer answer.Header.Set("Content-Type", kind)
		kind = vconAsJSON
		answer.Header.Set("Content-Type", kind)
	}
	if strings.Contains(kind, "json") {
		body, err := io.ReadAll(answer.Body)
		if err != nil {
			return // it was cut short, which its test looks at
		}
		defer func() { answer.Body = io.NopCloser(bytes.NewReader(body)) }()
		answer.Body = io.NopCloser(bytes.NewReader(body))
	}
	if ok, faults := v.GetResponseBodyValidator().ValidateResponseBody(r, answer); !ok {
		for _, f := range faults {
			t.Errorf("%s %s answers %d in a way that the description does not have: %s: %s", r.Method, r.URL.Path, answer.StatusCode, f.Message, f.Reason)
			for _, s := range f.SchemaValidationErrors {
				t.Errorf("  %s: %s", s.FieldPath, s.Reason)
			}
		}
	}
}

// TestDescriptionIsValid: the document is OpenAPI 3.1 by its own schema.
func TestDescriptionIsValid(t *testing.T) {
	v, err := described()
	if err != nil {
		t.Fatal(err)
	}
	if ok, faults := v.ValidateDocument(); !ok {
		for _, f := range faults {
			t.Errorf("%s: %s", f.Message, f.Reason)
			for _, s := range f.SchemaValidationErrors {
				t.Errorf("  %s: %s", s.FieldPath, s.Reason)
			}
		}
	}
}

// TestEveryRouteIsDescribed, and nothing is described that is not served.
func TestEveryRouteIsDescribed(t *testing.T) {
	h := newHouse(t, func(_ *house, cfg *Config) { cfg.Staff = &Staff{} })
	doc, err := openapi.New()
	if err != nil {
		t.Fatal(err)
	}
	served := slices.Clone(h.api.routes)
	for _, pattern := range served {
		if !slices.Contains(doc.Routes(), pattern) {
			t.Errorf("%s is served and not described", pattern)
		}
	}
	once, changes := doc.Once(), slices.Sorted(slices.Values(h.api.changes))
	if slices.Sort(once); !slices.Equal(once, changes) {
		t.Errorf("with an Idempotency-Key are described\n%q\nand served\n%q", once, changes)
	}
	for _, route := range doc.Routes() {
		method, path, _ := strings.Cut(route, " ")
		if method == http.MethodHead || strings.HasPrefix(path, wire.Root+"/demo/") {
			continue // GET answers it; only a demo has it
		}
		if !slices.Contains(served, route) {
			t.Errorf("%s is described and not served", route)
		}
	}
}

// TestDescriptionIsServed for machines, and for people as a page without script
// or anything from elsewhere.
func TestDescriptionIsServed(t *testing.T) {
	h := newHouse(t)
	var doc struct {
		OpenAPI string
		Paths   map[string]map[string]struct {
			Responses map[string]any
		}
	}
	answer := h.ask("GET", "/api/v1/openapi.json", "", "")
	if err := json.NewDecoder(answer.Body).Decode(&doc); err != nil || !strings.HasPrefix(doc.OpenAPI, "3.1.") {
		t.Fatalf("got OpenAPI %q, %v", doc.OpenAPI, err)
	}
	responses := doc.Paths["/recordings/{id}/plays"]["post"].Responses
	for _, status := range []string{"201", "400", "401", "403", "404", "409", "410", "422", "500", "503"} {
		if _, ok := responses[status]; !ok {
			t.Errorf("the answer %s of a play is not described", status)
		}
	}
	page, err := io.ReadAll(h.ask("GET", "/api/docs", "", "").Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, route := range h.api.routes {
		if _, path, _ := strings.Cut(route, " "); !bytes.Contains(page, []byte(path)) {
			t.Errorf("the page does not have %s", route)
		}
	}
	for _, no := range []string{"<script", "http:", "https:", "src="} {
		if bytes.Contains(page, []byte(no)) {
			t.Errorf("the page has %q", no)
		}
	}
}
