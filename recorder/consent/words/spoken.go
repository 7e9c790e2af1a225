package words

import (
	_ "embed"
	"sync"

	"gopkg.in/yaml.v3"
)

//go:embed spoken.yaml
var spokenFile []byte

// Spoken is what the server says aloud in one language.
type Spoken struct {
	Notice    string `yaml:"notice"`    // the call will be recorded
	Recording string `yaml:"recording"` // the first words on a recording
	Resumed   string `yaml:"resumed"`   // the recording goes on after a pause
}

// spokenTexts cannot fail to load in a program whose tests passed, hence the
// panic.
var spokenTexts = sync.OnceValue(func() map[string]Spoken {
	out := map[string]Spoken{}
	if err := yaml.Unmarshal(spokenFile, &out); err != nil {
		panic("consent/words: embedded spoken texts: " + err.Error())
	}
	return out
})

// SpokenTexts returns what the server says aloud, by language. The map belongs
// to the caller.
func SpokenTexts() map[string]Spoken {
	out := map[string]Spoken{}
	for language, s := range spokenTexts() {
		out[language] = s
	}
	return out
}
