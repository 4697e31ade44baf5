# The commands of every day. `just` without a name lists them; `cargo install just` installs it.

default:
    @just --list

# Install what the build and the tests need (Debian, Ubuntu)
setup:
    .ci/setup

# Type-check everything
check:
    cargo check --all-targets

# Run the tests whose name contains NAME, or all of them
test NAME="":
    cargo test --test it {{NAME}}

# Format the code
fmt:
    cargo fmt

# Run the lints
lint:
    cargo clippy --all-targets -- -D warnings

# Everything that CI runs
ci:
    .ci/run

# Run the tests whose name contains NAME and accept their snapshots; read `git diff snapshots` afterwards
accept NAME:
    INSTA_UPDATE=always cargo test --test it {{NAME}}
    git diff --stat snapshots

# Write docs/reference again from the doc comments of the script functions
reference:
    UPDATE_DOCS=1 cargo test --test it docs_reference

# Run the exercises of the course with their solutions and mutations
course *ARGS:
    cargo run --quiet -- course check scripts {{ARGS}}

# Check licences, sources and banned crates; needs `cargo install cargo-deny`
deny:
    cargo deny check licenses bans sources

# Build the program as it is shipped
dist:
    cargo build --profile dist

# Build the .deb; needs `cargo install cargo-deb`
deb:
    packaging/build-deb
