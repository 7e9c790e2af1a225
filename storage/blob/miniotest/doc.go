// Package miniotest runs a real MinIO server for tests: on free ports of the
// loopback interface, with its data in a directory that goes with the test.
//
//	server := miniotest.Start(t)
//	store, err := s3blob.New(s3blob.Config{
//		Endpoint: server.Endpoint, AccessKey: server.AccessKey, SecretKey: s3blob.Secret(server.SecretKey),
//		Bucket: "test", PathStyle: true,
//	})
//
// The program is the one that PARLEY_MINIO names, else parley/bin/minio in the
// user's cache directory. A test that finds none fails and says how to get it;
// it never skips. One goroutine per server waits for the process to exit; it
// ends when the process does, which Cleanup waits for.
package miniotest
