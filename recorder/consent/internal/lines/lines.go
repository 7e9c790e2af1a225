// Package lines finds the line on which a key of a YAML document stands, so
// that a fault found after decoding can still name it.
package lines

import (
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"
)

// Index maps each key's path, its keys joined by dots, to its line from 1.
// Items of lists have none of their own.
type Index map[string]int

// Of indexes a document; one that is not YAML has no keys.
func Of(data []byte) Index {
	out := Index{}
	var doc yaml.Node
	if yaml.Unmarshal(data, &doc) == nil && len(doc.Content) > 0 {
		out.walk("", doc.Content[0])
	}
	return out
}

// walk does not follow aliases, which could lead in circles.
func (x Index) walk(prefix string, n *yaml.Node) {
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		key := prefix + n.Content[i].Value
		x[key] = n.Content[i].Line
		x.walk(key+".", n.Content[i+1])
	}
}

// At returns "line 7: " for a path or the nearest one above it, and "" where
// nothing of it is in the document.
func (x Index) At(path string) string {
	for path != "" {
		if line, ok := x[path]; ok {
			return fmt.Sprintf("line %d: ", line)
		}
		i := strings.LastIndex(path, ".")
		if i < 0 {
			break
		}
		path = path[:i]
	}
	return ""
}
