package client_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/signaling/api/openapi"
	"parley/signaling/client"
)

type object = map[string]any

// described is one operation of the description.
type described struct {
	id, method, path string
	it               object
}

// description is the description as it is served.
type description struct{ root object }

func readDescription(t testing.TB) description {
	t.Helper()
	doc, err := openapi.New()
	if err != nil {
		t.Fatal(err)
	}
	text, err := doc.JSON()
	if err != nil {
		t.Fatal(err)
	}
	var d description
	if err := json.Unmarshal(text, &d.root); err != nil {
		t.Fatal(err)
	}
	return d
}

// forBrowsers are the operations that the client leaves out.
func forBrowsers() []string {
	return []string{"beginStaffSignIn", "finishStaffSignIn", "getStaffSession", "endStaffSession"}
}

// operations are those that the client has, by id.
func (d description) operations() map[string]described {
	out := map[string]described{}
	for path, methods := range d.root["paths"].(object) {
		for method, it := range methods.(object) {
			id := it.(object)["operationId"].(string)
			if !slices.Contains(forBrowsers(), id) {
				out[id] = described{id, strings.ToUpper(method), path, it.(object)}
			}
		}
	}
	return out
}

// at follows references.
func (d description) at(it object) object {
	for {
		ref, ok := it["$ref"].(string)
		if !ok {
			return it
		}
		it = d.root
		for _, part := range strings.Split(strings.TrimPrefix(ref, "#/"), "/") {
			it = it[part].(object)
		}
	}
}

// params are the parameters in a place (path, query, header), without those that the
// client sees to by itself.
func (d description) params(o described, in string) (names []string) {
	list, _ := o.it["parameters"].([]any)
	for _, p := range list {
		one := d.at(p.(object))
		name := one["name"].(string)
		byItself := name == "Idempotency-Key" || name == "If-None-Match" || name == "Last-Event-ID"
		if one["in"] == in && !byItself {
			names = append(names, name)
		}
	}
	return names
}

// body is the schema of what an operation reads, or nil.
func (d description) body(o described) object {
	request, ok := o.it["requestBody"].(object)
	if !ok {
		return nil
	}
	return d.at(request["content"].(object)["application/json"].(object)["schema"].(object))
}

// answer is the status of success, its media type, and its schema or nil.
func (d description) answer(o described) (status int, kind string, schema object) {
	for _, status := range []int{200, 201, 204} {
		answer, ok := o.it["responses"].(object)[fmt.Sprint(status)].(object)
		if !ok {
			continue
		}
		content, _ := answer["content"].(object)
		for _, kind := range []string{"application/json", "application/vcon", "application/jose+json"} {
			if media, ok := content[kind].(object); ok {
				return status, kind, d.at(media["schema"].(object))
			}
		}
		for kind := range content {
			return status, kind, nil
		}
		return status, "", nil
	}
	return 0, "", nil
}

func (d description) nullable(schema object) bool {
	kinds, _ := d.at(schema)["type"].([]any)
	return slices.Contains(kinds, any("null"))
}

// full is a value with everything that a schema allows.
func (d description) full(schema object) any { return d.sample(schema, true) }

// bare is one with nothing that may be missing, and null where it may be.
func (d description) bare(schema object) any { return d.sample(schema, false) }

func (d description) sample(schema object, full bool) any {
	schema = d.at(schema)
	if !full && d.nullable(schema) {
		return nil
	}
	if c, ok := schema["const"]; ok {
		return c
	}
	if words, ok := schema["enum"].([]any); ok {
		return words[len(words)-1]
	}
	kind, _ := schema["type"].(string)
	if kinds, ok := schema["type"].([]any); ok {
		kind = kinds[0].(string)
	}
	switch kind {
	case "object":
		return d.sampleObject(schema, full)
	case "array":
		least, _ := schema["minItems"].(float64)
		out := []any{}
		for range max(int(least), map[bool]int{true: 1}[full]) {
			out = append(out, d.sample(schema["items"].(object), full))
		}
		return out
	case "integer":
		return 7.0
	case "number":
		return 7.5
	case "boolean":
		return true
	}
	if schema["format"] == "date-time" {
		return "2026-03-14T12:00:00Z"
	}
	return "word"
}

