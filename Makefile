# make run    the whole service on this machine
# make test   every test
# make lint   formatting, clippy, the template
#
# It takes a stable Rust toolchain, a C compiler and Python 3. What else is needed is installed into
# .local/tools, at the versions pinned here.

CARGO_LAMBDA = 1.9.2
SAM = 1.170.0

TOOLS = $(CURDIR)/.local/tools
export PATH := $(TOOLS)/bin:$(PATH)

.PHONY: run test lint tools bench clean

run: tools
	@cargo run --quiet --bin local-stack

test: tools
	cargo test --workspace --no-run
	cargo run --quiet --bin local-stack cargo test --workspace

lint: sam
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	sam validate --lint --region eu-central-1

bench:
	cargo bench --workspace

clean:
	rm -rf .local target

.PHONY: sam
tools: $(TOOLS)/cargo-lambda-$(CARGO_LAMBDA)
sam: $(TOOLS)/aws-sam-cli-$(SAM)

# Zig, which the package brings along for cross-compiling, isn't needed to run functions here.
$(TOOLS)/cargo-lambda-$(CARGO_LAMBDA): $(TOOLS)/bin/python
	@echo "Installing cargo-lambda $(CARGO_LAMBDA) into .local/tools ..."
	@$(TOOLS)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps cargo-lambda==$(CARGO_LAMBDA)
	@touch $@

$(TOOLS)/aws-sam-cli-$(SAM): $(TOOLS)/bin/python
	@echo "Installing the AWS SAM CLI $(SAM) into .local/tools ..."
	@$(TOOLS)/bin/python -m pip install --quiet --disable-pip-version-check aws-sam-cli==$(SAM)
	@touch $@

$(TOOLS)/bin/python:
	@command -v cargo >/dev/null || { echo "A stable Rust toolchain is needed: no cargo was found."; exit 1; }
	@command -v cc >/dev/null || { echo "A C compiler is needed: no cc was found."; exit 1; }
	@command -v python3 >/dev/null || { echo "Python 3 is needed: no python3 was found."; exit 1; }
	@python3 -m venv $(TOOLS) || { echo "Python's venv module is needed; Debian has it in the package python3-venv."; exit 1; }
