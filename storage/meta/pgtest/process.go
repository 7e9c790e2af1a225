package pgtest

import (
	"os"
	"os/exec"
	"time"
)

// process is a started program and the goroutine that waits for its exit.
type process struct {
	cmd    *exec.Cmd
	exited chan struct{} // closed when the program is gone
}

func startProcess(cmd *exec.Cmd) (*process, error) {
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &process{cmd: cmd, exited: make(chan struct{})}
	go func() {
		defer close(p.exited)
		// How it exits is of no interest: it is either asked to, or its
		// output is shown.
		_ = p.cmd.Wait()
	}()
	return p, nil
}

// stop asks the program to end, kills it if it does not, and returns when it is
// gone. It may be gone already.
func (p *process) stop(signal os.Signal) {
	_ = p.cmd.Process.Signal(signal)
	deadline := time.NewTimer(stopWithin)
	defer deadline.Stop()
	select {
	case <-p.exited:
	case <-deadline.C:
		_ = p.cmd.Process.Kill()
		<-p.exited
	}
}
