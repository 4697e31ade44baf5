use crate::course::concepts::used;
use crate::engine::drivers;

/// Returns what the options in a piece of code are called in other drivers, as Markdown.
pub(super) fn in_your_driver(code: &str) -> String {
    let tables: Vec<String> = used(code, &[])
        .iter()
        .filter_map(|one| one.concept.strip_suffix(':'))
        .filter_map(drivers::row)
        .map(|row| format!("**`{}`** in your driver:\n\n{}", row.option, row.markdown()))
        .collect();
    match tables.is_empty() {
        true => "This step uses no option that other drivers have too.".to_owned(),
        false => tables.join("\n\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::in_your_driver;

    #[test]
    fn only_options_of_calls_are_shown() {
        let shown = in_your_driver("let c = connect(#{ max_pool_size: 5 });");
        assert!(shown.contains("- PyMongo: `maxPoolSize`"), "{shown}");
        let shown = in_your_driver("let d = #{ max_pool_size: 5 };");
        assert!(shown.contains("no option"), "{shown}");
    }
}
