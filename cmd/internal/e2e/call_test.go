package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/recorder/manifest"
	"parley/storage/blob"
	"parley/storage/blob/fsblob"
	"parley/storage/blob/miniotest"
	"parley/storage/blob/s3blob"
	"parley/storage/id"
	"parley/storage/meta"
	"parley/storage/meta/sqlite"
)

// callArgs is what web/e2e/call.mjs is told.
type callArgs struct {
	Base      string            `json:"base"`
	MemberWAV string            `json:"memberWAV"`
	ExpertWAV string            `json:"expertWAV"`
	Answers   map[string]string `json:"answers"`
	Scored    bool              `json:"scored"`
	Out       string            `json:"out"`
	Pictures  string            `json:"pictures"`
}

// callResult is what it prints.
type callResult struct {
	Recording string   `json:"recording"`
	ReadyMs   float64  `json:"readyMs"`
	Duration  float64  `json:"duration"`
	SoughtTo  float64  `json:"soughtTo"`
	Faults    []string `json:"faults"`
	// Evaluation is what the page showed of it to each, where the call was scored.
	Evaluation struct {
		Percent int
		Sound   string // how the call sounded
		// Moment is where a comment was made, and where its time leads.
		Moment struct {
			Time     string
			From, To float64
		}
		ExpertRead, ExpertPercent, LeadRead, Answer string
		Words                                       struct{ Comment, Moment, Overall, Dispute, Settlement string }
	} `json:"evaluation"`
}

// call is one call made in browsers, and everything it left behind.
type call struct {
	server    *server
	work      string // WAV files of the test
	spoken    [2]string
	result    callResult
	objectDir string // where the store keeps its files
}

func makeCall(t *testing.T, s *server, objectDir string, memberAnswer, expertAnswer string) call {
	t.Helper()
	return makeCallWith(t, s, objectDir, callArgs{Answers: map[string]string{"member": memberAnswer, "expert": expertAnswer}})
}

// makeCallWith is makeCall with what else args ask for.
func makeCallWith(t *testing.T, s *server, objectDir string, args callArgs) call {
	t.Helper()
	c := call{server: s, work: t.TempDir(), objectDir: objectDir}
	c.spoken[0] = speak(t, c.work, "member", "en-us", memberSays)
	c.spoken[1] = speak(t, c.work, "expert", "en-gb+f3", expertSays)
	pictures, err := filepath.Abs(filepath.Join(root, "web", "e2e", "out", "call"))
	must(t, err)
	args.Base, args.MemberWAV, args.ExpertWAV, args.Out, args.Pictures = s.url, c.spoken[0], c.spoken[1], c.work, pictures
	scenario(t, "call.mjs", args, &c.result)
	if len(c.result.Faults) > 0 {
		t.Errorf("the pages reported faults: %q", c.result.Faults)
	}
	return c
}

// eachHearsTheOther compares what arrived at each browser with what the other
// spoke, and with what it spoke itself.
func (c call) eachHearsTheOther(t *testing.T) {
	t.Helper()
	for i, name := range []string{"member", "expert"} {
		heard := voice(t, filepath.Join(c.work, "heard-by-"+name+".wav"), 0)
		other, own := heardLikeness(t, c.spoken[1-i], heard), heardLikeness(t, c.spoken[i], heard)
		t.Logf("%s hears the other %.2f, itself %.2f", name, other, own)
		if got := other; got < 0.8 {
			t.Errorf("%s hears the other: correlation %.2f, want at least 0.80", name, got)
		}
		if got := own; got > 0.5 {
			t.Errorf("%s hears own voice back: correlation %.2f, want below 0.50 (chance over short pieces)", name, got)
		}
	}
}

// TestBothAgreeDirectoryStore: the call is recorded, and then scored, disputed and
// answered in the pages of those whom it concerns.
// TestBothAgreeDirectoryStore makes the call of a server with all that it has when
// nothing is said, spoken lines among them.
func TestBothAgreeDirectoryStore(t *testing.T) {
	dir := t.TempDir()
	s := startServerWith(t, dir, []string{"--demo", "--spoken-notice", "extra"})
	c := makeCallWith(t, s, filepath.Join(dir, "objects"), callArgs{Answers: map[string]string{"member": "yes", "expert": "yes"}, Scored: true})
	c.checkScored(t)
	c.checkRecorded(t)
}

