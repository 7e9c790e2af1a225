package openapi

import (
	"bytes"
	_ "embed" // the template
	"encoding/json"
	"fmt"
	"html/template"
	"maps"
	"slices"
	"strings"

	"parley/signaling/wire"
)

//go:embed page.html
var pageSource string

// Page is the description as HTML, complete in itself.
func (d *Document) Page() ([]byte, error) {
	t, err := template.New("page").Parse(pageSource)
	if err != nil {
		return nil, fmt.Errorf("page.html: %w", err)
	}
	var out bytes.Buffer
	if err := t.Execute(&out, d.view()); err != nil {
		return nil, fmt.Errorf("page.html: %w", err)
	}
	return out.Bytes(), nil
}

// What the page shows.
type (
	pageView struct {
		Title, Summary, Description, Root string
		Groups                            []groupView
		Schemas                           []schemaView
	}
	groupView struct {
		Name, Description string
		Operations        []operationView
	}
	operationView struct {
		ID, Method, Path, Summary, Description string
		Roles                                  string
		Parameters                             []fieldView
		Body                                   string
		Answers                                []answerView
	}
	answerView struct{ Status, Description, Body string }
	fieldView  struct {
		Name, In, Type, Description string
		Required                    bool
	}
	schemaView struct{ Name, Description, Body string }
)

func (d *Document) view() pageView {
	info := d.root["info"].(object)
	v := pageView{Title: text(info, "title"), Summary: text(info, "summary"), Description: text(info, "description"), Root: wire.Root}
	for _, t := range d.root["tags"].([]any) {
		g := groupView{Name: text(t.(object), "name"), Description: text(t.(object), "description")}
		for _, o := range d.operations() {
			if slices.Contains(o.it["tags"].([]any), any(g.Name)) {
				g.Operations = append(g.Operations, d.operationView(o))
			}
		}
		v.Groups = append(v.Groups, g)
	}
	schemas := d.root["components"].(object)["schemas"].(object)
	for _, name := range slices.Sorted(maps.Keys(schemas)) {
		s := schemas[name].(object)
		v.Schemas = append(v.Schemas, schemaView{name, text(s, "description"), shape(s, "")})
	}
	return v
}

func (d *Document) operationView(o operation) operationView {
	v := operationView{
		ID: text(o.it, "operationId"), Method: o.method, Path: wire.Root + o.path,
		Summary: text(o.it, "summary"), Description: text(o.it, "description"), Roles: o.roles(),
	}
	parameters, _ := o.it["parameters"].([]any)
	for _, p := range parameters {
		it := d.resolve(p.(object))
		v.Parameters = append(v.Parameters, fieldView{
			Name: text(it, "name"), In: text(it, "in"), Type: shape(it["schema"].(object), ""),
			Description: text(it, "description"), Required: it["required"] == true,
		})
	}
	if body, ok := o.it["requestBody"].(object); ok {
		v.Body = contentShape(body)
	}
	responses := o.it["responses"].(object)
	for _, status := range slices.Sorted(maps.Keys(responses)) {
		it := responses[status].(object)
		v.Answers = append(v.Answers, answerView{status, text(it, "description"), contentShape(it)})
	}
	return v
}

// roles says who may call an operation.
func (o operation) roles() string {
	if list, ok := o.it["security"].([]any); ok {
		if len(list) == 0 {
			return "anybody"
		}
		return "whoever began the play"
	}
	var names []string
	for _, r := range o.it["x-roles"].([]any) {
		names = append(names, r.(string))
	}
	return strings.Join(names, ", ")
}

// resolve follows a reference within the document.
func (d *Document) resolve(o object) object {
	ref, ok := o["$ref"].(string)
	if !ok {
		return o
	}
	at := d.root
	for _, step := range strings.Split(strings.TrimPrefix(ref, "#/"), "/") {
		at = at[step].(object)
	}
	return at
}

// contentShape is what the first media type of some content holds.
func contentShape(o object) string {
	content, _ := o["content"].(object)
	var out []string
	for _, media := range slices.Sorted(maps.Keys(content)) {
		one := media
		if s := shape(content[media].(object)["schema"].(object), ""); s != "any" {
			one += ": " + s
		}
		out = append(out, one)
	}
	return strings.Join(out, "\n")
}

// shape says in a few words, or an indented block, what a schema allows.
func shape(s object, indent string) string {
	if ref, ok := s["$ref"].(string); ok {
		return ref[strings.LastIndex(ref, "/")+1:]
	}
	if all, ok := s["allOf"].([]any); ok {
		return problemShape(all)
	}
	if values, ok := s["enum"].([]any); ok {
		return oneOf(values)
	}
	if items, ok := s["items"].(object); ok {
		return "array of " + shape(items, indent)
	}
	if properties, ok := s["properties"].(object); ok {
		return fields(s, properties, indent)
	}
	switch t := s["type"].(type) {
	case string:
		if f := text(s, "format"); f != "" {
			return f
		}
		return t
	case []any:
		return strings.Trim(fmt.Sprint(t...), "[]")
	}
	return "any"
}

// problemShape names the types of a refusal.
func problemShape(all []any) string {
	types := all[1].(object)["properties"].(object)["type"].(object)["enum"].([]any)
	return "Problem, type " + oneOf(types)
}

func oneOf(values []any) string {
	var out []string
	for _, v := range values {
		b, _ := json.Marshal(v) // a word of the description
		out = append(out, string(b))
	}
	return strings.Join(out, " | ")
}

// fields lists the properties of an object, the optional ones with a question
// mark.
func fields(s, properties object, indent string) string {
	required, _ := s["required"].([]any)
	var b strings.Builder
	b.WriteString("{\n")
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		p := properties[name].(object)
		mark := "?"
		if slices.Contains(required, any(name)) {
			mark = ""
		}
		fmt.Fprintf(&b, "%s  %s%s: %s", indent, name, mark, shape(p, indent+"  "))
		if note := text(p, "description"); note != "" {
			fmt.Fprintf(&b, "  — %s", note)
		}
		b.WriteString("\n")
	}
	b.WriteString(indent + "}")
	return b.String()
}

func text(o object, name string) string {
	s, _ := o[name].(string)
	return strings.TrimSpace(s)
}
