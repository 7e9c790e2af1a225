package client

import (
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"time"
)

// path fills a path in: each %s is a part that is escaped as a whole.
func path(pattern string, parts ...string) string {
	escaped := make([]any, len(parts))
	for i, p := range parts {
		escaped[i] = url.PathEscape(p)
	}
	return fmt.Sprintf(pattern, escaped...)
}

// describe puts the fields of params, a struct with the tags query and header, into a
// call. Those that are zero are left out.
func describe(what call, params any) call {
	if params == nil {
		return what
	}
	what.query, what.header = url.Values{}, http.Header{}
	v := reflect.ValueOf(params)
	for i := range v.NumField() {
		if v.Field(i).IsZero() {
			continue
		}
		text := fmt.Sprint(v.Field(i).Interface())
		switch value := v.Field(i).Interface().(type) {
		case []string:
			text = strings.Join(value, ",")
		case time.Time:
			text = value.UTC().Format(time.RFC3339)
		}
		tag := v.Type().Field(i).Tag
		if name := tag.Get("query"); name != "" {
			what.query.Set(name, text)
		} else {
			what.header.Set(tag.Get("header"), text)
		}
	}
	return what
}