func (d description) sampleObject(schema object, full bool) any {
	properties, ok := schema["properties"].(object)
	if !ok {
		return object{"free": "form"}
	}
	out := object{}
	required, _ := schema["required"].([]any)
	for name, p := range properties {
		if full || slices.Contains(required, any(name)) {
			out[name] = d.sample(p.(object), full)
		}
	}
	return out
}

// filled is a value of a type with nothing left zero.
func filled(t reflect.Type) reflect.Value {
	v := reflect.New(t).Elem()
	switch {
	case t == reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)))
	case t.Kind() == reflect.Struct:
		for i := range t.NumField() {
			v.Field(i).Set(filled(t.Field(i).Type))
		}
	case t.Kind() == reflect.Pointer:
		v.Set(reflect.New(t.Elem()))
		v.Elem().Set(filled(t.Elem()))
	case t.Kind() == reflect.Slice:
		v.Set(reflect.Append(v, filled(t.Elem())))
	case t.Kind() == reflect.String:
		v.SetString("word")
	case t.Kind() == reflect.Bool:
		v.SetBool(true)
	case v.CanInt():
		v.SetInt(7)
	case v.CanFloat():
		v.SetFloat(7.5)
	}
	return v
}

// heard is the request that a method has made.
type heard struct {
	method, path string
	query        url.Values
	header       http.Header
	body         any
}

// asked has the method of an operation make its request with nothing left out, gives it
// an answer, and returns both the request and what it made of the answer.
func asked(t *testing.T, id string, status int, answer any) (heard, []reflect.Value) {
	t.Helper()
	var got heard
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = heard{r.Method, r.URL.EscapedPath(), r.URL.Query(), r.Header.Clone(), nil}
		if data, err := io.ReadAll(r.Body); err != nil || len(data) > 0 && json.Unmarshal(data, &got.body) != nil {
			t.Errorf("%s %s: a body that is no JSON: %s", r.Method, r.URL, data)
		}
		w.WriteHeader(status)
		if answer != nil {
			if err := json.NewEncoder(w).Encode(answer); err != nil {
				t.Error(err)
			}
		}
	}))
	defer server.Close()
	c, err := client.New(client.Config{Server: server.URL, HTTP: server.Client(), Attempts: 1})
	if err != nil {
		t.Fatal(err)
	}
	method := reflect.ValueOf(c).MethodByName(methodOf(id))
	if !method.IsValid() {
		t.Fatalf("there is no %s: say in signaling/client how it is called", methodOf(id))
	}
	in := []reflect.Value{reflect.ValueOf(t.Context())}
	for i := 1; i < method.Type().NumIn(); i++ {
		in = append(in, filled(method.Type().In(i)))
	}
	out := method.Call(in)
	if file, ok := out[0].Interface().(*client.File); ok && file != nil {
		if err := file.Close(); err != nil {
			t.Error(err)
		}
	}
	return got, out
}

// methodOf is how the client calls an operation.
func methodOf(id string) string { return strings.ToUpper(id[:1]) + id[1:] }

// TestEveryOperationIsThere, and each method is one of the description, or reads a
// list of it to its end.
func TestEveryOperationIsThere(t *testing.T) {
	d := readDescription(t)
	have := reflect.TypeFor[*client.Client]()
	all := d.operations()
	for id := range all {
		if _, ok := have.MethodByName(methodOf(id)); !ok {
			t.Errorf("the description has %s: say in signaling/client how it is called, as %s", id, methodOf(id))
		}
	}
	for i := range have.NumMethod() {
		name := have.Method(i).Name
		_, ok := all[strings.ToLower(name[:1])+name[1:]]
		if !ok && !strings.HasPrefix(name, "Each") {
			t.Errorf("the client has %s, which is no operation of the description", name)
		}
	}
}

