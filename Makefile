# Each target sets up what it needs: on a fresh machine `make demo` or `make test` is the first command.
# The locked Node in node_modules/.bin goes first, so that an old system Node only has to run npm.
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
SHELL := /bin/bash
.DEFAULT_GOAL := help

INSTALLED := node_modules/.installed

# What has begun and when, as `SECONDS NAME …`, so that the tests can tell at their end how long each part took.
PARTS := $(shell date +%s) setup
begin = $(eval PARTS += $(shell date +%s) $(1))
SUITES = PARTS='$(PARTS)' node test/suites.ts

.PHONY: help setup lint check generate build image control-plane node packages test e2e test-long demo clean

help: ## list the targets; times are rough, on 2 cores
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

$(INSTALLED): package-lock.json package.json
	npm ci --no-audit --no-fund --loglevel=error
	@node -e 'const [a,b]=process.versions.node.split(".").map(Number); if (a<22||a===22&&b<19) { console.error("node "+process.versions.node+" is too old and none is bundled for this platform: install Node 22.19 or later"); process.exit(1); }'
	@touch $@

setup: $(INSTALLED) ## install the locked dependencies

lint: setup ## format, lint, types, unused code and layers: 1 min
	$(call begin,lint)
	biome check --error-on-warnings .
	tsc -p .
	tsc -p src/graph-page
	knip
	node tools/lint/unique-names.ts
	depcruise --config .dependency-cruiser.mjs --output-type err src test e2e bench image tools

check: lint ## the fast loop, 2 min: lint, then unit and golden tests with a quarter of the random cases
	$(SUITES) unit

generate: setup ## print crds/ and docs/reference from the schemas and the code
	node tools/generate.ts

build: setup ## bundle the operator and the tool: dist/ringfence.mjs, and what it starts
	npm run -s build

image: setup ## build the image (IMAGE=name:tag; PLATFORMS=linux/amd64,linux/arm64 PUSH=1 sends both to a registry)
	@node image/build.ts

control-plane: setup ## fetch or build etcd, kube-apiserver, kube-controller-manager and kubectl (once, up to 10 min)
	$(call begin,control-plane)
	node e2e/control-plane/command.ts prepare

node: setup packages control-plane ## fetch or build what a node runs: kubelet, containerd, CoreDNS, enforcers (once, up to 10 min)
	$(call begin,node)
	node e2e/node/command.ts prepare

packages: ## install what the tests run besides: Chromium, fish, zsh, script and what a node runs, where they are missing
	$(call begin,packages)
	@e2e/install-packages.sh

test: lint node ## everything, 45 min: lint, all tests with a quarter of the random cases, end to end on a real control plane and a real node
	$(SUITES) unit e2e

e2e: node ## end-to-end tests alone, 40 min; SUITE='ring faults/gaps' runs folders or files of e2e/: faults 10 min, node 9, others 1 to 6 min
	$(SUITES) $(if $(SUITE),$(addprefix e2e/,$(SUITE:e2e/%=%)),e2e)

test-long: lint node ## as test, with all random cases, every fault at every lag, and all worlds and changes on nodes: hours
	PROPERTIES=full FAULTS=full $(SUITES) unit e2e

# npm sets NODE to a path where it runs make.
demo: setup $(if $(filter 1,$(NODE)),node,control-plane) ## the story in a terminal, 1 min, with pods and packets where a node can run (NODE=1 gets what it needs; KEEP=1 leaves everything up)
	@node e2e/demo/demo.ts $(if $(filter 1,$(NODE)),--node) $(if $(KEEP),--keep)

clean: ## remove dist and node_modules (not the control plane's cache)
	rm -rf node_modules dist
