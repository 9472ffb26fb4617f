// Command ferretdb is the MongoDB engine of the tests: FerretDB over SQLite, one process per test
// process. It prints the address it listens on as its only line of output, and ends when its standard
// input closes, so that it never outlives a test that was killed.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/FerretDB/FerretDB/internal/clientconn"
	"github.com/FerretDB/FerretDB/internal/clientconn/conninfo"
	"github.com/FerretDB/FerretDB/internal/clientconn/connmetrics"
	"github.com/FerretDB/FerretDB/internal/handler"
	"github.com/FerretDB/FerretDB/internal/handler/registry"
	"github.com/FerretDB/FerretDB/internal/util/password"
	"github.com/FerretDB/FerretDB/internal/util/state"
	"github.com/FerretDB/wire"
	"github.com/FerretDB/wire/wirebson"
)

// FerretDB's own default.
const batchSize = 100

type options struct {
	listen, data, database, user, password string
}

func main() {
	var o options
	flag.StringVar(&o.listen, "listen", "127.0.0.1:0", "address to listen on")
	flag.StringVar(&o.data, "data", "", "directory of the SQLite files, ending with a slash; without one they vanish with the process")
	flag.StringVar(&o.database, "database", "", "database of the first user; SCRAM is on when given")
	flag.StringVar(&o.user, "user", "", "name of the first user")
	flag.StringVar(&o.password, "password", "", "password of the first user")
	flag.Parse()

	if err := run(&o); err != nil {
		fmt.Fprintln(os.Stderr, "ferretdb:", err)
		os.Exit(1)
	}
}

func run(o *options) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if o.data == "" {
		directory, err := os.MkdirTemp("", "woodpile-ferretdb-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(directory)
		// In SQLite's memory mode FerretDB has one connection, and an update waits for itself.
		o.data = directory + "/?_pragma=synchronous(off)"
	}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		cancel()
	}()

	listener, closeBackend, err := listen(o)
	if closeBackend != nil {
		defer closeBackend()
	}
	if err != nil {
		return err
	}
	fmt.Println(listener.TCPAddr())
	listener.Run(ctx)
	return nil
}

func listen(o *options) (*clientconn.Listener, registry.CloseBackendFunc, error) {
	logger := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	metrics := connmetrics.NewListenerMetrics()
	provider, err := silentState()
	if err != nil {
		return nil, nil, err
	}
	h, closeBackend, err := registry.NewHandler("sqlite", &registry.NewHandlerOpts{
		Logger:        logger,
		ConnMetrics:   metrics.ConnMetrics,
		StateProvider: provider,
		TCPHost:       o.listen,
		SetupDatabase: o.database,
		SetupUsername: o.user,
		SetupPassword: password.WrapPassword(o.password),
		SQLiteURL:     "file:" + o.data,
		TestOpts:      registry.TestOpts{EnableNewAuth: o.database != "", BatchSize: batchSize},
	})
	if err != nil {
		return nil, closeBackend, err
	}
	completeSCRAM(h)
	listener, err := clientconn.Listen(&clientconn.NewListenerOpts{
		TCP:     o.listen,
		Mode:    clientconn.NormalMode,
		Metrics: metrics,
		Handler: h,
		Logger:  logger,
	})
	return listener, closeBackend, err
}

// completeSCRAM lets the last answer of a conversation that succeeded say so. FerretDB says it one
// exchange later only, which the specification allows no server that was asked to skip the empty
// exchange, and which the Rust driver refuses.
func completeSCRAM(h *handler.Handler) {
	command := h.Commands()["saslContinue"]
	step := command.Handler
	command.Handler = func(ctx context.Context, msg *wire.OpMsg) (*wire.OpMsg, error) {
		reply, err := step(ctx, msg)
		if err != nil {
			return nil, err
		}
		if _, _, conversation, _ := conninfo.Get(ctx).Auth(); conversation == nil || !conversation.Valid() {
			return reply, nil
		}
		raw := bytes.Replace(reply.RawSection0(), []byte("\x08done\x00\x00"), []byte("\x08done\x00\x01"), 1)
		return wire.NewOpMsg(wirebson.RawDocument(raw))
	}
}

// silentState keeps no state on disk and sends no telemetry.
func silentState() (*state.Provider, error) {
	provider, err := state.NewProvider("")
	if err != nil {
		return nil, err
	}
	return provider, provider.Update(func(s *state.State) {
		s.DisableTelemetry()
		s.TelemetryLocked = true
	})
}
