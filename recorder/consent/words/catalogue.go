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
)

// fallbackLanguage is the language that is always complete.
const fallbackLanguage = "en"

//go:embed catalogue/*.yaml
var files embed.FS

// books returns the embedded catalogues by language. They cannot fail to load in
// a program whose tests passed, hence the panic.
var books = sync.OnceValue(func() map[string]texts {
	all, err := load(files)
	if err != nil {
		panic("consent/words: embedded catalogue: " + err.Error())
	}
	return all
})

// texts is one catalogue. The yaml tags are the keys of the file.
type texts struct {
	Language string `yaml:"language"`
	Version  string `yaml:"version"`

	QuestionTitle string `yaml:"question_title"`
	NoticeTitle   string `yaml:"notice_title"`
	NoneTitle     string `yaml:"none_title"`
	Yes           string `yaml:"yes"`
	No            string `yaml:"no"`
	Stop          string `yaml:"stop"`

	ListenersTwo  string `yaml:"listeners_two"`
	ListenersMore string `yaml:"listeners_more"`
	KeptOne       string `yaml:"kept_one"`
	KeptDays      string `yaml:"kept_days"`
	KeptOpen      string `yaml:"kept_open"`
	NoIsFree      string `yaml:"no_is_free"`
	NoticeStop    string `yaml:"notice_stop"`
	GuardianToo   string `yaml:"guardian_too"`
	MinorFree     string `yaml:"minor_free"`
	NoneBody      string `yaml:"none_body"`

	Sound             string `yaml:"sound"`
	SoundAndText      string `yaml:"sound_and_text"`
	StartsAfterYes    string `yaml:"starts_after_yes"`
	StartsAfterOne    string `yaml:"starts_after_one"`
	StartsAfterNotice string `yaml:"starts_after_notice"`
	Mark              string `yaml:"mark"`
	RecordedBy        string `yaml:"recorded_by"`
	Contact           string `yaml:"contact"`
	Purpose           string `yaml:"purpose"`
	CourtYes          string `yaml:"court_yes"`
	CourtNo           string `yaml:"court_no"`
	Recipient         string `yaml:"recipient"`
	NoRecipient       string `yaml:"no_recipient"`
	OtherHears        string `yaml:"other_hears"`
	StoredIn          string `yaml:"stored_in"`
	ErasedAfterOne    string `yaml:"erased_after_one"`
	ErasedAfterDays   string `yaml:"erased_after_days"`
	ErasedOpen        string `yaml:"erased_open"`
	Hold              string `yaml:"hold"`
	Voluntary         string `yaml:"voluntary"`
	StopMidway        string `yaml:"stop_midway"`
	BeforeAsk         string `yaml:"before_ask"`
	BeforeKeep        string `yaml:"before_keep"`
	Rights            string `yaml:"rights"`
	Complaint         string `yaml:"complaint"`
	Sensitive         string `yaml:"sensitive"`

	And           string `yaml:"and"`
	Or            string `yaml:"or"`
	YouIn         string `yaml:"you_in"`
	YouMaybe      string `yaml:"you_maybe"`
	YouUnknown    string `yaml:"you_unknown"`
	OtherIn       string `yaml:"other_in"`
	OtherMaybe    string `yaml:"other_maybe"`
	OtherUnknown  string `yaml:"other_unknown"`
	RecorderIn    string `yaml:"recorder_in"`
	RuleOnly      string `yaml:"rule_only"`
	RuleStricter  string `yaml:"rule_stricter"`
	RuleStrictest string `yaml:"rule_strictest"`
	RuleSome      string `yaml:"rule_some"`
	RuleSame      string `yaml:"rule_same"`
	RuleUnknown   string `yaml:"rule_unknown"`
	FormNone      string `yaml:"form_none"`
	FormNotice    string `yaml:"form_notice"`
	FormExpress   string `yaml:"form_express"`
	WhyMinor      string `yaml:"why_minor"`
	WhyGuardian   string `yaml:"why_guardian"`
	WhyNoCounts   string `yaml:"why_no_counts"`
	NotAdvice     string `yaml:"not_advice"`

	Parties   partyTexts        `yaml:"parties"`
	NamedRole string            `yaml:"named_role"`
	Places    map[string]string `yaml:"places"`
	Neutral   neutralTexts      `yaml:"neutral"`
}

type partyTexts struct {
	Caller   string `yaml:"caller"`
	Callee   string `yaml:"callee"`
	Third    string `yaml:"third"`
	Somebody string `yaml:"somebody"`
}

type neutralTexts struct {
	On          string `yaml:"on"`
	Off         string `yaml:"off"`
	Waiting     string `yaml:"waiting"`
	Paused      string `yaml:"paused"`
	Stopped     string `yaml:"stopped"`
	Unavailable string `yaml:"unavailable"`
}

// load reads every catalogue and checks each against English.
func load(fsys fs.FS) (map[string]texts, error) {
	names, err := fs.Glob(fsys, "catalogue/*.yaml")
	if err != nil {
		return nil, err
	}
	all := make(map[string]texts, len(names))
	for _, name := range names {
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, err
		}
		t, err := decode(data)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if want := strings.TrimSuffix(path.Base(name), ".yaml"); t.Language != want {
			return nil, fmt.Errorf("%s: language is %q, the file name says %q", name, t.Language, want)
		}
		all[t.Language] = t
	}
	english, ok := all[fallbackLanguage]
	if !ok {
		return nil, fmt.Errorf("no catalogue for %q", fallbackLanguage)
	}
	for _, lang := range slices.Sorted(maps.Keys(all)) {
		if err := check(all[lang], english); err != nil {
			return nil, fmt.Errorf("catalogue %s: %w", lang, err)
		}
	}
	return all, nil
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
func check(t, reference texts) error {
	got, want := flatten(t), flatten(reference)
	var faults []error
	for _, key := range slices.Sorted(maps.Keys(want)) {
		if got[key] == "" {
			faults = append(faults, fmt.Errorf("%s: missing", key))
			continue
		}
		if g, w := placeholders(got[key]), placeholders(want[key]); !slices.Equal(g, w) {
			faults = append(faults, fmt.Errorf("%s: placeholders %v, want %v", key, g, w))
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

// book returns the catalogue for a BCP 47 tag: the tag itself, else its primary
// language, else English.
func book(tag string) texts {
	all := books()
	tag = strings.ToLower(tag)
	primary, _, _ := strings.Cut(tag, "-")
	for _, lang := range []string{tag, primary} {
		if t, ok := all[lang]; ok {
			return t
		}
	}
	return all[fallbackLanguage]
}

// Languages lists the languages there are wordings in, as BCP 47 tags, sorted.
func Languages() []string { return slices.Sorted(maps.Keys(books())) }

// fill replaces placeholders in one pass, so that a name with braces in it
// stays what it is. The arguments alternate key and value.
func fill(text string, pairs ...string) string {
	args := make([]string, len(pairs))
	for i := 0; i+1 < len(pairs); i += 2 {
		args[i], args[i+1] = "{"+pairs[i]+"}", pairs[i+1]
	}
	return strings.NewReplacer(args...).Replace(text)
}
