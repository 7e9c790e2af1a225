// Package config holds the typed configuration of the server: what the
// command line and the environment may set, its defaults, and its checks. All
// faults are reported at once.
package config

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"parley/cmd/internal/publicip"
	"parley/media/opus"
)

// Secret is a value that never prints itself.
type Secret string

func (Secret) String() string               { return "[redacted]" }
func (Secret) GoString() string             { return "[redacted]" }
func (Secret) MarshalJSON() ([]byte, error) { return []byte(`"[redacted]"`), nil }

// isDatabase tells whether s may be the URL of a database, or is empty.
func (s Secret) isDatabase() bool {
	return s == "" || strings.HasPrefix(string(s), "postgres://") || strings.HasPrefix(string(s), "postgresql://")
}

// Serve configures `parley serve`.
type Serve struct {
	Listen              string `help:"Address of HTTP and WebSocket, host:port; port 0 takes a free one." default:"127.0.0.1:8080" env:"PARLEY_LISTEN"`
	Data                string `help:"Folder for metadata, journals, keys and (without S3) recordings." default:"data" env:"PARLEY_DATA" type:"path"`
	Database            Secret `help:"postgres://user:password@host/database where metadata is kept; empty: an SQLite file in --data." env:"PARLEY_DATABASE"`
	AcceptOlderDatabase bool   `help:"Start on a database that was put back to an older day; what was erased since is erased again." name:"accept-older-database"`
	Demo                bool   `help:"Let anybody sign in as one of a few made-up people. Never where real people are." env:"PARLEY_DEMO"`

	EventDays           int      `help:"Days for which events are kept in the feed." default:"90" env:"PARLEY_EVENT_DAYS"`
	Webhook             []string `help:"Address to which events are delivered, https://…; may be given more than once." env:"PARLEY_WEBHOOK"`
	WebhookSecret       Secret   `help:"Secret that signs what is delivered to --webhook: whsec_ and the base64 of 24 to 64 bytes." env:"PARLEY_WEBHOOK_SECRET"`
	WebhookAllowPrivate bool     `help:"Let webhooks be http:// and addresses that are not on the public internet." env:"PARLEY_WEBHOOK_ALLOW_PRIVATE"`

	MetricsListen string `help:"Address of the metrics, such as 127.0.0.1:9464; empty: none. Whoever reaches it can read them." env:"PARLEY_METRICS_LISTEN"`

	ReserveMiB int `help:"Free space in MiB on the data folder's disk below which no new recording begins; calls then go on unrecorded." default:"256" env:"PARLEY_RESERVE_MIB" name:"reserve-mib"`

	RenderMode      string `help:"How voices are stored: copy (as sent), encode (decoded, mended, evened out, encoded again) or auto (copy while little is lost)." default:"auto" enum:"auto,copy,encode" env:"PARLEY_RENDER_MODE"`
	VoiceBitrate    int    `help:"Bit rate of an encoded voice in bit/s, 6000 to 510000." default:"24000" env:"PARLEY_VOICE_BITRATE"`
	VoiceComplexity int    `help:"CPU against quality of an encoded voice, 1 to 10." default:"5" env:"PARLEY_VOICE_COMPLEXITY"`
	Pauses          string `help:"What pauses and withdrawals leave in a recording: silence of the same length, or nothing (skip)." default:"silence" enum:"silence,skip" env:"PARLEY_PAUSES"`

	HeadEvery    int           `help:"Entries of the ledger after which its head is signed." default:"100" env:"PARLEY_LEDGER_HEAD_EVERY" name:"ledger-head-every"`
	HeadInterval time.Duration `help:"Time after which a ledger that has grown is signed at the latest." default:"5m" env:"PARLEY_LEDGER_HEAD_INTERVAL" name:"ledger-head-interval"`

	MediaPort int           `help:"UDP port of all media, and TCP port of media for those whose network lets no UDP through; 0 takes a free one." default:"0" env:"PARLEY_MEDIA_PORT"`
	TURNPort  int           `help:"UDP and TCP port of TURN; 0 takes a free one." default:"0" env:"PARLEY_TURN_PORT"`
	TURNLife  time.Duration `help:"How long credentials of TURN let somebody open relayed addresses, 10s to 1h. What is open by then goes on; whoever needs another one during a call, or for a check, is given new ones." default:"10m" env:"PARLEY_TURN_CREDENTIAL_LIFE" name:"turn-credential-life"`
	PublicIP  string        `help:"Address that browsers reach this server at, when it is not that of each interface: an IP address, interface:NAME, or stun:HOST:PORT to ask a STUN server at the start." env:"PARLEY_PUBLIC_IP"`

	TLS `embed:""`

	Operator string `help:"Name of the operator, as people see it." default:"Parley" env:"PARLEY_OPERATOR"`

	Identity `embed:""`
	Proxies  `embed:""`
	OIDC     OIDC `embed:"" prefix:"oidc-" envprefix:"PARLEY_OIDC_"`

	Limits  Limits `embed:"" prefix:"limit-" envprefix:"PARLEY_LIMIT_"`
	Web     `embed:""`
	Consent `embed:""`
	Rights  `embed:""`

	SpokenNotice string        `help:"Where telling people is enough, the notice is also spoken: off (only on the screen), extra (capture waits for it, and the screen is enough where it cannot be played) or required (nothing is recorded before both heard it)." default:"extra" enum:"off,extra,required" env:"PARLEY_SPOKEN_NOTICE"`
	Announce     string        `help:"A short line at the start of each recorded part, heard on the call and on the recording: auto (where telling people is enough and the notice is spoken), on (in every recorded call) or off." default:"auto" enum:"auto,on,off" env:"PARLEY_ANNOUNCE"`
	Prompts      string        `help:"Folder with recordings of what is spoken: notice.en.opus, recording.en.wav, resumed.de.wav and so on; what is missing espeak-ng speaks." env:"PARLEY_PROMPTS" type:"path"`
	PauseRemind  time.Duration `help:"After how long an expert is reminded that a recording is paused for card details." default:"1m" env:"PARLEY_PAUSE_REMINDER" name:"pause-reminder"`
	AnswerGood   time.Duration `help:"How long a yes given in a call is good; then it is asked again." default:"12h" env:"PARLEY_ANSWER_GOOD" name:"answer-good-for"`

	Keys     Keys     `embed:""`
	SealOnly SealOnly `embed:""`

	WrapUp         time.Duration `help:"How long an expert is not rung after a call, to write down what is needed; the expert may end it early. 0s: not at all." default:"30s" env:"PARLEY_WRAP_UP"`
	MissedCalls    int           `help:"After how many missed calls in a row an expert is set Not available, 0: never." default:"2" env:"PARLEY_MISSED_CALLS"`
	RateFrom       time.Duration `help:"How long two must have talked so that they are asked to rate the call." default:"30s" env:"PARLEY_RATE_FROM"`
	ResumeCalls    time.Duration `help:"How long a server that was started again waits for both people of a call that was running: then the call and its recording go on. Calls that were without a server for more than two minutes end. 0s: every call ends with the server." default:"30s" env:"PARLEY_RESUME_CALLS"`
	MaxCallMinutes int           `help:"Minutes after which a call ends, 0: never. Both are told a minute before." default:"0" env:"PARLEY_MAX_CALL_MINUTES" name:"max-call-minutes"`

	S3 S3 `embed:"" prefix:"s3-" envprefix:"PARLEY_S3_"`

	Offsite S3 `embed:"" prefix:"offsite-" envprefix:"PARLEY_OFFSITE_"`

	ObjectLock string `help:"What the object stores keep from deletion by anybody, where their buckets have Object Lock: off (what is under legal hold) or governance (everything, for as long as it is kept)." default:"off" enum:"off,governance" env:"PARLEY_OBJECT_LOCK"`

	SweepDays int   `help:"Days in which every stored object is read and checked once; 0: never." default:"30" env:"PARLEY_SWEEP_DAYS"`
	SweepRate int64 `help:"Bytes per second that the check of stored objects reads at most." default:"1048576" env:"PARLEY_SWEEP_RATE"`

	LogLevel string `help:"debug, info, warn or error." default:"info" enum:"debug,info,warn,error" env:"PARLEY_LOG_LEVEL"`
}

