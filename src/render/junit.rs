//! Test results as JUnit XML for build servers.

use std::io::Cursor;
use std::time::Duration;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

/// One test case.
#[derive(Clone, Debug, Default)]
pub struct JunitCase {
    pub name: String,
    pub took: Duration,
    /// The failure in one line, and in full.
    pub failure: Option<(String, String)>,
    /// The reason why it was not run.
    pub skipped: Option<String>,
}

/// Returns the report on a test suite.
///
/// # Errors
/// Never: it writes into memory.
pub fn junit(suite: &str, cases: &[JunitCase]) -> std::io::Result<String> {
    let mut writer = Writer::new_with_indent(Cursor::new(Vec::new()), b' ', 2);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let failures = cases.iter().filter(|case| case.failure.is_some()).count();
    let skipped = cases.iter().filter(|case| case.skipped.is_some()).count();
    let took: Duration = cases.iter().map(|case| case.took).sum();
    let counts = [
        ("name", clean(suite)),
        ("tests", cases.len().to_string()),
        ("failures", failures.to_string()),
        ("errors", "0".to_owned()),
        ("skipped", skipped.to_string()),
        ("time", seconds(took)),
    ];
    writer.write_event(Event::Start(element("testsuites", &counts[..])))?;
    writer.write_event(Event::Start(element("testsuite", &counts[..])))?;
    for case in cases {
        write_case(&mut writer, suite, case)?;
    }
    writer.write_event(Event::End(BytesEnd::new("testsuite")))?;
    writer.write_event(Event::End(BytesEnd::new("testsuites")))?;
    let mut text = String::from_utf8_lossy(writer.get_ref().get_ref()).into_owned();
    text.push('\n');
    Ok(text)
}

fn write_case(
    writer: &mut Writer<Cursor<Vec<u8>>>,
    suite: &str,
    case: &JunitCase,
) -> std::io::Result<()> {
    let attributes = [
        ("classname", clean(suite)),
        ("name", clean(&case.name)),
        ("time", seconds(case.took)),
    ];
    let start = element("testcase", &attributes);
    if case.failure.is_none() && case.skipped.is_none() {
        return writer.write_event(Event::Empty(start));
    }
    writer.write_event(Event::Start(start))?;
    if let Some((message, full)) = &case.failure {
        writer.write_event(Event::Start(element(
            "failure",
            &[("message", clean(message))],
        )))?;
        writer.write_event(Event::Text(BytesText::new(&clean(full))))?;
        writer.write_event(Event::End(BytesEnd::new("failure")))?;
    }
    if let Some(why) = &case.skipped {
        writer.write_event(Event::Empty(element("skipped", &[("message", clean(why))])))?;
    }
    writer.write_event(Event::End(BytesEnd::new("testcase")))
}

fn element<'a>(name: &'a str, attributes: &[(&'a str, String)]) -> BytesStart<'a> {
    let mut element = BytesStart::new(name);
    for (key, value) in attributes {
        element.push_attribute((*key, value.as_str()));
    }
    element
}

fn seconds(time: Duration) -> String {
    format!("{:.3}", time.as_secs_f64())
}

/// Removes colours, and replaces the characters that XML 1.0 forbids.
fn clean(text: &str) -> String {
    let plain = anstream::adapter::strip_str(text).to_string();
    plain
        .chars()
        .map(|sign| match sign {
            '\t' | '\n' | '\r' => sign,
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => char::REPLACEMENT_CHARACTER,
            sign => sign,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_report_is_valid_xml_for_any_output() {
        let case = JunitCase {
            name: "a \"b\" <c> & \u{1}.rhai".into(),
            failure: Some((
                "line 1\nline 2".into(),
                "- <x>\n+ ]]> \u{1b}[31mred\u{1b}[0m \u{0}".into(),
            )),
            ..JunitCase::default()
        };
        let text = junit("tests & more", &[case, JunitCase::default()]).unwrap();
        let mut reader = quick_xml::Reader::from_str(&text);
        let mut seen = Vec::new();
        loop {
            match reader.read_event().unwrap() {
                Event::Eof => break,
                Event::Start(start) | Event::Empty(start) => {
                    seen.push(start.name().as_ref().to_owned());
                    for attribute in start.attributes() {
                        attribute.unwrap();
                    }
                }
                _ => {}
            }
        }
        assert_eq!(
            seen,
            ["testsuites", "testsuite", "testcase", "failure", "testcase"]
        );
        assert!(!text.chars().any(|sign| sign < ' ' && sign != '\n'));
        assert!(text.contains("&lt;x&gt;") && text.contains("tests &amp; more"));
    }
}
