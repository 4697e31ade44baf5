/// The server takes application names of at most 128 bytes.
const LONGEST: usize = 128;

/// An application name that no other client has, made from the one the user gave: `shop#5f3c9a1e`.
///
/// Fail points are told apart by it: they act on one client alone.
///
/// A name that is too long already stays as it is, so that the driver's and the server's own words about it are heard.
pub fn unique(given: Option<&str>) -> String {
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