// The ways of --spoken-notice.
const (
	SpokenOff      = "off"
	SpokenExtra    = "extra"
	SpokenRequired = "required"
)

// The ways of --announce.
const (
	AnnounceAuto = "auto"
	AnnounceOn   = "on"
	AnnounceOff  = "off"
)

// S3 configures an object store. Without an endpoint the first one is a folder, and
// there is no off-site one.
type S3 struct {
	Endpoint  string `help:"host:port of MinIO or another S3 store; --s3-: recordings go there instead of to a folder of --data, --offsite-: every stored object is copied there." env:"ENDPOINT"`
	Bucket    string `help:"Bucket; it is made when it does not exist." default:"parley" env:"BUCKET"`
	AccessKey string `help:"Access key." env:"ACCESS_KEY"`
	SecretKey Secret `help:"Secret key." env:"SECRET_KEY"`
	Prefix    string `help:"Prefix of all object names." env:"PREFIX"`
	Region    string `help:"Region." default:"us-east-1" env:"REGION"`
	TLS       bool   `help:"Use TLS." env:"TLS" name:"tls"`
	CA        string `help:"File with certificates (PEM) of authorities that vouch for the store beside those of the system; needs TLS." env:"CA" name:"ca" type:"path"`
	Style     string `help:"How the bucket is addressed: path (host/bucket, as MinIO wants it) or host (bucket.host, as large providers want it)." default:"path" enum:"path,host" env:"STYLE"`
	Lock      bool   `help:"Make the bucket with Object Lock, if it is made." env:"LOCK"`
}

