// Command parley is the voice and call-recording session server and the tools
// of its operator. Each subcommand is in a file of its own.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"parley/cmd/internal/config"
)

// version is set by the linker.
var version = "dev"

type cli struct {
	Serve     serveCommand     `cmd:"" help:"Run the server."`
	Probe     probeCommand     `cmd:"" help:"Make one real call through a server and check that it is connected, recorded, sealed and playable."`
	APIKey    apiKeyCommand    `cmd:"" name:"apikey" help:"Print the API key pair of a data folder."`
	Token     tokenCommand     `cmd:"" help:"Mint a token for trying things; the server may be running."`
	Revoke    revokeCommand    `cmd:"" help:"Take back a token, or all tokens of a person; the server may be running."`
	Recording recordingCommand `cmd:"" help:"Work with stored recordings of a data folder."`
	Receipt   receiptCommand   `cmd:"" help:"Verify a consent receipt offline."`
	Ledger    ledgerCommand    `cmd:"" help:"Verify the hash-chained ledger, or print the keys that sign it."`
	Erasure   erasureCommand   `cmd:"" help:"Verify an erasure certificate offline."`
	Copy      copyCommand      `cmd:"" help:"Write a person's copy of what is kept about them to an archive; the server must be stopped."`
	Bundle    bundleCommand    `cmd:"" help:"Verify a disclosure bundle offline, or cut a stretch of time out of one."`
	Retention retentionCommand `cmd:"" help:"Show what is due for erasure, and why."`
	Audit     auditCommand     `cmd:"" help:"Verify the hash-chained log of accesses and other acts."`
	Consent   consentCommand   `cmd:"" help:"Try the rules of recording consent, list them, and explain a call."`
	Key       keyCommand       `cmd:"" help:"List, make, change and retire master keys; the server may be running."`
	Backup    backupCommand    `cmd:"" help:"Write a sealed snapshot of metadata and key envelopes; the server may be running."`
	Drill     drillCommand     `cmd:"" help:"Restore random recordings from the off-site copy and prove that they are whole; the server may be running."`
	Restore   restoreCommand   `cmd:"" help:"Put a backup into a database, SQLite or PostgreSQL; the server must be stopped."`
	Health    healthCommand    `cmd:"" help:"Ask a running server whether it is ready."`
	Version   versionCommand   `cmd:"" help:"Print the version."`
}

// streams are where a command writes.
type streams struct{ out, err io.Writer }

type serveCommand struct{ config.Serve }

type versionCommand struct{}

func (versionCommand) Run(s streams) error {
	_, err := fmt.Fprintln(s.out, "parley", version)
	return err
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], streams{os.Stdout, os.Stderr})
	stop()
	os.Exit(code)
}

// errSilent ends a command with a non-zero code when it has said all itself.
var errSilent = errors.New("silent")

// run is the program: it parses the arguments, runs the command, and returns
// the exit code.
func run(ctx context.Context, args []string, s streams) int {
	var c cli
	exit := -1
	parser, err := kong.New(&c, kong.Name("parley"), kong.Description("Voice and call-recording session server."),
		kong.Writers(s.out, s.err), kong.Exit(func(code int) { exit = code }), kong.UsageOnError(),
		kong.Bind(s), kong.BindTo(ctx, (*context.Context)(nil)))
	if err != nil {
		panic("parley: command line: " + err.Error())
	}
	k, err := parser.Parse(args)
	if exit >= 0 {
		return exit // help was printed
	}
	if err == nil {
		err = k.Run()
	}
	if err == nil {
		return 0
	}
	if !errors.Is(err, errSilent) {
		_, _ = fmt.Fprintln(s.err, "parley:", err) // stderr is all there is
	}
	return 1
}
