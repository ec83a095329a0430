# The tools that the rules need are installed into .local/tools, at these versions. Renovate updates them.
# renovate: datasource=pypi depName=cargo-lambda
CARGO_LAMBDA = 1.9.2
# renovate: datasource=pypi depName=aws-sam-cli
SAM = 1.170.0
# renovate: datasource=pypi depName=schemathesis
SCHEMATHESIS = 4.32.5
# renovate: datasource=pypi depName=drf-spectacular-sidecar
SIDECAR = 2026.10.1
# renovate: datasource=pypi depName=PyYAML
PYYAML = 6.0.4
# renovate: datasource=crate depName=cargo-fuzz
CARGO_FUZZ = 0.13.2
# renovate: datasource=crate depName=cargo-mutants
CARGO_MUTANTS = 27.0.0

TOOLS = $(CURDIR)/.local/tools
CARGO_LAMBDA_CLI = $(TOOLS)/cargo-lambda-$(CARGO_LAMBDA)
SAM_CLI = $(TOOLS)/aws-sam-cli-$(SAM)
PEERS = $(CURDIR)/.local/peers
LOCAL_STACK = "$${CARGO_TARGET_DIR:-target}/debug/local-stack"
API_FUZZ = $(TOOLS)/schemathesis-$(SCHEMATHESIS)
REFERENCE = $(TOOLS)/drf-spectacular-sidecar-$(SIDECAR)-pyyaml-$(PYYAML)
CLIENTS = $(TOOLS)/openapi
OPENAPI = $(CURDIR)/.local/openapi
FUZZ = $(TOOLS)/cargo-fuzz-$(CARGO_FUZZ)
MUTANTS = $(TOOLS)/cargo-mutants-$(CARGO_MUTANTS)
DEPLOYED = $(TOOLS)/ministack
DEPLOY_LOCAL = $(DEPLOYED)/bin/python local/ministack/deploy.py
TEST_DEPLOYED = $(DEPLOYED)/bin/python -m pytest --quiet -rs tests/deployed

export PATH := $(CARGO_LAMBDA_CLI)/bin:$(SAM_CLI)/bin:$(API_FUZZ)/bin:$(FUZZ)/bin:$(MUTANTS)/bin:$(PATH)
export CONTACTS = $(abspath $(or $(CARGO_TARGET_DIR),target))/debug/contacts
export SAM_CLI_TELEMETRY = 0
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: help run sam-local compilers docker deploy-local docs test test-deployed test-deploy-local test-fuzz test-stack lambda-rie test-arm64 lint bench soak fuzz mutants clean

.DEFAULT_GOAL = help

# Prints the targets that have a `##` comment, in the order of this file.
## print this list
help:
	@awk '/^## / { text = substr($$0, 4); next } \
		text != "" { sub(/:.*/, ""); printf "make %-14s %s\n", $$0, text; text = "" }' Makefile
	@echo
	@echo "Needed: the Rust toolchain of rust-toolchain.toml, a C compiler and Python 3.11; a C++ compiler for test and fuzz;"
	@echo "Node.js 20 and npm for lint, test and bench. Everything else is installed into .local/tools."

## the service on this machine: both functions, the HTTP API, a DynamoDB, a demo tenant
run: compilers
	@$(MAKE) --no-print-directory .local/docs/index.html || echo "Starting without the API reference, which needs Python 3.11."
	@local/build
	@$(LOCAL_STACK)

## the same by `sam local start-api`, in Docker
sam-local: docker $(CARGO_LAMBDA_CLI)/installed $(SAM_CLI)/installed
	@local/build
	@$(LOCAL_STACK) --sam

## the whole stack, deployed onto an emulator of AWS on this machine
deploy-local: $(CARGO_LAMBDA_CLI)/installed $(SAM_CLI)/installed $(DEPLOYED)/installed
	cargo build --workspace --bin contacts
	@$(DEPLOY_LOCAL)

## the API reference, as one HTML page: .local/docs/index.html
docs: .local/docs/index.html
	@echo "The API reference: file://$(CURDIR)/$<"

# Built with the tests, the stack shares their dependencies: cargo would give them other features, and build them again, if
# the stack were built alone.
## every test
test: $(SAM_CLI)/rie $(API_FUZZ)/installed $(CLIENTS)/installed $(OPENAPI)/installed $(FUZZ)/bin/cargo-fuzz $(DEPLOYED)/installed
	cargo build --workspace --all-targets
	$(LOCAL_STACK) tests/run
	$(DEPLOYED)/bin/python -m pytest --quiet local/ministack .github
	$(MAKE) test-deploy-local
	$(MAKE) test-fuzz

