# Luna. `make help` is the manual: every target below carries its own line, and sets up what it needs.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# Every recipe runs on the project's own Node; hack/bootstrap.sh brings it where the machine has another one.
NODE := PATH="$$(hack/bootstrap.sh):$$PATH"
TENANT ?= demo
export TENANT

##@ A cluster with Luna on it

.PHONY: up
up: setup ## Cluster, images, operator and the sample tenant, until it is Ready. Run again: changes only what differs
	@$(NODE) node hack/up/cli.ts up

.PHONY: demo
demo: export Q ?= Was bedeutet die OBIS-Kennzahl 1.8.0?
demo: ## All of it in one command: the cluster, the sample documents, a question (or Q="…"), meters and prices
	@$(MAKE) --no-print-directory up
	@$(MAKE) --no-print-directory seed
	@$(MAKE) --no-print-directory ask
	@$(MAKE) --no-print-directory simulate

.PHONY: down
down: setup ## Remove the cluster and everything it put on this machine; the cache stays
	@$(NODE) node hack/up/cli.ts down

.PHONY: env
env: setup ## Print the lines that put kubectl, helm and the cluster into your shell: eval "$(make -s env)"
	@$(NODE) node hack/cluster/cli.ts env

##@ A tenant (TENANT=demo unless you say otherwise)

.PHONY: status
status: setup ## Conditions of the tenant and counts of its data, as tables
	@$(NODE) node hack/tenant/cli.ts status

.PHONY: testping
testping: setup ## All parts with ok or failed and latency; fails when one is down
	@$(NODE) node hack/tenant/cli.ts testping

.PHONY: seed
seed: setup ## Ingest every document of docs/samples, a row each
	@$(NODE) node hack/tenant/cli.ts seed

.PHONY: ask
ask: setup ## Ask the tenant's documents: make ask Q="Was bedeutet die OBIS-Kennzahl 1.8.0?"
	@$(NODE) node hack/tenant/cli.ts ask "$${Q:-}"

.PHONY: simulate
simulate: setup ## Run both simulators now and show the rows of the last minutes
	@$(NODE) node hack/tenant/cli.ts simulate

.PHONY: migrate
migrate: setup ## Run the schema migrations of the tenant again (harmless)
	@$(NODE) node hack/tenant/cli.ts migrate

.PHONY: logs
logs: setup ## Logs of the operator and of the tenant's pods
	@$(NODE) node hack/tenant/cli.ts logs

##@ Tests

.PHONY: test
test: setup ## Checks, then all tiers, fast ones first; ends with `N passed, N failed`
	@$(NODE) node hack/test/cli.ts check unit service apiserver faults cluster

.PHONY: test-unit
test-unit: setup ## Pure code, no server
	@$(NODE) node hack/test/cli.ts unit

.PHONY: test-service
test-service: setup ## tenant-api, simulator and migrations on a real TimescaleDB, Qdrant engine, Tika and Ollama
	@$(NODE) node hack/test/cli.ts service

.PHONY: test-apiserver
test-apiserver: setup ## The operator on a real etcd and kube-apiserver (honours KUBEBUILDER_ASSETS)
	@$(NODE) node hack/test/cli.ts apiserver

.PHONY: test-cluster
test-cluster: setup ## A LunaTenant from apply to answer to deletion, on a whole cluster with real pods
	@$(NODE) node hack/test/cli.ts cluster

.PHONY: check
check: setup ## Types, lint, format, and that every generated file is what its generator writes
	@$(NODE) node hack/test/cli.ts check

.PHONY: test-faults
test-faults: setup ## The operator under crashes, lost events and broken calls, by seed; `make test` tries a small sample of it
	@$(NODE) LUNA_FAULT_SIZE="$${LUNA_FAULT_SIZE:-full}" node hack/test/cli.ts faults

.PHONY: test-quiet
test-quiet: setup ## 50 tenants, ten minutes, no write
	@$(NODE) LUNA_QUIET_MINUTES="$${LUNA_QUIET_MINUTES:-10}" node hack/test/cli.ts quiet

.PHONY: test-kills
test-kills: setup ## Qdrant, Tika, Ollama and PostgreSQL killed in the middle of ingest, each LUNA_KILLS times (20), by LUNA_KILL_SEED; not in `make test`
	@$(NODE) LUNA_KILLS=$${LUNA_KILLS:-20} node hack/test/cli.ts kills

.PHONY: fuzz-api
fuzz-api: setup ## Fuzz the API from its own OpenAPI document with schemathesis (needs python3): no 5xx, every answer fits its schema
	@$(NODE) node hack/fuzz/cli.ts

##@ Quality of search and answers

.PHONY: eval
eval: setup ## Search on a data set in BEIR's format, through the service itself: make eval DATASET=dir
	@$(NODE) node tenant-api/eval/cli.ts retrieval "$(DATASET)"

.PHONY: eval-answers
eval-answers: setup ## The questions of docs/eval on docs/samples: found, quoted, refused, cited
	@$(NODE) node tenant-api/eval/cli.ts answers

##@ Benchmarks

.PHONY: bench-operator
bench-operator: setup ## Our operator beside controller-runtime and Kopf on one API server (N=25 tenants; needs go and python3)
	@$(NODE) node hack/bench/operator/cli.ts

.PHONY: bench-series
bench-series: setup ## A year of 100 meters written, rolled up and asked for, beside COPY alone; writes docs/benchmarks.md (METERS, DAYS, MINUTES, ROUNDS)
	@$(NODE) node hack/bench/series/cli.ts

.PHONY: bench-rag
bench-rag: setup ## Ask and ingest beside their own calls to Tika, Ollama and Qdrant made directly (DOCS, QUESTIONS, ROUNDS; WRITE=1 writes docs/benchmarks.md)
	@$(NODE) node hack/bench/rag/cli.ts

##@ Building

.PHONY: generate
generate: setup ## Write all generated files: CRD types, the chart's CRD, embedded migrations, openapi.yaml
	@$(NODE) node hack/generate/all.ts write

.PHONY: format
format: setup ## Format the sources
	@$(NODE) npm run --silent format

.PHONY: images
images: setup ## Build all images into the cache
	@$(NODE) node hack/images/cli.ts build

.PHONY: setup
setup: node_modules/.luna-installed

node_modules/.luna-installed: package-lock.json .node-version
	@$(NODE) npm ci --loglevel=error --no-fund --no-audit
	@touch $@

.PHONY: clean-cache
clean-cache: down ## Remove the cache too: the next `make up` builds everything again
	@rm -rf "$${LUNA_CACHE:-$${XDG_CACHE_HOME:-$$HOME/.cache}/luna}"

##@ Help

.PHONY: help
help: ## This page
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## / {printf "  %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
