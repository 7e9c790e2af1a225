package s3blob_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"

	"parley/storage/blob/s3blob"
)

const (
	uploads    = 50
	uploadSize = 16 << 20
	budget     = 64 << 20
)

// zeros is endless.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// TestFiftyUploadsInLittleMemory holds that an upload keeps none of its content:
// with fifty stopped in the middle, all that is in use is below the budget, which
// three of them would exceed.
func TestFiftyUploadsInLittleMemory(t *testing.T) {
	var arrived sync.WaitGroup
	arrived.Add(uploads)
	goOn := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut {
			_, _ = io.CopyN(io.Discard, r.Body, uploadSize/2)
			arrived.Done()
			<-goOn
		}
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("ETag", `"0"`)
	}))
	defer server.Close()
	store := open(t, s3blob.Config{
		Endpoint: strings.TrimPrefix(server.URL, "http://"), AccessKey: "key", SecretKey: "secret",
		Bucket: "bucket", Region: "us-east-1", PathStyle: true,
	})
	before := inUse()
	var puts sync.WaitGroup
	for n := range uploads {
		puts.Go(func() {
			key := "object" + string(rune('a'+n%26)) + string(rune('a'+n/26))
			if err := store.Put(context.Background(), key, io.LimitReader(zeros{}, uploadSize), uploadSize); err != nil {
				t.Errorf("Put: %v", err)
			}
		})
	}
	arrived.Wait()
	used := inUse() - before
	close(goOn)
	puts.Wait()
	t.Logf("%d uploads of %d MiB at once use %.1f MiB", uploads, uploadSize>>20, float64(used)/(1<<20))
	if used > budget {
		t.Errorf("in use: %d MiB, want at most %d", used>>20, budget>>20)
	}
}

// inUse is what is reachable and the stacks of all goroutines, in bytes; client
// and server are both in it.
func inUse() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}