// checkScored holds what the pages showed against what was written in the others.
func (c call) checkScored(t *testing.T) {
	t.Helper()
	e := c.result.Evaluation
	if e.Percent != 80 || e.ExpertPercent != "80%" {
		t.Errorf("score: the reviewer sees %d and the expert %q, want 80 of both: 4 of 20 points are missing", e.Percent, e.ExpertPercent)
	}
	for _, want := range []struct{ who, read, word string }{
		{"the expert", e.ExpertRead, e.Words.Comment}, {"the expert", e.ExpertRead, e.Words.Overall},
		{"the expert", e.ExpertRead, e.Moment.Time + " " + e.Words.Moment},
		{"the lead", e.LeadRead, e.Words.Dispute}, {"the expert", e.Answer, e.Words.Settlement},
	} {
		if want.word == "" || !strings.Contains(want.read, want.word) {
			t.Errorf("%s reads %q, want %q in it", want.who, want.read, want.word)
		}
	}
	// A player tells its place four times a second.
	if m := e.Moment; m.From < 1 || math.Abs(m.From-m.To) > 0.5 {
		t.Errorf("the comment was made at %.2f s, its time leads to %.2f s", m.From, m.To)
	}
	if !strings.Contains(e.Sound, "excellent") && !strings.Contains(e.Sound, "good") && !strings.Contains(e.Sound, "poor") {
		t.Errorf("beside the recording stands %q, want a word on how the call sounded", e.Sound)
	}
	for _, read := range []string{e.ExpertRead, e.Answer} {
		if strings.Contains(strings.ToLower(read), "robin") || strings.Contains(strings.ToLower(read), "lena") {
			t.Errorf("the expert reads %q, want no name of who has judged", read)
		}
	}
}

func TestBothAgreeMinIO(t *testing.T) {
	dir := t.TempDir()
	store := miniotest.Start(t)
	s := startServer(t, dir, "PARLEY_S3_ENDPOINT="+store.Endpoint,
		"PARLEY_S3_ACCESS_KEY="+store.AccessKey, "PARLEY_S3_SECRET_KEY="+store.SecretKey)
	c := makeCall(t, s, store.Dir, "yes", "yes")
	c.checkRecorded(t)
}

// TestOneDeclines: the call has sound both ways, and no byte of audio exists
// anywhere afterwards.
func TestOneDeclines(t *testing.T) {
	dir := t.TempDir()
	s := startServerWith(t, dir, []string{"--demo", "--spoken-notice", "extra"})
	c := makeCall(t, s, filepath.Join(dir, "objects"), "yes", "no")
	c.eachHearsTheOther(t)
	var list struct{ Recordings []json.RawMessage }
	get(t, s.url+"/api/v1/recordings", demoToken(t, s, "robin"), &list)
	if len(list.Recordings) != 0 {
		t.Errorf("recordings after a no: got %d, want none", len(list.Recordings))
	}
	s.stop(t)
	for _, folder := range []string{"journal", "objects"} {
		for _, f := range files(t, filepath.Join(dir, folder)) {
			t.Errorf("%s is left after a call that was not recorded", f)
		}
	}
	db, err := sqlite.Open(context.Background(), sqlite.Config{Path: filepath.Join(dir, "parley.db")})
	must(t, err)
	defer func() { must(t, db.Close()) }()
	if left, err := db.UnfinishedRecordings(t.Context()); err != nil || len(left) > 0 {
		t.Errorf("recordings in metadata: got %d and error %v, want none", len(left), err)
	}
}

