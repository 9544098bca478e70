# Clockwork. `make` alone lists the targets. What is built goes into bin/, what is merely kept (tools, logs, test
# backends) into .cache/; both are ignored by git, and `make clean` removes them.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-builtin-rules
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

# What a user may set: make test TEST_TIMEOUT=1h PKG=./internal/agent/...
PKG             ?= ./...
TEST_TIMEOUT    ?= 45m
SOAK_EXECUTIONS ?= 1000
SOAK_SEED       ?=
SOAK_CONFIG     ?=
SOAK_RUNNER     ?=
SOAK_TIMEOUT    ?= 4h
ROWS            ?=
ROUNDS          ?= 7
PROFILE         ?=
BENCHTIME       ?= 1s
FUZZTIME        ?= 20s

# The version is asked for once, so that a daemon and its agent always carry the same. The linker stamps it: the go command
# itself would fail in a checkout that somebody else owns.
ifndef VERSION
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
endif
export GOFLAGS := $(strip $(GOFLAGS) -buildvcs=false)

CACHE := .cache
TOOLS := $(CACHE)/tools

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

## ---- building ----------------------------------------------------------------------------------------------------

# Static: the agent runs in sandboxes without a libc.
LDFLAGS  = -s -w -X github.com/clockworkd/clockwork/internal/version.Version=$(VERSION)
GO_BUILD = CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)'

# grpcnotrace leaves out golang.org/x/net/trace, whose templates would keep the linker from dropping unused methods.
AGENT_TAGS := grpcnotrace
AGENTS     := linux-amd64 linux-arm64 darwin-amd64 darwin-arm64 freebsd-amd64

.PHONY: build
build: ## Build clockworkd, clockworkctl and clockwork-agent into bin/
	$(GO_BUILD) -o bin/ ./cmd/clockworkd ./cmd/clockworkctl
	$(GO_BUILD) -tags $(AGENT_TAGS) -o bin/ ./cmd/clockwork-agent

.PHONY: agents
agents: $(AGENTS:%=agent-%) ## Build the agents for other platforms into bin/agents/

.PHONY: $(AGENTS:%=agent-%)
$(AGENTS:%=agent-%): agent-%:
	platform=$* && GOOS=$${platform%-*} GOARCH=$${platform#*-} \
	  $(GO_BUILD) -tags $(AGENT_TAGS) -o bin/agents/clockwork-agent-$* ./cmd/clockwork-agent

## ---- trying ------------------------------------------------------------------------------------------------------

.PHONY: quickstart
quickstart: build ## Execute a real bundle through a daemon of its own
	examples/quickstart.sh

## ---- testing -----------------------------------------------------------------------------------------------------

# End-to-end tests run the binaries they find in CLOCKWORK_TEST_BIN. Under CLOCKWORK_TEST_STRICT a test fails where it
# would skip otherwise; test/noskips is the net below that.
TEST_ENV = export CLOCKWORK_TEST_STRICT=1 CLOCKWORK_TEST_BIN='$(CURDIR)/bin'; vars=$$(test/env vars); eval "$$vars"

.PHONY: test
test: build $(TOOLS)/grpcurl ## Run every test, with the real backends up; a skipped one is a failure
	test/prerequisites
	test/env up uv guest docker podman registry ssh
	$(TEST_ENV); go test -v -race -count=1 -timeout $(TEST_TIMEOUT) $(PKG) 2>&1 | tee $(CACHE)/test.log
	@test/noskips $(CACHE)/test.log

.PHONY: soak
soak: build ## Run SOAK_EXECUTIONS random executions under random faults drawn by SOAK_SEED, on SOAK_RUNNER of SOAK_CONFIG
	$(TEST_ENV); \
	go test ./test/soak -count=1 -v -timeout $(SOAK_TIMEOUT) \
	  -args -soak.executions=$(SOAK_EXECUTIONS) $(SOAK_SEED:%=-soak.seed=%) \
	  $(if $(SOAK_CONFIG),-soak.config='$(abspath $(SOAK_CONFIG))') $(SOAK_RUNNER:%=-soak.runner=%)

# Backends that are up are measured, too: test/env up docker.
.PHONY: bench
bench: build ## Measure what is promised, beside yardsticks (ROWS=local,start ROUNDS=7 PROFILE=step.pprof); also as .cache/bench.json
	@$(TEST_ENV); go run ./bench -bin bin -rounds $(ROUNDS) -rows '$(ROWS)' -profile '$(PROFILE)' -json $(CACHE)/bench.json

.PHONY: microbench
microbench: ## Run every Go benchmark of the tree for BENCHTIME; the figures are kept in .cache/microbench.txt
	@mkdir -p $(CACHE)
	packages=$$(grep -rlE '^func Benchmark' --include='*_test.go' --exclude-dir=$(CACHE) . | xargs -r -n1 dirname | sort -u); \
	$(TEST_ENV); go test -run '^$$' -bench . -benchmem -benchtime $(BENCHTIME) $$packages | tee $(CACHE)/microbench.txt

.PHONY: docs
docs: $(CACHE)/generated/docs/api.md ## Generate what is generated in docs: the API reference and the pages about the commands
	cp $< docs/api.md
	go test ./cmd/clockworkctl ./cmd/clockworkd -run '^TestCommandDocs$$' -count=1 -args -update

# Generated aside, so that make check can compare.
$(CACHE)/generated/docs/api.md: $(TOOLS)/buf $(TOOLS)/protoc-gen-doc generated tools/api.md.tmpl
	$(TOOLS)/buf generate --template buf.gen.docs.yaml --path proto/clockwork/v1 --output $(CACHE)/generated

.PHONY: fuzz
fuzz: ## Run each fuzz target for FUZZTIME
	grep -rHoE '^func Fuzz[A-Za-z0-9_]*' --include='*_test.go' --exclude-dir=$(CACHE) . | sed 's/:func / /' | \
	while read -r file target; do \
	  go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) "$$(dirname "$$file")" </dev/null; \
	done

