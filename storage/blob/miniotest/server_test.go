package miniotest_test

import (
	"net/http"
	"testing"
	"time"

	"go.uber.org/goleak"

	"parley/storage/blob/miniotest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// live asks the server's own probe.
func live(t *testing.T, endpoint string) bool {
	t.Helper()
	client := http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Get("http://" + endpoint + "/minio/health/live")
	if err != nil {
		return false
	}
	response.Body.Close()
	return response.StatusCode == http.StatusOK
}

func TestServerStartsStopsAndRestarts(t *testing.T) {
	server := miniotest.Start(t)
	if !live(t, server.Endpoint) {
		t.Error("after Start: got no answer, want a live server")
	}
	server.Stop(t)
	if live(t, server.Endpoint) {
		t.Error("after Stop: got an answer, want none")
	}
	server.Stop(t)
	server.Restart(t)
	if !live(t, server.Endpoint) {
		t.Error("after Restart: got no answer, want a live server")
	}
}