// TestRequestsAreAsDescribed: address, parameters and every field of the body.
func TestRequestsAreAsDescribed(t *testing.T) {
	d := readDescription(t)
	doc, err := openapi.New()
	if err != nil {
		t.Fatal(err)
	}
	for id, o := range d.operations() {
		t.Run(id, func(t *testing.T) {
			status, _, schema := d.answer(o)
			var answer any
			if schema != nil {
				answer = d.full(schema)
			}
			got, out := asked(t, id, status, answer)
			if err, _ := out[len(out)-1].Interface().(error); err != nil {
				t.Fatalf("got %v", err)
			}
			path := "/api/v1" + o.path
			for _, name := range d.params(o, "path") {
				value := "word"
				if strings.Contains(path, "/disclosures/{number}") && name == "number" {
					value = "7"
				}
				path = strings.ReplaceAll(path, "{"+name+"}", value)
			}
			if got.method != o.method || got.path != path {
				t.Errorf("asks %s %s, want %s %s", got.method, got.path, o.method, path)
			}
			sameNames(t, "query", keys(got.query), d.params(o, "query"))
			for _, name := range d.params(o, "header") {
				if got.header.Get(name) == "" {
					t.Errorf("the header %s is not sent", name)
				}
			}
			if once := slices.Contains(doc.Once(), o.method+" /api/v1"+o.path); once != (got.header.Get("Idempotency-Key") != "") {
				t.Errorf("Idempotency-Key %q, and the description has one: %v", got.header.Get("Idempotency-Key"), once)
			}
			if body := d.body(o); body != nil {
				sameShape(t, "body", got.body, d.full(body))
			} else if got.body != nil {
				t.Errorf("a body %v is sent that is not described", got.body)
			}
		})
	}
}

// TestAnswersAreAsDescribed: what the method returns holds each field that it was
// answered with, and has no other; also where all is missing that may be.
func TestAnswersAreAsDescribed(t *testing.T) {
	d := readDescription(t)
	for id, o := range d.operations() {
		status, _, schema := d.answer(o)
		if schema == nil || schema["type"] == "string" {
			continue
		}
		for name, answer := range map[string]any{"full": d.full(schema), "bare": d.bare(schema)} {
			t.Run(id+" "+name, func(t *testing.T) {
				_, out := asked(t, id, status, answer)
				if err, _ := out[1].Interface().(error); err != nil {
					t.Fatal(err)
				}
				text, err := json.Marshal(out[0].Interface())
				if err != nil {
					t.Fatal(err)
				}
				var got any
				if err := json.Unmarshal(text, &got); err != nil {
					t.Fatal(err)
				}
				if !reflect.DeepEqual(got, answer) {
					want, _ := json.Marshal(answer) // it was read from JSON
					t.Errorf("it was answered\n%s\nand returns\n%s", want, text)
				}
			})
		}
	}
}

func keys(q url.Values) (names []string) {
	for name := range q {
		names = append(names, name)
	}
	return names
}

func sameNames(t *testing.T, what string, got, want []string) {
	t.Helper()
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%s: sends %q, want %q", what, got, want)
	}
}

// sameShape holds names and kinds of values against each other.
func sameShape(t *testing.T, what string, got, want any) {
	t.Helper()
	w, ok := want.(object)
	if !ok {
		if reflect.TypeOf(got) != reflect.TypeOf(want) {
			t.Errorf("%s: sends %v (%T), want one like %v (%T)", what, got, got, want, want)
		}
		return
	}
	g, ok := got.(object)
	if !ok {
		t.Errorf("%s: sends %v, want an object", what, got)
		return
	}
	for name, value := range w {
		if _, there := g[name]; !there {
			t.Errorf("%s: does not send %s", what, name)
			continue
		}
		sameShape(t, what+"."+name, g[name], value)
	}
	for name := range g {
		if _, there := w[name]; !there {
			t.Errorf("%s: sends %s, which is not described", what, name)
		}
	}
}
