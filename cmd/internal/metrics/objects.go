package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"parley/storage/blob/layer"
)

var objectBuckets = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300}

// ObjectCalls are the metrics of calls to object stores. They are there before
// the stores are opened, and the other metrics after.
type ObjectCalls struct {
	took   *prometheus.HistogramVec
	failed *prometheus.CounterVec
}

// NewObjectCalls returns metrics that have counted nothing.
func NewObjectCalls() *ObjectCalls {
	return &ObjectCalls{
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Namespace: "parley", Name: "object_call_seconds",
			Help: "Time of one call to an object store.", Buckets: objectBuckets,
		}, []string{"store", "operation"}),
		failed: counters("object_calls_failed_total", "Calls to an object store that failed, by class.", "store", "operation", "class"),
	}
}

// Of returns what is told of the calls to one store; name is main or offsite.
func (c *ObjectCalls) Of(name string) layer.Observer {
	for _, operation := range layer.Operations() {
		for _, class := range []layer.Outcome{layer.Transient, layer.Permanent} {
			c.failed.WithLabelValues(name, operation, string(class))
		}
	}
	return objectStore{c, name}
}

type objectStore struct {
	calls *ObjectCalls
	name  string
}

// ObjectCall implements [layer.Observer]. What the caller itself broke off says
// nothing about the store.
func (s objectStore) ObjectCall(operation string, outcome layer.Outcome, took time.Duration) {
	if outcome == layer.Cancelled {
		return
	}
	s.calls.took.WithLabelValues(s.name, operation).Observe(took.Seconds())
	if outcome != layer.OK {
		s.calls.failed.WithLabelValues(s.name, operation, string(outcome)).Inc()
	}
}
