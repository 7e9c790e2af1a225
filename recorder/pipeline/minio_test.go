package pipeline

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"parley/storage/blob"
	"parley/storage/blob/layer"
	"parley/storage/blob/miniotest"
	"parley/storage/blob/s3blob"
	"parley/storage/id"
	"parley/storage/meta"
)

// bucket is a real store behind a proxy that can spoil requests.
func bucket(t *testing.T) (blob.Store, *miniotest.Proxy) {
	t.Helper()
	server := miniotest.Start(t)
	proxy := miniotest.NewProxy(t, server)
	store, err := s3blob.New(s3blob.Config{
		Endpoint: proxy.Endpoint, AccessKey: server.AccessKey, SecretKey: s3blob.Secret(server.SecretKey),
		Bucket: "recordings", Region: "us-east-1", PathStyle: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	if err := store.EnsureBucket(t.Context()); err != nil {
		t.Fatal(err)
	}
	return layer.Retry(layer.Limit(store, layer.Limits{Puts: 16, Reads: 64}), layer.DefaultPolicy()), proxy
}

// TestFaultsAtEachRequest spoils each request of a recording's way to the store in
// turn: whatever it was, the recording gets there whole, once, and what is local
// goes only then.
func TestFaultsAtEachRequest(t *testing.T) {
	h := newHouse(t)
	store, proxy := bucket(t)
	h.objects = store
	p := h.start()
	kinds := map[string]miniotest.Fault{
		"500": miniotest.InternalError, "request cut": miniotest.CutRequest, "answer cut": miniotest.CutAnswer,
	}
	recordings := 0
	for name, fault := range kinds {
		for nth, more := 1, true; more; nth++ {
			proxy.Decide(func(n int, _ *http.Request) miniotest.Fault {
				if n == nth {
					return fault
				}
				return miniotest.Pass
			})
			r := p.wholeCall()
			if got := p.stored(); got.ID != r.ID() || got.State != meta.StateStored {
				t.Fatalf("%s at request %d: got %s %s, want %s stored", name, nth, got.ID, got.State, r.ID())
			}
			recordings++
			p.eventually("nothing is left on the disk", func() bool { return len(p.local()) == 0 })
			more = proxy.Seen() >= nth
		}
	}
	proxy.Decide(nil)
	if got := len(p.keys()); got != 5*recordings {
		t.Errorf("store: got %d objects of %d recordings, want five of each", got, recordings)
	}
	if recordings < len(kinds)*10 {
		t.Errorf("only %d requests were spoilt: the test does not see them", recordings)
	}
	list, err := h.meta.Recordings(t.Context(), meta.RecordingFilter{Limit: meta.MaxLimit})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range list {
		for _, o := range p.objectsOf(r) {
			if sum, err := blob.Sum(t.Context(), store, o.Key); err != nil || sum != o.SHA256 {
				t.Errorf("%s: got hash %s and %v, want %s", o.Key, sum, err, o.SHA256)
			}
		}
	}
}

func (h *house) objectsOf(r meta.Recording) []meta.StoredObject {
	h.t.Helper()
	objects, err := h.meta.Objects(h.t.Context(), r.ID)
	if err != nil || len(objects) != 5 {
		h.t.Errorf("objects of %s: got %d and %v, want five", r.ID, len(objects), err)
	}
	return objects
}

// TestASlowStore: where every answer is late and every byte comes in drops, calls
// are recorded side by side and get there whole.
func TestASlowStore(t *testing.T) {
	for name, fault := range map[string]miniotest.Fault{"late": miniotest.Slow, "in drops": miniotest.Trickle} {
		h := newHouse(t)
		store, proxy := bucket(t)
		h.objects = store
		proxy.Decide(func(int, *http.Request) miniotest.Fault { return fault })
		p := h.start()
		want := map[id.RecordingID]bool{}
		for range 3 {
			want[p.wholeCall().ID()] = true
		}
		for range 3 {
			r := p.stored()
			p.objectsOf(r)
			delete(want, r.ID)
		}
		if len(want) > 0 {
			t.Errorf("%s: %v were not stored", name, want)
		}
	}
}

// TestAFullBucket: nothing is lost while there is no room, and all goes there when
// there is.
func TestAFullBucket(t *testing.T) {
	h := newHouse(t)
	store, proxy := bucket(t)
	h.objects = store
	proxy.Decide(func(_ int, r *http.Request) miniotest.Fault {
		if r.Method == http.MethodPut {
			return miniotest.Full
		}
		return miniotest.Pass
	})
	p := h.start()
	r := p.wholeCall()
	p.eventually("the log says that the store is full", func() bool { return strings.Contains(p.log.String(), "the store is full") })
	if got := len(p.local()); got != 6 {
		t.Errorf("local files: got %q, want all six", p.local())
	}
	if got := p.entry(r.ID()).State; got != meta.StateUploading {
		t.Errorf("state: got %s, want uploading", got)
	}
	proxy.Decide(nil)
	p.stored()
	p.open(r.ID())
	p.eventually("nothing is left on the disk", func() bool { return len(p.local()) == 0 })
}

// TestNamesTellNothing: an object's name holds random characters and the id of its
// recording, and nothing of the people.
func TestNamesTellNothing(t *testing.T) {
	h := newHouse(t)
	p := h.start()
	r := p.wholeCall()
	p.stored()
	keys := p.keys()
	for _, key := range keys {
		parts := strings.Split(key, "/")
		if len(parts) != 3 || parts[0] != "recordings" || parts[1] != string(r.ID()) || len(parts[2]) != 24 || strings.Trim(parts[2], "0123456789abcdef") != "" {
			t.Errorf("key %q: want recordings/ID/24 hexadecimal digits", key)
		}
		for _, personal := range []string{string(h.call.MemberID), string(h.call.ExpertID), "maya", "hanna", "lee", string(h.call.ID)} {
			if strings.Contains(strings.ToLower(key), strings.ToLower(personal)) {
				t.Errorf("key %q holds %q", key, personal)
			}
		}
	}
	slices.Sort(keys)
	if len(slices.Compact(keys)) != 5 {
		t.Errorf("keys: got %q, want five different ones", fmt.Sprint(keys))
	}
}
