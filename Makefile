# Kirinuki's few verbs. Each one says what it does, does only what is not
# done yet, and ends in a sentence that helps where it cannot go on.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help

# Looked up once, and only by recipes that need it.
GO = $(eval GO := $$(shell assets/setup/go.sh))$(or $(GO),$(error Go is missing; see above))

BIN := bin/kirinuki
CACHE := .cache
FYNE := fyne.io/tools/cmd/fyne@v1.7.4
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.7.0

# Tests find the library, the networks and the program here, and never in the
# home folder of whoever runs them.
TESTS := KIRINUKI_ORT=$(CURDIR)/bin KIRINUKI_REQUIRE_ORT=1 KIRINUKI_MODELS=$(CURDIR)/$(CACHE)/models KIRINUKI_BIN=$(CURDIR)/$(BIN)
# The window's tests need neither a display nor cgo; the tag keeps the
# system's own fonts out of their golden images.
UI = CGO_ENABLED=0 $(GO) test -tags test

.PHONY: help
help: ## show this list
	@echo "Kirinuki removes the background of pictures, on this computer alone."
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: build model ## build what is not built yet and open the window
	@$(BIN)

.PHONY: build
build: system runtime ## build bin/kirinuki, with the runtime library beside it
	@echo "Building $(BIN) (the first time takes some minutes)"
	@$(GO) build -o $(BIN) . || $(call say,the program does not build; the lines above say where)

.PHONY: test
test: test-system runtime test-models check test-engine test-ui test-e2e ## every check and test, end to end on a virtual display too

.PHONY: check
check: test-system
	@echo "Checking: gofmt, go vet"
	@left=$$($$($(GO) env GOROOT)/bin/gofmt -l *.go app assets engine ui); \
	if [ -n "$$left" ]; then echo "$$left"; $(call say,these files are not formatted; run gofmt -w on them); fi
	@$(GO) vet ./... || $(call say,go vet found the above)
	@$(GO) vet -tags e2e ./ui/e2e || $(call say,go vet found the above)

.PHONY: test-engine
test-engine: test-system runtime test-models
	@echo "Testing the engine, the program behind the window and the command line"
	@$(TESTS) $(GO) test . ./assets/... ./engine/... ./app/... || $(call say,these tests failed; 'make test-engine' runs them alone)

.PHONY: test-ui
test-ui: system
	@echo "Testing the window without a display"
	@$(UI) ./ui/... || $(call say,these tests failed; 'make test-ui' runs them alone)

.PHONY: test-e2e
test-e2e: test-system build test-models
	@echo "Testing the real program on a virtual display"
	@$(TESTS) $(GO) test -tags e2e -count=1 -timeout 15m ./ui/e2e || $(call say,these tests failed; 'make test-e2e' runs them alone)

.PHONY: bench
bench: system runtime test-models ## measure
	@$(TESTS) $(GO) test -run '^$$' -bench . -benchmem ./engine/... ./app/...
	@$(UI) -run '^$$' -bench . -benchmem ./ui/...

.PHONY: lint
lint: check ## gofmt, go vet, staticcheck
	@echo "Checking: staticcheck"
	@$(GO) run $(STATICCHECK) -tags e2e ./... || $(call say,staticcheck found the above (or could not be had))

.PHONY: cross
cross: toolchain ## look at what Windows and macOS compile, as far as Linux can
	@for os in windows darwin; do \
		echo "Checking: go vet for $$os"; \
		CGO_ENABLED=0 GOOS=$$os $(GO) vet ./assets/... ./engine/... ./app/... || $(call say,the above does not compile for $$os); \
	done

.PHONY: model
model: toolchain ## get the IS-Net networks (AGPL-3.0) into the user's data folder
	@GO="$(GO)" assets/setup/fetch.sh "going on without IS-Net; the built-in network and the colour key work without it" -small model

.PHONY: runtime
runtime: toolchain
	@GO="$(GO)" assets/setup/fetch.sh "going on without ONNX Runtime; until it is in bin/ only plain backgrounds can be removed" runtime

# Networks for the tests; they lie apart from the user's own.
.PHONY: test-models
test-models: toolchain
	@GO="$(GO)" assets/setup/fetch.sh "going on without IS-Net; the tests that need it do less" -to $(CACHE)/models -small model

.PHONY: train
train: ## train the built-in network anew (needs pictures; see assets/model)
	@assets/setup/system.sh train
	@/usr/bin/python3 assets/model/train.py $(ARGS)

.PHONY: eval
eval: ## measure the built-in network (see assets/model)
	@assets/setup/system.sh train
	@/usr/bin/python3 assets/model/eval.py $(ARGS)

# fyne package rewrites FyneApp.toml, so it works on a copy of the tree.
.PHONY: package
package: build ## pack the program for this system into dist/
	@echo "Packing into dist/"
	@rm -rf $(CACHE)/package dist && mkdir -p $(CACHE)/package dist
	@git ls-files -z | tar -c --null -T - | tar -x -C $(CACHE)/package
	@cd $(CACHE)/package && $(GO) run $(FYNE) package --executable $(CURDIR)/$(BIN) --release || $(call say,the packaging tool failed or could not be had)
	@assets/setup/pack.sh $(CACHE)/package dist bin

.PHONY: clean
clean: ## remove what was built; downloads and the user's networks stay
	rm -rf bin dist $(CACHE)/package $(CACHE)/models

# System packages, and a Go to build with.
.PHONY: system test-system toolchain
system: toolchain
	@assets/setup/system.sh build
test-system: toolchain
	@assets/setup/system.sh test
toolchain:
	@assets/setup/go.sh -install >/dev/null

# say ends a recipe with a sentence.
say = { echo "make: $(1)." >&2; exit 1; }
