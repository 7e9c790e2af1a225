package words

// texts is one catalogue. The yaml tags are the keys of the file.
type texts struct {
	Language string `yaml:"language"`
	Version  string `yaml:"version"`

	QuestionTitle string `yaml:"question_title"`
	NoticeTitle   string `yaml:"notice_title"`
	NoneTitle     string `yaml:"none_title"`
	WhyTitle      string `yaml:"why_title"`
	DetailsTitle  string `yaml:"details_title"`
	Yes           string `yaml:"yes"`
	No            string `yaml:"no"`
	Stop          string `yaml:"stop"`

	ListenersTwo  string `yaml:"listeners_two"`
	ListenersMore string `yaml:"listeners_more"`
	KeptOne       string `yaml:"kept_one"`
	KeptDays      string `yaml:"kept_days"`
	KeptOpen      string `yaml:"kept_open"`
	NoIsFree      string `yaml:"no_is_free"`
	NoEnds        string `yaml:"no_ends"`
	NoticeStop    string `yaml:"notice_stop"`
	NoticeEnds    string `yaml:"notice_ends"`
	AgreedEarlier string `yaml:"agreed_earlier"`
	GuardianToo   string `yaml:"guardian_too"`
	MinorFree     string `yaml:"minor_free"`
	NoneBody      string `yaml:"none_body"`
	NoneAge       string `yaml:"none_age"`
	NoneMinor     string `yaml:"none_minor"`

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
	VoluntaryEnds     string `yaml:"voluntary_ends"`
	StopMidway        string `yaml:"stop_midway"`
	BeforeAsk         string `yaml:"before_ask"`
	BeforeKeep        string `yaml:"before_keep"`
	BeforeErase       string `yaml:"before_erase"`
	Beep              string `yaml:"beep"`
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
	RuleOperator  string `yaml:"rule_operator"`
	FormNone      string `yaml:"form_none"`
	FormNotice    string `yaml:"form_notice"`
	FormExpress   string `yaml:"form_express"`
	WhyMinor      string `yaml:"why_minor"`
	WhyGuardian   string `yaml:"why_guardian"`
	WhyNoCounts   string `yaml:"why_no_counts"`
	NotAdvice     string `yaml:"not_advice"`

	Parties   partyTexts `yaml:"parties"`
	NamedRole string     `yaml:"named_role"`
	// Places are the places as they stand in this language's sentences, which
	// may be "in Germany" rather than "Germany"; PlaceOther frames the name of
	// a place that is not among them.
	Places     map[string]string `yaml:"places"`
	PlaceOther string            `yaml:"place_other"`
	Neutral    neutralTexts      `yaml:"neutral"`
	Light      Light             `yaml:"light"`
	Reason     reasonTexts       `yaml:"reason"`
	Log        logTexts          `yaml:"log"`
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

// reasonTexts say in one sentence what a verdict comes to, by the rule that
// decided.
type reasonTexts struct {
	P1          string `yaml:"p1"`
	P2          string `yaml:"p2"`
	M1          string `yaml:"m1"`
	M2          string `yaml:"m2"`
	M3          string `yaml:"m3"`
	NoMinors    string `yaml:"no_minors"`
	Nobody      string `yaml:"nobody"`
	NoneMet     string `yaml:"none_met"`
	NoneOpen    string `yaml:"none_open"`
	NoticeMet   string `yaml:"notice_met"`
	NoticeOpen  string `yaml:"notice_open"`
	ExpressMet  string `yaml:"express_met"`
	ExpressOpen string `yaml:"express_open"`
}

// logTexts tell what happened in a call, for whoever has to account for it.
type logTexts struct {
	Recorded      string `yaml:"recorded"`
	NotRecorded   string `yaml:"not_recorded"`
	ShownQuestion string `yaml:"shown_question"`
	ShownNotice   string `yaml:"shown_notice"`
	ShownNone     string `yaml:"shown_none"`
	Yes           string `yaml:"yes"`
	No            string `yaml:"no"`
	Continued     string `yaml:"continued"`
	StayedOn      string `yaml:"stayed_on"`
	Withdrew      string `yaml:"withdrew"`
	GateOpen      string `yaml:"gate_open"`
	GateClose     string `yaml:"gate_close"`
	Void          string `yaml:"void"`
	Place         string `yaml:"place"`
	Joined        string `yaml:"joined"`
	Paused        string `yaml:"paused"`
	Resumed       string `yaml:"resumed"`
	Hold          string `yaml:"hold"`
	Unhold        string `yaml:"unhold"`
	PartKept      string `yaml:"part_kept"`
	PartErased    string `yaml:"part_erased"`
	Spoken        string `yaml:"spoken"`
	Announced     string `yaml:"announced"`
	Other         string `yaml:"other"`
}
