package crash

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/media/audiomatch"
	"parley/recorder/manifest"
	"parley/storage/meta"
	"parley/storage/meta/sqlite"
)

// entry is a recording as a reviewer sees it.
type entry struct {
	ID       string `json:"id"`
	Call     string `json:"call"`
	State    string `json:"state"`
	LengthMs int64  `json:"length_ms"`
	Clean    bool   `json:"clean"`
}

func (s *server) recordings(ctx context.Context, t testing.TB) []entry {
	t.Helper()
	var page struct{ Recordings []entry }
	s.rest(ctx, t, http.MethodGet, "/api/v1/recordings?limit=200", "", &page)
	return page.Recordings
}

const poll = 20 * time.Millisecond

// settled waits until every recording is finished and no journal is left, and
// returns the recordings by call.
func (s *server) settled(ctx context.Context, t testing.TB) map[string][]entry {
	t.Helper()
	tick := time.NewTicker(poll)
	defer tick.Stop()
	for {
		byCall, open := map[string][]entry{}, 0
		for _, e := range s.recordings(ctx, t) {
			byCall[e.Call] = append(byCall[e.Call], e)
			if !meta.State(e.State).Finished() {
				open++
			}
		}
		left := files(t, filepath.Join(s.dir, "journal"))
		if open == 0 && len(left) == 0 {
			return byCall
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("%d recordings are not finished and %q are left in the journal folder:\n%s", open, left, s.said())
		}
	}
}

// play opens a recording as a reviewer and decodes its two voices with an
// ordinary decoder.
func (s *server) play(ctx context.Context, t testing.TB, rec string) (voices [2][]int16) {
	t.Helper()
	var play struct {
		AudioURL string `json:"audio_url"`
	}
	resp := s.rest(ctx, t, http.MethodPost, "/api/v1/recordings/"+rec+"/plays", `{"reason":"crash test"}`, &play)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+play.AudioURL, nil)
	must(t, err)
	for _, k := range resp.Cookies() {
		req.AddCookie(k)
	}
	stream, err := httpClient.Do(req)
	must(t, err)
	audio, err := io.ReadAll(stream.Body)
	must(t, err)
	must(t, stream.Body.Close())
	if stream.StatusCode != http.StatusOK {
		t.Fatalf("audio of %s: got status %d, want 200", rec, stream.StatusCode)
	}
	return decode(ctx, t, audio)
}

func decode(ctx context.Context, t testing.TB, audio []byte) (voices [2][]int16) {
	t.Helper()
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.opus"), filepath.Join(dir, "out.wav")
	must(t, os.WriteFile(in, audio, 0o600))
	if text, err := exec.CommandContext(ctx, "opusdec", "--quiet", "--force-wav", in, out).CombinedOutput(); err != nil {
		t.Fatalf("decode a recording of %d bytes: %v\n%s", len(audio), err, text)
	}
	f, err := os.Open(out)
	must(t, err)
	defer func() { _ = f.Close() }() // read only
	w, err := audiomatch.ReadWAV(f)
	must(t, err)
	return [2][]int16{w.Channel(0), w.Channel(1)}
}

// reports reads the reports of all recordings from the folder of a server that
// has ended.
func reports(ctx context.Context, t testing.TB, dir string) map[string]manifest.Report {
	t.Helper()
	db, err := sqlite.Open(ctx, sqlite.Config{Path: filepath.Join(dir, "parley.db")})
	must(t, err)
	defer func() { must(t, db.Close()) }()
	list, err := db.Recordings(ctx, meta.RecordingFilter{Limit: meta.MaxLimit})
	must(t, err)
	out := map[string]manifest.Report{}
	for _, r := range list {
		var report manifest.Report
		if r.Report != "" {
			must(t, json.Unmarshal([]byte(r.Report), &report))
		}
		out[string(r.ID)] = report
	}
	return out
}

// says tells whether a report has a note with that text.
func says(r manifest.Report, text string) bool {
	return slices.ContainsFunc(r.Notes, func(n string) bool { return strings.Contains(n, text) })
}

const endedNote = "the process ended during the call"

// noKeys checks that private keys are in the master key's file alone.
func noKeys(t testing.TB, dir string) {
	t.Helper()
	for _, path := range files(t, dir) {
		if filepath.Base(path) == "master.key" {
			continue
		}
		data, err := os.ReadFile(path)
		must(t, err)
		if bytes.Contains(bytes.ToUpper(data), []byte("AGE-SECRET-KEY-")) {
			t.Errorf("%s holds a private key", path)
		}
		// Four bytes such as OggS turn up in sealed data by chance.
		if bytes.Contains(data, []byte("OpusHead")) || bytes.Contains(data, []byte("OpusTags")) {
			t.Errorf("%s holds audio in the clear", path)
		}
	}
}

func files(t testing.TB, dir string) (paths []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			paths = append(paths, path)
		}
		return err
	})
	must(t, err)
	return paths
}

// journals are the journals of a data folder.
func journals(t testing.TB, dir string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "journal", "*.journal"))
	must(t, err)
	return paths
}
