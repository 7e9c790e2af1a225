package words

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"

	"gopkg.in/yaml.v3"

	"parley/recorder/consent/internal/lines"
)

// fallbackLanguage is the language that is always complete.
const fallbackLanguage = "en"

//go:embed catalogue/*.yaml
var files embed.FS

// books returns the embedded catalogues by language. They cannot fail to load in
// a program whose tests passed, hence the panic.
var books = sync.OnceValue(func() map[string]texts {
	embedded, err := fs.Sub(files, "catalogue")
	if err == nil {
		var all map[string]texts
		if all, err = load(embedded, nil); err == nil {
			return all
		}
	}
	panic("consent/words: embedded catalogue: " + err.Error())
})

// Catalogue holds the wordings by language. The zero value holds those that the
// project ships; [Catalogue.With] adds an operator's own.
type Catalogue struct{ own map[string]texts }

// With returns a Catalogue that has the languages of the folder too: one file a
// language, named as its BCP 47 tag, such as "it.yaml". A file of a shipped
// language replaces it. The error joins every fault found, with file and line.
func (c Catalogue) With(dir fs.FS) (Catalogue, error) {
	own, err := load(dir, c.books())
	if err != nil {
		return Catalogue{}, fmt.Errorf("wordings: %w", err)
	}
	all := maps.Clone(c.books())
	maps.Copy(all, own)
	return Catalogue{own: all}, nil
}

func (c Catalogue) books() map[string]texts {
	if c.own != nil {
		return c.own
	}
	return books()
}

// Languages lists the languages there are wordings in, as BCP 47 tags, sorted.
func (c Catalogue) Languages() []string { return slices.Sorted(maps.Keys(c.books())) }

// Languages lists the languages that the project ships.
func Languages() []string { return Catalogue{}.Languages() }

// Language returns the language that somebody who prefers the BCP 47 tag is
// told everything in: the tag itself, else its primary language, else English.
func (c Catalogue) Language(tag string) string { return c.book(tag).Language }

// book returns the texts for a BCP 47 tag: the tag itself, else its primary
// language, else English.
func (c Catalogue) book(tag string) texts {
	all := c.books()
	tag = strings.ToLower(tag)
	primary, _, _ := strings.Cut(tag, "-")
	for _, lang := range []string{tag, primary} {
		if t, ok := all[lang]; ok {
			return t
		}
	}
	return all[fallbackLanguage]
}

// load reads every catalogue of a folder and checks each against English, which
// is in the folder itself or in known.
func load(dir fs.FS, known map[string]texts) (map[string]texts, error) {
	names, err := fs.Glob(dir, "*.yaml")
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, errors.New("the folder has no file such as it.yaml")
	}
	data := map[string][]byte{}
	all := make(map[string]texts, len(names))
	for _, name := range names {
		if data[name], err = fs.ReadFile(dir, name); err != nil {
			return nil, err
		}
		t, err := decode(data[name])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if want := strings.TrimSuffix(path.Base(name), ".yaml"); t.Language != want {
			return nil, fmt.Errorf("%s: language is %q, the file name says %q", name, t.Language, want)
		}
		all[t.Language] = t
	}
	english, ok := known[fallbackLanguage]
	if !ok {
		english, ok = all[fallbackLanguage]
	}
	if !ok {
		return nil, fmt.Errorf("no catalogue for %q", fallbackLanguage)
	}
	var faults []error
	for _, name := range names {
		if err := check(data[name], all[strings.TrimSuffix(name, ".yaml")], english); err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", name, err))
		}
	}
	return all, errors.Join(faults...)
}

func decode(data []byte) (texts, error) {
	var t texts
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(&t); err != nil {
		return texts{}, err
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return texts{}, errors.New("more than one document")
	}
	return t, nil
}

// check finds gaps and placeholders that differ from the reference: a missing
// placeholder is a fact that the person is not told.
func check(data []byte, t, reference texts) error {
	got, want := flatten(t), flatten(reference)
	at := lines.Of(data)
	var faults []error
	for _, key := range slices.Sorted(maps.Keys(want)) {
		if got[key] == "" {
			faults = append(faults, fmt.Errorf("%s%s: missing", at.At(key), key))
			continue
		}
		if g, w := placeholders(got[key]), placeholders(want[key]); !slices.Equal(g, w) {
			faults = append(faults, fmt.Errorf("%s%s: placeholders %v, want %v", at.At(key), key, g, w))
		}
	}
	return errors.Join(faults...)
}

// flatten lists all texts by key. English names of places come from the table
// of rules, so a language may have more of them than the reference.
func flatten(t texts) map[string]string {
	out := map[string]string{}
	var walk func(prefix string, v reflect.Value)
	walk = func(prefix string, v reflect.Value) {
		for i := range v.NumField() {
			key := prefix + v.Type().Field(i).Tag.Get("yaml")
			switch f := v.Field(i); f.Kind() {
			case reflect.String:
				out[key] = f.String()
			case reflect.Struct:
				walk(key+".", f)
			case reflect.Map:
				for it := f.MapRange(); it.Next(); {
					out[key+"."+it.Key().String()] = it.Value().String()
				}
			}
		}
	}
	walk("", reflect.ValueOf(t))
	return out
}

func placeholders(text string) []string {
	found := regexp.MustCompile(`\{[a-z]+\}`).FindAllString(text, -1)
	slices.Sort(found)
	return slices.Compact(found)
}

// fill replaces placeholders in one pass, so that a name with braces in it
// stays what it is. The arguments alternate key and value.
func fill(text string, pairs ...string) string {
	args := make([]string, len(pairs))
	for i := 0; i+1 < len(pairs); i += 2 {
		args[i], args[i+1] = "{"+pairs[i]+"}", pairs[i+1]
	}
	return strings.NewReplacer(args...).Replace(text)
}
