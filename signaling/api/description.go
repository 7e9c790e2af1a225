package api

import (
	"net/http"

	"parley/signaling/api/openapi"
)

// description answers with what the API is, for machines and for people.
type description struct{ machine, page []byte }

// newDescription makes both, once, for the first who asks: most of the time of New
// was this. The description is part of the program, so that it cannot be at fault
// where the tests have passed.
func newDescription() description {
	var d description
	doc, err := openapi.New()
	if err == nil {
		d.machine, err = doc.JSON()
	}
	if err == nil {
		d.page, err = doc.Page()
	}
	if err != nil {
		panic(err)
	}
	return d
}

// describe is a description that is made when it is first asked for.
type describe func() description

func (d describe) forMachines(w http.ResponseWriter, _ *http.Request) error {
	return write(w, "application/json", d().machine)
}

func (d describe) forPeople(w http.ResponseWriter, _ *http.Request) error {
	return write(w, "text/html; charset=utf-8", d().page)
}

func write(w http.ResponseWriter, kind string, body []byte) error {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "public, max-age=300")
	_, _ = w.Write(body) // the client may be gone; there is nobody to tell
	return nil
}