// checkRecorded holds the recording against what was spoken, from outside.
func (c call) checkRecorded(t *testing.T) {
	t.Helper()
	c.eachHearsTheOther(t)
	if c.result.ReadyMs > 2000 {
		t.Errorf("from hang-up until the reviewer sees the call: got %.0f ms, want at most 2000", c.result.ReadyMs)
	}
	c.checkWAV(t)
	c.nothingInTheClear(t)
	c.server.stop(t)

	keys, objects := c.stored(t)
	key := c.ageOpen(t, filepath.Join(c.server.dir, "master.key"), keys[id.PartCall], "call.key")
	data, err := os.ReadFile(c.ageOpen(t, key, c.fetch(t, one(t, objects, id.PartCall, ""), "manifest"), "manifest.json"))
	must(t, err)
	m, err := manifest.Decode(data, id.RecordingID(c.result.Recording))
	must(t, err)
	if !m.Report.Clean {
		t.Errorf("the recording's report is not clean: %q", m.Report.Notes)
	}
	for i, part := range []string{id.PartMember, id.PartExpert} {
		c.checkVoice(t, m, i, keys[part], c.fetch(t, one(t, objects, part, m.Voices[i].SHA256), part))
	}
	c.checkStereo(t, m)
	c.checkExports(t, m)
}

// checkVoice opens one voice with the ordinary age tool and decodes it with
// opusdec.
func (c call) checkVoice(t *testing.T, m manifest.Manifest, i int, keyEnvelope, object string) {
	t.Helper()
	name := m.Voices[i].Leg
	key := c.ageOpen(t, filepath.Join(c.server.dir, "master.key"), keyEnvelope, name+".key")
	opus := c.ageOpen(t, key, object, name+".opus")
	if info := tool(t, "opusinfo", opus); strings.Contains(strings.ToUpper(info), "WARNING") {
		t.Errorf("opusinfo warns of the %s's voice:\n%s", name, info)
	}
	decoded := filepath.Join(c.work, name+".decoded.wav")
	tool(t, "opusdec", "--quiet", "--force-wav", opus, decoded)
	heard := voice(t, decoded, 0)
	if got := likeness(t, c.spoken[i], heard); got < 0.8 {
		t.Errorf("recorded voice of the %s: correlation %.2f, want at least 0.80", name, got)
	}
	if got := likeness(t, c.spoken[1-i], heard); got >= 0.2 {
		t.Errorf("the other's voice in that of the %s: correlation %.2f, want below 0.20", name, got)
	}
	c.checkLength(t, name, m, len(heard))
}

// checkLength holds a decoded length against the end of the manifest's last
// span: sample 0 is the beginning of the recording, a little before its gate
// opened.
func (c call) checkLength(t *testing.T, name string, m manifest.Manifest, samples int) {
	t.Helper()
	spans := m.Spans[len(m.Spans)-1].CloseMs
	length := float64(samples) * 1000 / compareRate
	if math.Abs(length-spans) > 60 {
		t.Errorf("%s: decoded length %.0f ms, the last span ends at %.0f ms, want within 60 ms", name, length, spans)
	}
}

// export writes the recording in one of its forms with the operator's command.
func (c call) export(t *testing.T, as, name string) string {
	t.Helper()
	out := filepath.Join(c.work, name)
	var stores []string
	for _, e := range c.server.cmd.Env {
		if strings.HasPrefix(e, "PARLEY_S3_") {
			stores = append(stores, e)
		}
	}
	_, stderr, code := run(t, stores, "recording", "export", c.result.Recording, "--as", as,
		"--out", out, "--reason", "end-to-end test", "--data", c.server.dir)
	if code != 0 {
		t.Fatalf("export as %s: exit code %d: %s", as, code, stderr)
	}
	return out
}

// checkExports looks at the other forms with ordinary tools.
func (c call) checkExports(t *testing.T, m manifest.Manifest) {
	t.Helper()
	mix := filepath.Join(c.work, "mix.wav")
	tool(t, "opusdec", "--quiet", "--force-wav", c.export(t, "mix", "mix.opus"), mix)
	for _, path := range []string{mix, c.export(t, "wav-mix", "wav-mix.wav")} {
		heard := voice(t, path, 0)
		for i, spoken := range c.spoken {
			if got := likeness(t, spoken, heard); got < 0.4 {
				t.Errorf("voice %d in %s: correlation %.2f, want at least 0.40 (two voices at once)", i, filepath.Base(path), got)
			}
		}
		c.checkLength(t, filepath.Base(path), m, len(heard))
	}
	for i, part := range []string{id.PartMember, id.PartExpert} {
		decoded := filepath.Join(c.work, part+".export.wav")
		tool(t, "opusdec", "--quiet", "--force-wav", c.export(t, part, part+".export.opus"), decoded)
		if got := likeness(t, c.spoken[i], voice(t, decoded, 0)); got < 0.8 {
			t.Errorf("exported voice of the %s: correlation %.2f, want at least 0.80", part, got)
		}
	}
}

