# Parley. `make run` and `make test` do all their own set-up.
SHELL := /bin/bash
.DEFAULT_GOAL := help

# hraban/opus needs libopusfile only for a part that is not used here. Without
# paths of the machine, every build and every clone share what was compiled.
export GOFLAGS := -tags=nolibopusfile -trimpath
export PATH := $(shell go env GOPATH 2>/dev/null)/bin:$(PATH)

# Tools of the tests that are too slow to build twice.
export CACHE := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/parley/bin

LISTEN ?= 127.0.0.1:8080
DATA ?= data
FUZZTIME ?= 10s
KILLS ?= 200
WALKS ?= 1000
CALLS ?= 200
FLOOD ?= 10000
VERSION ?= $(shell git describe --always --dirty 2>/dev/null || echo dev)

# Packages that start no goroutine: the race detector has nothing to find there,
# and makes them several times slower.
SEQUENTIAL := ./media/audiomatch ./media/ogg ./recorder/consent/... ./recorder/coverage ./recorder/disclosure ./recorder/export ./recorder/level ./recorder/render ./recorder/waveform ./signaling/session

# SQLite is C that was made Go, on memory of its own that the race detector knows
# nothing of: watching each of its steps costs most and finds nothing. What calls
# it is watched. Only a package without generic code may be left out: the linker
# may take the unwatched copy of such code for all of the program. Garbage costs more
# under the detector, too, and is collected less often.
RACE := -race -gcflags=modernc.org/sqlite/lib=-race=false -exec "env GOGC=400"

# Packages whose tests watch a program that runs on its own: the race detector
# would watch the watcher. One call of the whole program is made under it below.
# The longest is first, beside the others.
OUTSIDE := ./cmd/internal/e2e ./cmd/parley ./cmd/internal/crash ./cmd/internal/matrix

WEB_SOURCES := $(shell find web/src web/public web/index.html web/vite.config.ts web/vite.embed.config.ts web/tsconfig.json web/package-lock.json -type f 2>/dev/null)

.PHONY: help run build test check lint unit outside race e2e web-test torture fuzz bench setup setup-build setup-test image clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

run: build ## Run the demo on http://localhost:8080
	bin/parley serve --demo --listen $(LISTEN) --data $(DATA)

build: setup-build web/dist/index.html ## Build bin/parley with the web client inside
	go build -ldflags "-X main.version=$(VERSION)" -o bin/parley ./cmd/parley

# Calls take their time: the tests that make them mostly wait, and the checks keep
# the processor busy meanwhile. The race detector has it for itself afterwards.
test: setup-test build ## Run every check and every test
	@$(MAKE) --no-print-directory check & checks=$$!; $(MAKE) --no-print-directory outside; calls=$$?; wait $$checks && exit $$calls
	@$(MAKE) --no-print-directory race

check: lint web-test

lint:
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { echo "not gofmt'ed:"; gofmt -l $$(git ls-files '*.go'); exit 1; }
	go vet ./...
	"$(CACHE)/staticcheck" ./...

web-test: web/node_modules/.package-lock.json ## The web client's lint and tests, and a look at every screen with axe
	cd web && npm run --silent lint && npm run --silent test && npm run --silent screens -- --check

unit: outside race ## Go tests, the end-to-end tests in real browsers among them

outside:
	go test -shuffle=on -timeout 20m $(OUTSIDE) $(SEQUENTIAL)

race:
	go test $(RACE) -shuffle=on -timeout 20m $$(go list ./... | grep -vxFf <(go list $(SEQUENTIAL) $(OUTSIDE)))
	go test $(RACE) -shuffle=on -timeout 20m -run TestACallOnEachDatabase ./cmd/parley

e2e: setup-test build ## Only the end-to-end tests
	go test -v -count=1 -timeout 20m ./cmd/internal/e2e

torture: setup-test build ## Long runs: fuzzing, millions of steps of the call's state machine, repeated kills, hundreds of calls through each kind of network
	$(MAKE) fuzz FUZZTIME=2m
	PARLEY_WALKS=$(WALKS) go test -count=1 -timeout 60m -v -run TestInvariants ./signaling/session
	PARLEY_KILLS=$(KILLS) PARLEY_HANGUP_KILLS=60 go test -count=1 -timeout 120m ./cmd/internal/crash
	PARLEY_CALLS=$(CALLS) PARLEY_BROWSER_CALLS=20 PARLEY_MOVES=10 PARLEY_RELAY_TALK=10m go test -count=1 -timeout 120m -v ./cmd/internal/matrix
	PARLEY_TAB_CALLS=50 go test -count=1 -timeout 20m -v -run TestManyCallsInOneTab ./cmd/internal/e2e
	PARLEY_FLOOD=$(FLOOD) go test -count=1 -timeout 20m -v -run TestFlood ./cmd/internal/crash
	go test $(RACE) -count=5 -timeout 60m ./recorder/... ./cmd/internal/integration

fuzz: setup-build ## Run every fuzz target for FUZZTIME
	scripts/fuzz.sh $(FUZZTIME)

bench: build ## Benchmarks; docs/performance.md says how to read them
	scripts/measure.sh 20
	go test -run '^$$' -bench . -benchmem ./media/... ./recorder/... ./storage/... ./cmd/internal/e2e

web/node_modules/.package-lock.json: web/package-lock.json
	cd web && npm ci --no-fund --no-audit

web/dist/index.html: web/node_modules/.package-lock.json $(WEB_SOURCES)
	cd web && npm run --silent build
	touch web/dist/.keep

setup: setup-build setup-test ## Install what building and testing need

setup-build:
	@scripts/setup.sh build

setup-test:
	@scripts/setup.sh test

image: ## Build the container image
	docker build -t parley .

clean: ## Remove what was built
	rm -rf bin web/dist/assets web/dist/embed web/dist/index.html