# The stack on the emulator of AWS: as it is deployed by default, and with every option of the template.
test-deploy-local: $(CARGO_LAMBDA_CLI)/installed $(SAM_CLI)/installed $(DEPLOYED)/installed
	cargo build --workspace --all-targets
	$(DEPLOY_LOCAL) sh -c '$(TEST_DEPLOYED) && tests/store-on-emulator'
	$(DEPLOY_LOCAL) --everything $(TEST_DEPLOYED)

test-fuzz: $(FUZZ)/bin/cargo-fuzz
	env -u TARGET -u INPUT -u SEED INPUTS=100000 fuzz/run

# A stack for tests, on an empty database, until the standard input ends: `cargo test` finds it by STACK_ENV, a file.
# STACK_ENV=- writes the stack's environment to the standard output instead.
## a stack for `cargo test --test service NAME`, which then takes seconds
test-stack: STACK_ENV = .local/stack.env
test-stack: compilers
	@mkdir -p .local
	@local/build
	@$(LOCAL_STACK) tests/stack $(STACK_ENV)

# Prints the path of Lambda's own emulator.
lambda-rie: $(SAM_CLI)/rie
	@echo $<

## the tests of a deployed stack: STACK=name on AWS, or that of deploy-local; WAIT=no skips slow ones
test-deployed: $(DEPLOYED)/installed
	cargo build --workspace --bin contacts
	@set -a; [ -n "$(STACK)" ] || ! [ -f .local/deployed.env ] || . .local/deployed.env; $(TEST_DEPLOYED)

# Not part of .ci/run: it takes a cross-compiler and QEMU. The script says what is missing.
## release builds for x86_64 and arm64: their sizes, and the same answers to events/
test-arm64:
	@tests/architectures/run

## formatting, clippy, lock files, documentation, import cycles, the template in every variant, the OpenAPI document
lint: $(SAM_CLI)/installed $(OPENAPI)/installed
	cargo fmt --all --check
	cargo fmt --manifest-path fuzz/Cargo.toml --check
	cargo fmt --manifest-path bench/peers/documented/Cargo.toml --check
	cargo metadata --locked --format-version 1 --manifest-path fuzz/Cargo.toml > /dev/null
	cargo metadata --locked --format-version 1 --manifest-path bench/peers/documented/Cargo.toml > /dev/null
	cargo clippy --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS='-D warnings' cargo doc --quiet --locked --workspace --no-deps --document-private-items
	sam validate --lint --region eu-central-1
	$(SAM_CLI)/bin/python tests/template/lint.py template.yaml docs/permissions-boundary.json
	tests/features
	python3 -m unittest discover --quiet --start-directory tests/modules
	python3 tests/modules/lint.py Cargo.toml fuzz/Cargo.toml bench/peers/documented/Cargo.toml
	@tests/openapi/lint

# The functions are built first and alone, so that cargo gives them the features they are deployed with. The peer with
# the default features of the SDK is a workspace of its own for the same reason.
## time, CPU, memory and cost, next to other implementations: SECTIONS="store memory"
bench: $(PEERS)/python/installed $(PEERS)/node/bundle.mjs
	cargo build --release -p upsert-contacts -p delete-contacts
	cargo build --release -p contacts-bench
	cargo build --release --locked --manifest-path bench/peers/documented/Cargo.toml --target-dir "$${CARGO_TARGET_DIR:-target}"
	"$${CARGO_TARGET_DIR:-target}/release/contacts-bench" $(SECTIONS)

## the functions under random faults: SCHEDULES=1000 SEED=1; SCHEDULE=n repeats one, with its log
soak:
	cargo build --workspace --bins
	"$${CARGO_TARGET_DIR:-target}/debug/soak"

# If a target fails, it prints the command that runs it on the same input again.
## random input for each kind of event and both bodies: INPUTS=1000000 SEED=1 TARGET=name INPUT=file
fuzz: $(FUZZ)/bin/cargo-fuzz
	@fuzz/run

# Mutation tests: changes the code in a copy, one place at a time, and runs the unit tests, which should fail. Ends after
# MINUTES. What was caught is not tried again by the next run; `rm -r .local/mutants*` starts anew.
## mutation tests of the domain, the store, the use cases and the bodies: MINUTES=30 FILE=domain/contact
mutants: $(MUTANTS)/bin/cargo-mutants
	@echo "Mutants that no test catches: .local/mutants.out/missed.txt"
	@RUST_BACKTRACE=0 CARGO_TARGET_DIR=$(CURDIR)/.local/mutants timeout --foreground --signal INT $(or $(MINUTES),30)m \
		cargo mutants --iterate --shuffle $(if $(FILE),--re '$(FILE)') || [ $$? = 124 ]

## remove all that was built, stored and installed here
clean:
	rm -rf .aws-sam .local target fuzz/target fuzz/artifacts