## ---- checking ----------------------------------------------------------------------------------------------------

.PHONY: check
check: check-tidy check-proto check-docs check-fmt check-lint ## Check formatting, lint, import table, generated code and docs, go.mod

.PHONY: check-tidy
check-tidy:
	go mod tidy -diff
	go -C tools mod tidy -diff

.PHONY: check-proto
check-proto: $(TOOLS)/buf generated
	$(TOOLS)/buf lint
	@diff -ru -x '*.proto' -x doc.go proto $(CACHE)/generated/proto || \
	  { echo 'The generated Go is not what the .proto files say: run make proto, and commit what it changes.' >&2; exit 1; }

.PHONY: check-docs
check-docs: $(CACHE)/generated/docs/api.md
	@diff -u docs/api.md $< || { echo 'The API reference is not what the .proto files say: run make docs, and commit what it changes.' >&2; exit 1; }

.PHONY: check-fmt
check-fmt: $(TOOLS)/golangci-lint
	@$(TOOLS)/golangci-lint fmt --diff || { echo 'Not formatted: run make fmt.' >&2; exit 1; }

.PHONY: check-lint
check-lint: $(TOOLS)/golangci-lint
	go vet ./...
	$(TOOLS)/golangci-lint run

.PHONY: fmt
fmt: $(TOOLS)/golangci-lint ## Format the Go code
	$(TOOLS)/golangci-lint fmt

.PHONY: vuln
vuln: $(TOOLS)/govulncheck ## Look the dependencies up in the Go vulnerability database (needs the network)
	$(TOOLS)/govulncheck ./...

## ---- generating, tools -------------------------------------------------------------------------------------------

.PHONY: proto
proto: generated ## Generate the Go code of the .proto files beside them
	find proto -name '*.pb.go' -delete
	cp -R $(CACHE)/generated/proto .

# Generated aside first: a .proto that does not compile costs nobody the code that is there.
.PHONY: generated
generated: $(TOOLS)/buf $(TOOLS)/protoc-gen-go $(TOOLS)/protoc-gen-go-grpc
	@rm -rf $(CACHE)/generated
	$(TOOLS)/buf generate --output $(CACHE)/generated

# Each tool is built once per version; `go tool -modfile=tools/go.mod NAME` runs the same one without make.
TOOL_PACKAGES := \
  github.com/bufbuild/buf/cmd/buf \
  github.com/fullstorydev/grpcurl/cmd/grpcurl \
  github.com/golangci/golangci-lint/v2/cmd/golangci-lint \
  github.com/pseudomuto/protoc-gen-doc/cmd/protoc-gen-doc \
  golang.org/x/vuln/cmd/govulncheck \
  google.golang.org/grpc/cmd/protoc-gen-go-grpc \
  google.golang.org/protobuf/cmd/protoc-gen-go

.PHONY: tools
tools: $(addprefix $(TOOLS)/,$(notdir $(TOOL_PACKAGES))) ## Build the tools of tools/go.mod into .cache/tools/

$(TOOLS)/%: tools/go.mod tools/go.sum
	@mkdir -p $(TOOLS)
	CGO_ENABLED=0 go build -C tools -trimpath -o '$(CURDIR)/$@' $(filter %/$*,$(TOOL_PACKAGES))
	@touch $@

.PHONY: clean
clean: ## Stop the test backends and remove what was built
	test/env down
	rm -rf bin $(CACHE)
