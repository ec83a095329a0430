# make run        the whole service on this machine
# make sam-local  the same by `sam local start-api`, in Docker
# make test       every test
# make deploy-local   the whole stack, deployed by its template onto an emulator of AWS on this machine
# make test-deployed  a deployed stack driven from outside: STACK=name on AWS, or what deploy-local deployed; WAIT=no
#                     leaves out what takes a quarter of an hour on AWS
# make test-arm64 the release builds for x86_64 and arm64 compared: their sizes, their answers to events/
# make lint       formatting, clippy, the template
# make bench      what it costs, measured next to its rivals; SECTIONS="store memory" measures only those
# make soak       the functions under drawn faults: SCHEDULES=1000 of them, drawn from SEED=1
# make fuzz       every kind of event and both bodies from any bytes: INPUTS=1000000 in all, or of one TARGET
# make clean      removes what is stored, built and installed here
#
# It takes a stable Rust toolchain, a C and a C++ compiler and Python 3. What else is needed is installed into
# .local/tools, at the versions pinned here.

CARGO_LAMBDA = 1.9.2
SAM = 1.170.0
SCHEMATHESIS = 4.32.5
CARGO_FUZZ = 0.13.2
MINISTACK = 1.5.33

TOOLS = $(CURDIR)/.local/tools
WATCH = $(TOOLS)/cargo-lambda-$(CARGO_LAMBDA)
SAM_CLI = $(TOOLS)/aws-sam-cli-$(SAM)
PEERS = $(CURDIR)/.local/peers
API_FUZZ = $(TOOLS)/schemathesis-$(SCHEMATHESIS)
FUZZ = $(TOOLS)/cargo-fuzz-$(CARGO_FUZZ)
DEPLOYED = $(TOOLS)/ministack-$(MINISTACK)
DEPLOY_LOCAL = $(DEPLOYED)/bin/python local/ministack/deploy.py
TEST_DEPLOYED = $(DEPLOYED)/bin/python -m pytest --quiet tests/deployed

export PATH := $(WATCH)/bin:$(SAM_CLI)/bin:$(API_FUZZ)/bin:$(FUZZ)/bin:$(PATH)
export CONTACTS = $(abspath $(or $(CARGO_TARGET_DIR),target))/debug/contacts
export SAM_CLI_TELEMETRY = 0
export PIP_DISABLE_PIP_VERSION_CHECK = 1
export CONTACTS_LAMBDA_RIE = $(SAM_CLI)/rie

.PHONY: run sam-local deploy-local test test-deployed test-arm64 lint bench soak fuzz clean

run: $(WATCH)/installed
	@cargo run --quiet --bin local-stack

sam-local: $(WATCH)/installed $(SAM_CLI)/installed
	@cargo run --quiet --bin local-stack -- --sam

deploy-local: $(WATCH)/installed $(SAM_CLI)/installed $(DEPLOYED)/installed
	cargo build --workspace --bin contacts
	@$(DEPLOY_LOCAL)

# Built with the tests, the stack shares what they depend on; built by itself, it would build that once more.
test: $(WATCH)/installed $(SAM_CLI)/rie $(API_FUZZ)/installed $(FUZZ)/bin/cargo-fuzz $(DEPLOYED)/installed
	cargo build --workspace --all-targets
	"$${CARGO_TARGET_DIR:-target}/debug/local-stack" tests/run
	$(DEPLOYED)/bin/python -m pytest --quiet local/ministack
	$(DEPLOY_LOCAL) sh -c '$(TEST_DEPLOYED) && tests/store-on-emulator'
	$(DEPLOY_LOCAL) --everything $(TEST_DEPLOYED)
	env -u TARGET -u INPUT -u SEED INPUTS=150000 fuzz/run

# Against AWS, or any stack that STACK names by AWS's usual environment; otherwise against the one of deploy-local.
test-deployed: $(DEPLOYED)/installed
	cargo build --workspace --bin contacts
	@set -a; [ -n "$(STACK)" ] || ! [ -f .local/deployed.env ] || . .local/deployed.env; $(TEST_DEPLOYED)

# Not part of .ci/run: it takes a cross-compiler and QEMU. The script says what is missing.
test-arm64:
	@tests/architectures/run