# Without its dependency Zig, which is only needed to cross-compile.
$(CARGO_LAMBDA_CLI)/installed: PACKAGES = --no-deps cargo-lambda==$(CARGO_LAMBDA)
$(SAM_CLI)/installed: PACKAGES = aws-sam-cli==$(SAM)
$(DEPLOYED)/installed: PACKAGES = --requirement local/ministack/requirements.txt
$(DEPLOYED)/installed: local/ministack/requirements.txt
$(CLIENTS)/installed: PACKAGES = --requirement tests/openapi/requirements.txt
$(CLIENTS)/installed: tests/openapi/requirements.txt
# Without its dependency Django, which serves the script.
$(REFERENCE)/installed: PACKAGES = --no-deps drf-spectacular-sidecar==$(SIDECAR) PyYAML==$(PYYAML)
$(API_FUZZ)/installed: PACKAGES = schemathesis==$(SCHEMATHESIS)

compilers:
	@command -v cargo >/dev/null || { echo "A Rust toolchain is needed (rustup.rs): no cargo was found."; exit 1; }
	@command -v cc >/dev/null || { echo "A C compiler is needed: no cc was found."; exit 1; }

docker:
	@docker version --format '{{.Server.Version}}' >/dev/null 2>&1 || \
		{ echo "No Docker engine runs here, and \`sam local\` needs one; \`make run\` doesn't."; exit 1; }

# Each tool is a Python package in a virtual environment of its own, so that their dependencies can't conflict.
$(TOOLS)/%/installed: | compilers
	@command -v python3 >/dev/null || { echo "Python 3 is needed: no python3 was found."; exit 1; }
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or later is needed: $$(python3 --version) was found."; exit 1; }
	@echo "Installing $* into .local/tools ..."
	@python3 -m venv $(@D) || { echo "Python's venv module is needed; Debian has it in the package python3-venv."; exit 1; }
	@$(@D)/bin/python -m pip install --quiet $(PACKAGES)
	@touch $@

$(FUZZ)/bin/cargo-fuzz:
	@command -v c++ >/dev/null || { echo "A C++ compiler is needed: no c++ was found."; exit 1; }
	@echo "Installing cargo-fuzz-$(CARGO_FUZZ) into .local/tools ..."
	@cargo install --quiet --locked --debug --root $(FUZZ) --target-dir $(FUZZ)/target cargo-fuzz@$(CARGO_FUZZ)
	@rm -rf $(FUZZ)/target

$(MUTANTS)/bin/cargo-mutants:
	@echo "Installing cargo-mutants-$(CARGO_MUTANTS) into .local/tools ..."
	@cargo install --quiet --locked --debug --root $(MUTANTS) --target-dir $(MUTANTS)/target cargo-mutants@$(CARGO_MUTANTS)
	@rm -rf $(MUTANTS)/target

.local/docs/index.html: openapi.yaml docs/reference/render.py docs/reference/page.html $(REFERENCE)/installed
	@$(REFERENCE)/bin/python docs/reference/render.py openapi.yaml $@

# The linters of the OpenAPI document, and the generator of the client in TypeScript.
$(OPENAPI)/installed: tests/openapi/package.json tests/openapi/package-lock.json tests/openapi/.npmrc
	@node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' && command -v npm >/dev/null || \
		{ echo "Node.js 20 or later and npm are needed: linters and a client of the API are in JavaScript."; exit 1; }
	@echo "Installing Redocly CLI, Spectral and openapi-typescript into .local/openapi ..."
	@mkdir -p $(@D) && cp $^ $(@D)
	@cd $(@D) && npm ci --loglevel=error --no-fund --no-audit > /dev/null
	@touch $@

# AWS's Lambda Runtime Interface Emulator is part of the SAM CLI, for both architectures.
$(SAM_CLI)/rie: $(SAM_CLI)/installed
	@ln -sf $(SAM_CLI)/lib/python3*/site-packages/samcli/local/rapid/aws-lambda-rie-$$(uname -m | sed s/aarch64/arm64/) $@

# The implementations in other languages that `make bench` measures.
$(PEERS)/python/installed: bench/peers/python/requirements.txt
	@echo "Installing boto3 into .local/peers ..."
	@python3 -m venv $(@D) || { echo "Python's venv module is needed; Debian has it in the package python3-venv."; exit 1; }
	@$(@D)/bin/python -m pip install --quiet -r $<
	@touch $@

$(PEERS)/node/bundle.mjs: $(wildcard bench/peers/node/*)
	@node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' && command -v npm >/dev/null || \
		{ echo "Node.js 20 or later and npm are needed: the benchmark measures an implementation in JavaScript too."; exit 1; }
	@echo "Bundling the AWS SDK for JavaScript into .local/peers ..."
	@mkdir -p $(@D) && cp $^ $(@D)
	@cd $(@D) && npm ci --loglevel=error && npm run build
