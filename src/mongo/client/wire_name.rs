/// The longest application name that the server accepts, in bytes.
const LONGEST: usize = 128;

/// Returns a unique application name, made from the given one: `shop#5f3c9a1e`.
///
/// Fail points use it to affect only one client.
///
/// A name that is already too long is not shortened, so that the driver or the server reports the
/// error.
pub(crate) fn unique(given: Option<&str>) -> String {
    let name = given.unwrap_or("seaworthy");
    let unique = format!("{name}#{:08x}", rand::random::<u32>());
    if unique.len() <= LONGEST || name.len() > LONGEST {
        return unique;
    }
    let suffix = &unique[name.len()..];
    let mut end = LONGEST - suffix.len();
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{suffix}", &name[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wire_names_are_unique_and_start_with_the_given_name() {
        let (one, other) = (unique(Some("shop")), unique(Some("shop")));
        assert!(one.starts_with("shop#") && one != other, "{one} {other}");
        let long = unique(Some(&"ä".repeat(64)));
        assert!(long.len() <= LONGEST && long.contains('#'), "{long}");
    }
}
