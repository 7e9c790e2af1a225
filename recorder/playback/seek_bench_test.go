package playback

import (
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"time"

	"parley/recorder/playback/playbacktest"
	"parley/storage/blob"
	"parley/storage/blob/layer"
	"parley/storage/blob/miniotest"
	"parley/storage/blob/s3blob"
	"parley/storage/id"
	"parley/storage/meta"
	"parley/storage/storetest"
)

// firstRead is what a web server reads before the first byte leaves.
const firstRead = 32 << 10

// BenchmarkLongSeek plays a sealed recording of two hours that MinIO has, of two
// voices with 24 kbit/s: it opens it, and reads at random places until there is a
// first byte to send.
func BenchmarkLongSeek(b *testing.B) {
	lib, rec := longRecording(b)
	b.Run("open", func(b *testing.B) {
		var took []time.Duration
		for b.Loop() {
			began := time.Now()
			r, err := lib.Open(b.Context(), rec)
			took = append(took, time.Since(began))
			if err != nil {
				b.Fatal(err)
			}
			_ = r.Close()
		}
		report(b, took)
	})
	b.Run("seek", func(b *testing.B) {
		r, err := lib.Open(b.Context(), rec)
		if err != nil {
			b.Fatal(err)
		}
		defer func() { _ = r.Close() }()
		var took []time.Duration
		rnd, buf := rand.New(rand.NewPCG(1, 2)), make([]byte, firstRead)
		for b.Loop() {
			from := rnd.Int64N(r.Size() - firstRead)
			began := time.Now()
			if _, err := r.ReadAt(buf, from); err != nil {
				b.Fatal(err)
			}
			took = append(took, time.Since(began))
		}
		report(b, took)
	})
	b.Run("memory of 50 players", func(b *testing.B) {
		each := memoryOf(b, lib, rec, 50) // once, for it does not depend on how often
		b.ReportMetric(float64(each)/1024, "KiB/player")
		b.ReportMetric(0, "ns/op")
	})
}

// report states quantiles of what was measured.
func report(b *testing.B, took []time.Duration) {
	slices.Sort(took)
	for name, q := range map[string]float64{"p50-ms": .5, "p95-ms": .95} {
		b.ReportMetric(took[int(q*float64(len(took)-1))].Seconds()*1000, name)
	}
	b.ReportMetric(0, "ns/op")
}

// memoryOf is what one of some players keeps that have sought a few times each.
func memoryOf(b *testing.B, lib Library, rec id.RecordingID, players int) int64 {
	b.Helper()
	before := heap()
	open, buf := make([]*Recording, players), make([]byte, firstRead)
	for i := range open {
		var err error
		if open[i], err = lib.Open(b.Context(), rec); err != nil {
			b.Fatal(err)
		}
		for range 8 {
			if _, err := open[i].ReadAt(buf, rand.Int64N(open[i].Size()-firstRead)); err != nil {
				b.Fatal(err)
			}
		}
	}
	each := (heap() - before) / int64(players)
	for _, r := range open {
		_ = r.Close()
	}
	return each
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func longRecording(b *testing.B) (Library, id.RecordingID) {
	b.Helper()
	server := miniotest.Start(b)
	bucket, err := s3blob.New(s3blob.Config{
		Endpoint: server.Endpoint, AccessKey: server.AccessKey, SecretKey: s3blob.Secret(server.SecretKey),
		Bucket: "recordings", Region: "us-east-1", PathStyle: true,
	})
	if err == nil {
		err = bucket.EnsureBucket(b.Context())
	}
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = bucket.Close() })
	var objects blob.Store = layer.Retry(layer.Limit(bucket, layer.Limits{Puts: 16, Reads: 64}), layer.DefaultPolicy())
	store := storetest.Database(b)
	master := storetest.Master(b)
	entry := meta.Recording{ID: id.NewRecording(noon), CallID: id.NewCall(noon), MemberID: "maya", ExpertID: "hanna", State: meta.StateStored, StartedAt: noon}
	playbacktest.Shelf{Meta: store, Objects: objects, Master: master}.PutLong(b, entry, 2*60*3)
	return Library{Meta: store, Objects: objects, Opener: master}, entry.ID
}
