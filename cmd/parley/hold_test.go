package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/signaling/auth"
	"parley/storage/blob"
	"parley/storage/blob/miniotest"
	"parley/storage/blob/s3blob"
	"parley/storage/id"
	"parley/storage/meta"
)

// tokenOf mints the token of somebody of whom the demo knows nothing.
func tokenOf(t testing.TB, dir string, person id.PersonID, role auth.Role) string {
	t.Helper()
	pair, said, code := program(t, "apikey", "--data", dir)
	keyID, secret, ok := strings.Cut(strings.TrimSpace(pair), ":")
	if code != 0 || !ok {
		t.Fatalf("apikey: got exit code %d and %q", code, said)
	}
	now := time.Now()
	token, err := auth.Mint(auth.Key{ID: keyID, Secret: auth.Secret(secret)},
		auth.Identity{Person: person, Role: role, Name: string(person), Expires: now.Add(time.Hour)}, now)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// do makes a request and returns what must be its answer.
func (s *running) do(t testing.TB, method, path, token, body string, want int, into any) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }() // read to its end
	data, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != want {
		t.Fatalf("%s %s: got %d %s, %v, want %d", method, path, res.StatusCode, data, err, want)
	}
	if into != nil && json.Unmarshal(data, into) != nil {
		t.Fatalf("%s %s: got %s, want JSON", method, path, data)
	}
}

// buckets are two of one MinIO, with Object Lock, and the flags that name them.
type buckets struct {
	stores []*s3blob.Store
	flags  []string
}

func lockedBuckets(t *testing.T) buckets {
	t.Helper()
	minio := miniotest.Start(t)
	var b buckets
	for _, name := range []string{"s3", "offsite"} {
		b.flags = append(b.flags, "--"+name+"-endpoint="+minio.Endpoint, "--"+name+"-access-key="+minio.AccessKey,
			"--"+name+"-secret-key="+minio.SecretKey, "--"+name+"-bucket=parley-"+name)
		store, err := s3blob.New(s3blob.Config{
			Endpoint: minio.Endpoint, AccessKey: minio.AccessKey, SecretKey: s3blob.Secret(minio.SecretKey),
			Bucket: "parley-" + name, Region: "us-east-1", PathStyle: true, Lock: true,
		})
		if err == nil {
			err = store.EnsureBucket(t.Context())
		}
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = store.Close() })
		b.stores = append(b.stores, store)
	}
	return b
}

// objects are the keys of a recording in each bucket.
func (b buckets) objects(t *testing.T, recording string) (keys [2][]string) {
	t.Helper()
	for i, store := range b.stores {
		for info, err := range store.List(t.Context(), "recordings/"+recording) {
			if err != nil {
				t.Fatal(err)
			}
			keys[i] = append(keys[i], info.Key)
		}
	}
	return keys
}

