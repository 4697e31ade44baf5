/// Compares `text` with the file `snapshots/FOLDER/NAME.snap`.
pub fn shows(folder: &str, name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(format!("{}/snapshots/{folder}", env!("CARGO_MANIFEST_DIR")));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    for (volatile, placeholder) in VOLATILE {
        settings.add_filter(volatile, *placeholder);
    }
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// Text that differs between machines and releases.
const VOLATILE: &[(&str, &str)] = &[
    (
        r"seaworthy \d+\.\d+\.\d+ \([a-z0-9_-]+\)",
        "seaworthy [VERSION] ([TARGET])",
    ),
    (r"/\S*/(\.tmp\w+)", "[FOLDER]"),
];

/// The same, after `normalise` replaced values that differ from run to run.
pub fn shows_normalised(folder: &str, name: &str, text: &str) {
    shows(folder, name, &seaworthy::authoring::normalise(text));
}
