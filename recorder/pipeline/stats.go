package pipeline

import (
	"sync"
	"time"

	"parley/storage/id"
)

// Stats tell what recordings of ended calls wait for.
type Stats struct {
	// Rendering have no finished voices yet, Uploading are not stored yet.
	Rendering, Uploading int
	// OldestUpload is since when the first of those has waited; zero if none.
	OldestUpload time.Time
}

// Stats counts the recordings that are being finished.
func (p *Pipeline) Stats() Stats { return p.queue.stats() }

// Observer is told how long the steps of a recording took, from the end of its
// capture, or from the start of the process for one that was left over.
type Observer interface {
	Rendered(d time.Duration)
	Uploaded(d time.Duration)
}

// queue knows which recordings are being finished and since when. Its zero value
// is empty.
type queue struct {
	mu        sync.Mutex // guards what follows
	rendering map[id.RecordingID]time.Time
	uploading map[id.RecordingID]time.Time
}

// render enters a recording; one that is known stays as it is.
func (q *queue) render(rec id.RecordingID, now time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.rendering == nil {
		q.rendering, q.uploading = map[id.RecordingID]time.Time{}, map[id.RecordingID]time.Time{}
	}
	_, uploading := q.uploading[rec]
	if _, known := q.rendering[rec]; !known && !uploading {
		q.rendering[rec] = now
	}
}

// upload moves a rendered recording on; fresh is false if it had been moved.
func (q *queue) upload(rec id.RecordingID, now time.Time) (took time.Duration, fresh bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	since, fresh := q.rendering[rec]
	if fresh {
		delete(q.rendering, rec)
		q.uploading[rec] = now
	}
	return now.Sub(since), fresh
}

// done takes a stored recording out.
func (q *queue) done(rec id.RecordingID, now time.Time) (took time.Duration) {
	q.mu.Lock()
	defer q.mu.Unlock()
	since := q.uploading[rec]
	delete(q.uploading, rec)
	return now.Sub(since)
}

func (q *queue) stats() Stats {
	q.mu.Lock()
	defer q.mu.Unlock()
	s := Stats{Rendering: len(q.rendering), Uploading: len(q.uploading)}
	for _, since := range q.uploading {
		if s.OldestUpload.IsZero() || since.Before(s.OldestUpload) {
			s.OldestUpload = since
		}
	}
	return s
}

// rendered and uploaded move a job through the queue and tell the observer.
func (j *job) rendered() {
	took, fresh := j.p.queue.upload(j.rec.ID, j.p.cfg.Now())
	if fresh && j.p.cfg.Observer != nil {
		j.p.cfg.Observer.Rendered(took)
	}
}

func (j *job) uploaded() {
	took := j.p.queue.done(j.rec.ID, j.p.cfg.Now())
	if j.p.cfg.Observer != nil {
		j.p.cfg.Observer.Uploaded(took)
	}
}
