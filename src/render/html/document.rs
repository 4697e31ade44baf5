use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

/// What all pages have in common. The style of a page follows it.
const STYLE: &str = include_str!("style.css");

/// Returns a complete page that loads nothing from anywhere. Its only script is `script`, which the
/// content security policy allows by its hash.
///
/// ```
/// use maud::html;
/// use seaworthy::render::html::document;
///
/// let page = document("<Pools>", "p { color: red }", "", &html! { main id="main" { p { "a & b" } } });
/// assert!(page.contains("<title>&lt;Pools&gt;</title>"));
/// assert!(page.contains("default-src 'none'"));
/// ```
pub fn document(title: &str, style: &str, script: &str, body: &Markup) -> String {
    let hash = BASE64_STANDARD.encode(Sha256::digest(script));
    let policy = format!(
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{hash}'; img-src data:; base-uri 'none'; form-action 'none'"
    );
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="no-referrer";
                title { (title) }
                style { (PreEscaped(STYLE)) (PreEscaped(style)) }
            }
            body {
                a.skip href="#main" { "To the text" }
                (body)
                script { (PreEscaped(script)) }
            }
        }
    };
    page.into_string()
}