// TestAHoldKeepsARecording in the buckets themselves, through a restore of a backup
// that is older, and until it is released; then what it has put off is done.
func TestAHoldKeepsARecording(t *testing.T) {
	b := lockedBuckets(t)
	dir, file := t.TempDir(), filepath.Join(t.TempDir(), "parley.backup")
	officer := tokenOf(t, dir, "pia", auth.RolePrivacy)
	s := serveDemo(t, dir, b.flags...)
	recording := s.call(t)
	s.eventually(t, "off-site copies", func() bool { return len(b.objects(t, recording)[1]) == 5 })
	command(t, "backup", file, "--data", dir)

	path := "/api/v1/recordings/" + recording
	s.do(t, "POST", path+"/holds", officer, `{"case":"42 O 7/26","reason":"a court asked","review_at":"2099-01-01T00:00:00Z"}`, http.StatusCreated, nil)
	s.do(t, "POST", path+"/erasures", officer, `{"part":"call","note":"as asked"}`, http.StatusCreated, nil)
	s.eventually(t, "locks", func() bool { return locked(t, dir) })
	for i, keys := range b.objects(t, recording) {
		for _, key := range keys {
			if err := b.stores[i].Delete(t.Context(), key); !errors.Is(err, blob.ErrLocked) {
				t.Errorf("bucket %d: delete %s, held: got %v, want ErrLocked", i, key, err)
			}
		}
	}
	s.stop()

	command(t, append([]string{"restore", file, "--data", dir, "--force"}, b.flags...)...)
	withStores(t, dir, "", func(ctx context.Context, st *stores) {
		holds, err := st.meta.Holds(ctx, id.RecordingID(recording))
		if err != nil || len(holds) != 1 || holds[0].Case != "42 O 7/26" || holds[0].By != "pia" || holds[0].ReleasedAt != nil {
			t.Fatalf("after the restore: got the holds %+v and %v, want the one placed since", holds, err)
		}
		waiting, err := st.meta.Erasures(ctx, meta.ErasureFilter{States: []meta.ErasureState{meta.ErasureApproved}})
		if err != nil || len(waiting) != 1 {
			t.Errorf("after the restore: got the erasures %+v and %v, want the one that waits", waiting, err)
		}
	})

	s = serveDemo(t, dir, b.flags...)
	var list struct{ Holds []struct{ ID string } }
	s.do(t, "GET", path+"/holds", officer, "", http.StatusOK, &list)
	s.do(t, "POST", path+"/holds/"+list.Holds[0].ID+"/release", officer, `{"reason":"over"}`, http.StatusNoContent, nil)
	for i, keys := range b.objects(t, recording) {
		if len(keys) > 0 {
			t.Errorf("released: bucket %d has %q still, want what was put off to be done", i, keys)
		}
	}
}

// locked tells whether both buckets have what they should, as far as is known.
func locked(t *testing.T, dir string) (all bool) {
	t.Helper()
	all = true
	inStore(t, dir, func(s meta.Store) {
		for _, name := range []string{meta.StoreMain, meta.StoreOffsite} {
			due, err := s.LocksDue(t.Context(), meta.LockQuery{Store: name})
			all = all && err == nil && len(due) == 0
		}
	})
	return all
}

// eventually waits for something that the server does by itself.
func (s *running) eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	deadline, tick := time.After(patience), time.NewTicker(100*time.Millisecond)
	defer tick.Stop()
	for !is() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("%s did not come:\n%s", what, s.log)
		}
	}
}

// TestObjectLockNeedsOne: what the operator wants and the store cannot do ends the
// start.
func TestObjectLockNeedsOne(t *testing.T) {
	_, said, code := program(t, "serve", "--listen", "127.0.0.1:0", "--data", t.TempDir(), "--object-lock", "governance")
	if code == 0 || !strings.Contains(said, "--object-lock") {
		t.Errorf("a folder: got exit code %d and %q, want it refused", code, said)
	}
}

// TestRetentionIsOneOfTheBucket: what is stored is kept by the bucket for as long as
// people were told, and what is erased goes all the same.
func TestRetentionIsOneOfTheBucket(t *testing.T) {
	b := lockedBuckets(t)
	dir := t.TempDir()
	officer := tokenOf(t, dir, "pia", auth.RolePrivacy)
	s := serveDemo(t, dir, append(b.flags, "--object-lock=governance")...)
	recording := s.call(t)
	s.eventually(t, "off-site copies", func() bool { return len(b.objects(t, recording)[1]) == 5 })
	s.eventually(t, "retention", func() bool {
		all := false
		inStore(t, dir, func(s meta.Store) {
			due, err := s.LocksDue(t.Context(), meta.LockQuery{Store: meta.StoreMain, Retain: true})
			all = err == nil && len(due) == 0
		})
		return all
	})
	for _, key := range b.objects(t, recording)[0] {
		if err := b.stores[0].Delete(t.Context(), key); !errors.Is(err, blob.ErrLocked) {
			t.Errorf("delete %s, retained: got %v, want ErrLocked", key, err)
		}
	}
	var e struct{ State string }
	s.do(t, "POST", "/api/v1/recordings/"+recording+"/erasures", officer, `{"part":"call","note":"as asked"}`, http.StatusCreated, &e)
	if left := b.objects(t, recording); e.State != "done" || len(left[0])+len(left[1]) > 0 {
		t.Errorf("erased: it is %s and %q are left, want done and nothing", e.State, left)
	}
}
