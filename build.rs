//! Tells the program which platform it was built for; `--version` shows it.

fn main() {
    let target = std::env::var("TARGET").unwrap_or_default();
    println!("cargo::rustc-env=SEAWORTHY_TARGET={target}");
    println!("cargo::rerun-if-changed=build.rs");
}
