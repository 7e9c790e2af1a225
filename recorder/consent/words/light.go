package words

// Light are the words beside the recording light, and those about a microphone
// that goes wrong, in one language.
type Light struct {
	Off       string `yaml:"off"`
	Recording string `yaml:"recording"`
	Card      string `yaml:"card"` // paused for card details
	Hold      string `yaml:"hold"` // paused because the call is on hold
	Stopped   string `yaml:"stopped"`
	Problem   string `yaml:"problem"`

	YouSilent string `yaml:"you_silent"` // the person's microphone is silent
	YouAbsent string `yaml:"you_absent"` // nothing comes from it
	PeerQuiet string `yaml:"peer_silent"`
	PeerGone  string `yaml:"peer_absent"`
}

// Light returns the words in the language of the BCP 47 tag.
func (c Catalogue) Light(language string) Light { return c.book(language).Light }

// PeerSilent says that no sound comes from the other's microphone.
func (l Light) PeerSilent(name string) string { return fill(l.PeerQuiet, "name", name) }

// PeerAbsent says that nothing comes from the other.
func (l Light) PeerAbsent(name string) string { return fill(l.PeerGone, "name", name) }
