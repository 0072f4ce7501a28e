# Every recipe is cargo commands that also work without just.

# Replay every scenario against webrtc-rs and print the table.
run *ARGS:
    cargo run --release -- run {{ARGS}}

# Serve the adapter protocol for an implementation of another language; installs it on first use.
adapter NAME *ARGS:
    harness/adapters/run {{NAME}} {{ARGS}}

# Everything that is tested.
test:
    cargo test --workspace

# Explore the connection model exhaustively, up to four transports.
check-model *ARGS:
    cargo run --release -- check {{ARGS}}

# One page of every edition's findings, with truth tables and differences.
definitions:
    cargo run --release -- lint --format html > definitions.html
    @echo "definitions.html is written"

# Formatting and lints, as CI asks for them.
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings

# Scenarios a second, and checker states a second.
bench:
    cargo bench --workspace

# Write everything generated and checked in anew: JSON Schemas, pages of docs/, what the README shows of a run.
update:
    cargo xtask update

# All of it, as CI runs it.
ci:
    bash .ci/run