lint: $(SAM_CLI)/installed
	cargo fmt --all --check
	cargo fmt --manifest-path fuzz/Cargo.toml --check
	cargo fmt --manifest-path bench/peers/documented/Cargo.toml --check
	cargo metadata --locked --format-version 1 --manifest-path fuzz/Cargo.toml > /dev/null
	cargo metadata --locked --format-version 1 --manifest-path bench/peers/documented/Cargo.toml > /dev/null
	cargo clippy --workspace --all-targets -- -D warnings
	sam validate --lint --region eu-central-1
	$(SAM_CLI)/bin/python tests/template/lint.py template.yaml

# The functions come first and by themselves, as they are deployed. The peer that is set up as the SDK's guide
# does it has the same profile, but the SDK's default features, so it is a workspace of its own.
bench: $(PEERS)/python/installed $(PEERS)/node/bundle.mjs
	cargo build --release -p upsert-contacts -p delete-contacts
	cargo build --release -p contacts-bench
	cargo build --release --locked --manifest-path bench/peers/documented/Cargo.toml --target-dir "$${CARGO_TARGET_DIR:-target}"
	"$${CARGO_TARGET_DIR:-target}/release/contacts-bench" $(SECTIONS)

# SCHEDULE=… runs one schedule of SEED again, and tells all that happens in it.
soak:
	cargo build --workspace --bins
	"$${CARGO_TARGET_DIR:-target}/debug/soak"

# SEED=… draws others. Where a target fails, this tells how to run it on that input again.
fuzz: $(FUZZ)/bin/cargo-fuzz
	@fuzz/run

clean:
	rm -rf .aws-sam .local target fuzz/target fuzz/artifacts

# Zig, which the package brings along for cross-compiling, isn't needed to run functions here.
$(WATCH)/installed: PACKAGES = --no-deps cargo-lambda==$(CARGO_LAMBDA)
$(SAM_CLI)/installed: PACKAGES = aws-sam-cli==$(SAM)
$(DEPLOYED)/installed: PACKAGES = --requirement local/ministack/requirements.txt
$(API_FUZZ)/installed: PACKAGES = schemathesis==$(SCHEMATHESIS)

# A tool is a Python package in an environment of its own, so that none meddles with another's.
$(TOOLS)/%/installed:
	@command -v cargo >/dev/null || { echo "A stable Rust toolchain is needed: no cargo was found."; exit 1; }
	@command -v cc >/dev/null || { echo "A C compiler is needed: no cc was found."; exit 1; }
	@command -v python3 >/dev/null || { echo "Python 3 is needed: no python3 was found."; exit 1; }
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' || \
		{ echo "Python 3.10 or later is needed: $$(python3 --version) was found."; exit 1; }
	@echo "Installing $* into .local/tools ..."
	@python3 -m venv $(@D) || { echo "Python's venv module is needed; Debian has it in the package python3-venv."; exit 1; }
	@$(@D)/bin/python -m pip install --quiet $(PACKAGES)
	@touch $@

$(FUZZ)/bin/cargo-fuzz:
	@command -v c++ >/dev/null || { echo "A C++ compiler is needed: no c++ was found."; exit 1; }
	@echo "Installing cargo-fuzz-$(CARGO_FUZZ) into .local/tools ..."
	@cargo install --quiet --locked --debug --root $(FUZZ) --target-dir $(FUZZ)/target cargo-fuzz@$(CARGO_FUZZ)
	@rm -rf $(FUZZ)/target

# Lambda's own emulator comes with the SAM CLI, for both kinds of processors.
$(SAM_CLI)/rie: $(SAM_CLI)/installed
	@ln -sf $(SAM_CLI)/lib/python3*/site-packages/samcli/local/rapid/aws-lambda-rie-$$(uname -m | sed s/aarch64/arm64/) $@

# The peers that `make bench` measures in other languages.
$(PEERS)/python/installed: bench/peers/python/requirements.txt
	@echo "Installing boto3 into .local/peers ..."
	@python3 -m venv $(@D) || { echo "Python's venv module is needed; Debian has it in the package python3-venv."; exit 1; }
	@$(@D)/bin/python -m pip install --quiet -r $<
	@touch $@

$(PEERS)/node/bundle.mjs: $(wildcard bench/peers/node/*)
	@node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' && command -v npm >/dev/null || \
		{ echo "Node.js 20 or later and npm are needed to measure beside it."; exit 1; }
	@echo "Bundling the AWS SDK for JavaScript into .local/peers ..."
	@mkdir -p $(@D) && cp $^ $(@D)
	@cd $(@D) && npm ci --loglevel=error && npm run build
