use std::fs;
use std::path::Path;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

/// A larger image is not put into a page.
const MOST_BYTES: u64 = 1 << 20;

/// Returns an image beside the lesson as a `data:` address. `folder` is the lesson's folder.
///
/// An image elsewhere, of an unknown type or larger than 1 MiB is `None`.
pub fn embedded_image(folder: Option<&Path>, path: &str) -> Option<String> {
    let folder = fs::canonicalize(folder?).ok()?;
    let file = fs::canonicalize(folder.join(path)).ok()?;
    // A link or `..` may lead out of the folder.
    if !file.starts_with(&folder) || fs::metadata(&file).ok()?.len() > MOST_BYTES {
        return None;
    }
    let kind = match file.extension()?.to_str()?.to_ascii_lowercase().as_str() {
        "png" => "png",
        "jpg" | "jpeg" => "jpeg",
        "gif" => "gif",
        "webp" => "webp",
        "svg" => "svg+xml",
        _ => return None,
    };
    let bytes = BASE64_STANDARD.encode(fs::read(&file).ok()?);
    Some(format!("data:image/{kind};base64,{bytes}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_images_beside_the_lesson_are_used() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("lessons");
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("a.PNG"), "x").unwrap();
        fs::write(folder.join("a.txt"), "x").unwrap();
        fs::write(root.path().join("b.png"), "x").unwrap();
        std::os::unix::fs::symlink("../b.png", folder.join("c.png")).unwrap();
        let image = |path: &str| embedded_image(Some(&folder), path);
        assert_eq!(image("a.PNG").unwrap(), "data:image/png;base64,eA==");
        for path in [
            "a.txt",
            "../b.png",
            "c.png",
            "none.png",
            "https://a.example/a.png",
        ] {
            assert_eq!(image(path), None, "{path}");
        }
        assert_eq!(embedded_image(None, "a.PNG"), None);
    }
}