// checkWAV plays the WAV rendition as a reviewer, over HTTP.
func (c call) checkWAV(t *testing.T) {
	t.Helper()
	req, err := http.NewRequest(http.MethodPost, c.server.url+"/api/v1/recordings/"+c.result.Recording+"/plays", strings.NewReader(`{"reason":"test"}`))
	must(t, err)
	req.Header.Set("Authorization", "Bearer "+demoToken(t, c.server, "robin"))
	resp, err := http.DefaultClient.Do(req)
	must(t, err)
	var play struct {
		WAVURL string `json:"wav_url"`
	}
	must(t, errors.Join(json.NewDecoder(resp.Body).Decode(&play), resp.Body.Close()))
	get, err := http.NewRequest(http.MethodGet, c.server.url+play.WAVURL, nil)
	must(t, err)
	for _, cookie := range resp.Cookies() {
		get.AddCookie(cookie)
	}
	_, data := fetchRange(t, get, "")
	if code, part := fetchRange(t, get, "bytes=100000-100099"); code != http.StatusPartialContent || !bytes.Equal(part, data[100000:100100]) {
		t.Errorf("100 bytes from the middle: got status %d and %d bytes, want those of the whole", code, len(part))
	}
	if code, _ := fetchRange(t, get, "bytes=999999999-"); code != http.StatusRequestedRangeNotSatisfiable {
		t.Errorf("a range outside the file: got status %d, want 416", code)
	}
	path := filepath.Join(c.work, "played.wav")
	must(t, os.WriteFile(path, data, 0o600))
	for i, name := range []string{"left", "right"} {
		if got := likeness(t, c.spoken[i], voice(t, path, i)); got < 0.8 {
			t.Errorf("%s channel of the WAV: correlation %.2f, want at least 0.80", name, got)
		}
	}
}

// fetchRange makes a request for a range, or for all.
func fetchRange(t *testing.T, req *http.Request, bytesRange string) (status int, body []byte) {
	t.Helper()
	r := req.Clone(t.Context())
	if bytesRange != "" {
		r.Header.Set("Range", bytesRange)
	}
	resp, err := http.DefaultClient.Do(r)
	must(t, err)
	body, err = io.ReadAll(resp.Body)
	must(t, errors.Join(err, resp.Body.Close()))
	return resp.StatusCode, body
}

// checkStereo exports what playback serves and decodes it.
func (c call) checkStereo(t *testing.T, m manifest.Manifest) {
	t.Helper()
	out := c.export(t, "stereo", "stereo.opus")
	if info := tool(t, "opusinfo", out); strings.Contains(strings.ToUpper(info), "WARNING") {
		t.Errorf("opusinfo warns of the stereo stream:\n%s", info)
	}
	decoded := filepath.Join(c.work, "stereo.wav")
	tool(t, "opusdec", "--quiet", "--force-wav", out, decoded)
	for i, name := range []string{"left", "right"} {
		heard := voice(t, decoded, i)
		if got := likeness(t, c.spoken[i], heard); got < 0.8 {
			t.Errorf("%s channel: correlation with its voice %.2f, want at least 0.80", name, got)
		}
		if got := likeness(t, c.spoken[1-i], heard); got >= 0.2 {
			t.Errorf("%s channel: correlation with the other voice %.2f, want below 0.20", name, got)
		}
		c.checkLength(t, name, m, len(heard))
	}
}