// place is where objects end up.
func (c S3) place() [3]string { return [3]string{c.Endpoint, c.Bucket, c.Prefix} }

// faults checks what belongs together; flags begin with prefix.
func (c S3) faults(prefix string) (faults []error) {
	if c.Endpoint == "" {
		return nil
	}
	if c.AccessKey == "" || c.SecretKey == "" {
		faults = append(faults, fmt.Errorf("%[1]sendpoint needs %[1]saccess-key and %[1]ssecret-key", prefix))
	}
	if c.CA != "" && !c.TLS {
		faults = append(faults, fmt.Errorf("%[1]sca needs %[1]stls", prefix))
	}
	return faults
}

// Validate checks everything and returns all faults.
func (c Serve) Validate() error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		fault("--listen %q: must be host:port", c.Listen)
	}
	if _, _, err := net.SplitHostPort(c.MetricsListen); err != nil && c.MetricsListen != "" {
		fault("--metrics-listen %q: must be host:port", c.MetricsListen)
	}
	if _, err := c.Networks(); err != nil {
		faults = append(faults, err)
	}
	if c.EventDays < 1 {
		fault("--event-days %d: must be at least 1", c.EventDays)
	}
	if len(c.Webhook) > 0 && c.WebhookSecret == "" {
		fault("--webhook needs a secret in PARLEY_WEBHOOK_SECRET")
	}
	for name, port := range map[string]int{"--media-port": c.MediaPort, "--turn-port": c.TURNPort} {
		if port < 0 || port > 65535 {
			fault("%s %d: must be 0 to 65535", name, port)
		}
	}
	if c.TURNLife < 10*time.Second || c.TURNLife > time.Hour {
		fault("--turn-credential-life %v: must be 10s to 1h", c.TURNLife)
	}
	if err := publicip.Check(c.PublicIP); err != nil {
		fault("--public-ip %w", err)
	}
	if c.PauseRemind <= 0 || c.AnswerGood <= 0 {
		fault("--pause-reminder %v and --answer-good-for %v: must be more than 0", c.PauseRemind, c.AnswerGood)
	}
	if c.ResumeCalls < 0 || c.ResumeCalls > 10*time.Minute {
		fault("--resume-calls %v: must be 0s to 10m", c.ResumeCalls)
	}
	if c.MaxCallMinutes < 0 {
		fault("--max-call-minutes %d: must be 0 or more", c.MaxCallMinutes)
	}
	if c.WrapUp < 0 || c.MissedCalls < 0 || c.RateFrom < 0 {
		fault("--wrap-up %v, --missed-calls %d and --rate-from %v: must be 0 or more", c.WrapUp, c.MissedCalls, c.RateFrom)
	}
	if c.ReserveMiB < 0 {
		fault("--reserve-mib %d: must be 0 or more", c.ReserveMiB)
	}
	if !c.Database.isDatabase() {
		fault("--database: must begin with postgres:// or postgresql://, or be empty for SQLite")
	}
	if c.HeadEvery < 1 || c.HeadInterval < time.Second {
		fault("--ledger-head-every %d and --ledger-head-interval %s: must be at least 1 and 1s", c.HeadEvery, c.HeadInterval)
	}
	if c.VoiceBitrate < opus.MinBitrateBps || c.VoiceBitrate > opus.MaxBitrateBps {
		fault("--voice-bitrate %d: must be %d to %d", c.VoiceBitrate, opus.MinBitrateBps, opus.MaxBitrateBps)
	}
	if c.VoiceComplexity < 1 || c.VoiceComplexity > opus.MaxComplexity {
		fault("--voice-complexity %d: must be 1 to %d", c.VoiceComplexity, opus.MaxComplexity)
	}
	faults = append(faults, c.S3.faults("--s3-")...)
	faults = append(faults, c.Offsite.faults("--offsite-")...)
	if c.Offsite.Endpoint != "" && c.Offsite.place() == c.S3.place() {
		fault("--offsite-endpoint: bucket and prefix are those of --s3-endpoint, so a copy would be none")
	}
	if c.SweepDays < 0 || c.SweepRate < 1 {
		fault("--sweep-days %d and --sweep-rate %d: must be at least 0 and 1", c.SweepDays, c.SweepRate)
	}
	return errors.Join(slices.Concat(faults, c.Web.faults(), c.Consent.faults(), c.Rights.faults(), c.TLS.faults(), c.Identity.faults(), c.OIDC.faults(c.MaxLife), c.Keys.Faults(), c.SealOnly.faults(c.Keys))...)
}