// stored returns files with the key envelope of each part, and what metadata
// says of the sealed objects.
func (c call) stored(t *testing.T) (keys map[string]string, objects []meta.StoredObject) {
	t.Helper()
	db, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(c.server.dir, "parley.db")})
	must(t, err)
	defer func() { must(t, db.Close()) }()
	rec := id.RecordingID(c.result.Recording)
	keys = map[string]string{}
	for _, part := range id.Parts() {
		sealed, err := db.Envelope(t.Context(), rec, part)
		must(t, err)
		keys[part] = filepath.Join(c.work, part+".key.age")
		must(t, os.WriteFile(keys[part], sealed, 0o600))
	}
	objects, err = db.Objects(t.Context(), rec)
	must(t, err)
	return keys, objects
}

// one is the key of the one object of a part, with this hash unless that is "".
func one(t *testing.T, objects []meta.StoredObject, part, sum string) string {
	t.Helper()
	var found []string
	for _, o := range objects {
		if o.Part == part && (sum == "" || o.SHA256 == sum) {
			found = append(found, o.Key)
		}
	}
	if len(found) != 1 {
		t.Fatalf("objects of the %s with hash %q: got %d, want 1", part, sum, len(found))
	}
	return found[0]
}

// ageOpen opens a sealed file with the ordinary age tool.
func (c call) ageOpen(t *testing.T, identity, sealed, name string) string {
	t.Helper()
	out := filepath.Join(c.work, name)
	tool(t, "age", "--decrypt", "-i", identity, "-o", out, sealed)
	return out
}

// nothingInTheClear searches everything that the server and its store have
// written. Nothing but the master key's file may hold a private key.
func (c call) nothingInTheClear(t *testing.T) {
	t.Helper()
	searched := 0
	for _, dir := range []string{c.server.dir, c.objectDir} {
		for _, f := range files(t, dir) {
			data, err := os.ReadFile(f)
			must(t, err)
			searched++
			for _, mark := range []string{"OggS", "OpusHead", "AGE-SECRET-KEY", "canary-"} { // the last is in all words of reviewers
				if bytes.Contains(data, []byte(mark)) && !(mark == "AGE-SECRET-KEY" && filepath.Base(f) == "master.key") {
					t.Errorf("%s holds %q in the clear", f, mark)
				}
			}
		}
	}
	if searched < 5 {
		t.Errorf("only %d files were searched: the folders are not where they should be", searched)
	}
	info, err := os.Stat(filepath.Join(c.server.dir, "master.key"))
	must(t, err)
	if got := info.Mode().Perm(); got != 0o600 {
		t.Errorf("mode of the master key's file: got %o, want 600", got)
	}
}

// files lists every file below a folder.
func files(t *testing.T, dir string) (list []string) {
	t.Helper()
	must(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			list = append(list, path)
		}
		return err
	}))
	return list
}

// fetch copies a stored object into the work folder, through the store's own
// interface, for MinIO keeps its files in a format of its own.
func (c call) fetch(t *testing.T, key, name string) string {
	t.Helper()
	store := c.openStore(t)
	obj, err := store.Open(t.Context(), key)
	must(t, err)
	defer func() { must(t, obj.Close()) }()
	data, err := io.ReadAll(io.NewSectionReader(obj, 0, obj.Size()))
	must(t, err)
	path := filepath.Join(c.work, name+".age")
	must(t, os.WriteFile(path, data, 0o600))
	return path
}

// openStore opens the object store that the server used.
func (c call) openStore(t *testing.T) blob.Store {
	t.Helper()
	env := map[string]string{}
	for _, e := range c.server.cmd.Env {
		name, value, _ := strings.Cut(e, "=")
		env[name] = value
	}
	if env["PARLEY_S3_ENDPOINT"] == "" {
		store, err := fsblob.Open(fsblob.Config{Dir: c.objectDir})
		must(t, err)
		t.Cleanup(func() { must(t, store.Close()) })
		return store
	}
	store, err := s3blob.New(s3blob.Config{
		Endpoint: env["PARLEY_S3_ENDPOINT"], AccessKey: env["PARLEY_S3_ACCESS_KEY"],
		SecretKey: s3blob.Secret(env["PARLEY_S3_SECRET_KEY"]), Bucket: "parley", Region: "us-east-1", PathStyle: true,
	})
	must(t, err)
	t.Cleanup(func() { must(t, store.Close()) })
	return store
}
