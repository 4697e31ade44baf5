//! Replaces the words of an output that differ from run to run by numbered placeholders.
//!
//! Equal words get equal numbers: the same `_id` in a document and in an error is `<id 1>` in both.

use std::collections::HashMap;

/// Replaces everything in `text` that differs from run to run.
///
/// ```
/// let seen = seaworthy::authoring::normalise("ObjectId(\"6b033dc7538977c78e0c2ee1\") took 1.25 ms, 3.5 ms on /tmp/x/m0.sock");
/// assert_eq!(seen, "ObjectId(\"<id 1>\") took <time> ms, <time> ms on <socket 1>");
/// ```
pub fn normalise(text: &str) -> String {
    let mut numbers = Numbers::default();
    let mut output = String::with_capacity(text.len());
    let mut rest = text;
    let mut before = None;
    while let Some(first) = rest.chars().next() {
        let at_word_start = !before.is_some_and(is_word);
        let found = at_word_start.then(|| volatile(rest)).flatten();
        let taken = match found {
            Some((length, What::Time)) => {
                output.push_str("<time>");
                length
            }
            Some((length, What::TimeField)) => {
                let number = rest.find(|letter: char| letter.is_ascii_digit());
                output.push_str(&rest[..number.unwrap_or(length)]);
                output.push_str("<time>");
                length
            }
            Some((length, What::Bar)) => {
                output.push_str("<bar>");
                length
            }
            Some((length, What::Numbered(name))) => {
                let number = numbers.of(name, &rest[..length]);
                output.push_str(&format!("<{name} {number}>"));
                length
            }
            None => {
                output.push(first);
                first.len_utf8()
            }
        };
        before = rest[..taken].chars().last();
        rest = &rest[taken..];
    }
    output
}

#[derive(Default)]
struct Numbers {
    seen: HashMap<(&'static str, String), usize>,
    last: HashMap<&'static str, usize>,
}

impl Numbers {
    fn of(&mut self, name: &'static str, text: &str) -> usize {
        let last = self.last.entry(name).or_default();
        *self.seen.entry((name, text.to_owned())).or_insert_with(|| {
            *last += 1;
            *last
        })
    }
}

#[derive(Clone, Copy)]
enum What {
    /// A duration. Not numbered, because equal durations are a coincidence.
    Time,
    /// The field of a document with a duration. Its name stays.
    TimeField,
    /// The bar of a duration in a chart.
    Bar,
    Numbered(&'static str),
}

type Rule = fn(&str) -> Option<(usize, What)>;

/// Returns the length and the kind of the volatile word at the start of `text`.
fn volatile(text: &str) -> Option<(usize, What)> {
    let rules: [Rule; 10] = [
        uuid, object_id, token, timestamp, date, duration, time_field, bar, socket, host,
    ];
    rules.iter().find_map(|rule| rule(text))
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

fn length_of(text: &str, of_it: impl Fn(char) -> bool) -> usize {
    text.find(|letter| !of_it(letter)).unwrap_or(text.len())
}

/// Returns whether `text` starts with this shape.
///
/// `x` is a hexadecimal digit, `0` a decimal digit; all other characters stand for themselves.
fn has_shape(text: &str, shape: &str) -> bool {
    let mut letters = text.chars();
    shape.chars().all(|wanted| {
        letters.next().is_some_and(|letter| match wanted {
            'x' => letter.is_ascii_hexdigit(),
            '0' => letter.is_ascii_digit(),
            other => letter == other,
        })
    })
}

fn word_ends(text: &str, at: usize) -> bool {
    !text[at..].starts_with(is_word)
}

fn uuid(text: &str) -> Option<(usize, What)> {
    let shape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    (has_shape(text, shape) && word_ends(text, shape.len()))
        .then_some((shape.len(), What::Numbered("uuid")))
}

fn object_id(text: &str) -> Option<(usize, What)> {
    let length = length_of(text, |letter| letter.is_ascii_hexdigit());
    (length == 24 && word_ends(text, 24)).then_some((24, What::Numbered("id")))
}

/// A resume token's `_data`: at least 50 hexadecimal digits.
fn token(text: &str) -> Option<(usize, What)> {
    let length = length_of(text, |letter| letter.is_ascii_hexdigit());
    (length >= 50 && word_ends(text, length)).then_some((length, What::Numbered("token")))
}

/// A timestamp of the server's clock, `Timestamp(1767225600, 1)`: its seconds have 10 digits.
fn timestamp(text: &str) -> Option<(usize, What)> {
    let seconds = text.strip_prefix("Timestamp(")?;
    let digits = length_of(seconds, |letter| letter.is_ascii_digit());
    let count = seconds[digits..].strip_prefix(", ")?;
    let more = length_of(count, |letter| letter.is_ascii_digit());
    (digits == 10 && more > 0 && count[more..].starts_with(')')).then_some((
        "Timestamp(".len() + digits + ", ".len() + more + ")".len(),
        What::Numbered("timestamp"),
    ))
}

/// `2026-01-31T10:00:00.123Z`, with or without the fraction.
fn date(text: &str) -> Option<(usize, What)> {
    let shape = "0000-00-00T00:00:00";
    if !has_shape(text, shape) {
        return None;
    }
    let mut length = shape.len();
    if let Some(fraction) = text[length..].strip_prefix('.') {
        length += 1 + length_of(fraction, |letter| letter.is_ascii_digit());
    }
    if text[length..].starts_with('Z') {
        length += 1;
    }
    Some((length, What::Numbered("date")))
}

/// A number with a unit of time. A whole number of seconds is not measured, so it stays.
fn duration(text: &str) -> Option<(usize, What)> {
    let whole = length_of(text, |letter| letter.is_ascii_digit());
    if whole == 0 {
        return None;
    }
    let fraction = match text[whole..].strip_prefix('.') {
        Some(digits) => match length_of(digits, |letter| letter.is_ascii_digit()) {
            0 => 0,
            length => length + 1,
        },
        None => 0,
    };
    let length = whole + fraction;
    let after = text[length..].strip_prefix(' ').unwrap_or(&text[length..]);
    let unit = &after[..length_of(after, is_word)];
    let is_time = match unit {
        "ms" | "µs" | "ns" => true,
        "s" | "seconds" | "second" => fraction > 0,
        "times" => after.starts_with("times as long"),
        _ => false,
    };
    is_time.then_some((length, What::Time))
}

/// The field of `timed(…)`: `ms: 0.592`, in JSON `"ms":0.592`. A whole number is not measured.
fn time_field(text: &str) -> Option<(usize, What)> {
    let after = text.strip_prefix("ms")?.trim_start_matches('"');
    let number = after.strip_prefix(':')?.trim_start();
    let whole = length_of(number, |letter| letter.is_ascii_digit());
    let fraction = number[whole..].strip_prefix('.')?;
    let digits = length_of(fraction, |letter| letter.is_ascii_digit());
    (whole > 0 && digits > 0).then_some((text.len() - fraction.len() + digits, What::TimeField))
}

/// A bar of `chart` before a duration. A bar before another number stays.
fn bar(text: &str) -> Option<(usize, What)> {
    let length = length_of(text, |letter| ('█'..='▏').contains(&letter));
    let after = text[length..].strip_prefix(' ')?;
    (length > 0 && duration(after).is_some()).then_some((length, What::Bar))
}

/// A Unix socket's path, plain or percent-encoded as in a connection string.
fn socket(text: &str) -> Option<(usize, What)> {
    if !text.starts_with('/') && !text.starts_with("%2F") && !text.starts_with("%2f") {
        return None;
    }
    let length = length_of(text, |letter| is_word(letter) || "/%.-".contains(letter));
    let end = text[..length].find(".sock")? + ".sock".len();
    Some((end, What::Numbered("socket")))
}

/// `localhost:27017` and `127.0.0.1:27017`: each run has another port.
fn host(text: &str) -> Option<(usize, What)> {
    let name = ["localhost:", "127.0.0.1:"]
        .into_iter()
        .find(|name| text.starts_with(name))?;
    let port = length_of(&text[name.len()..], |letter| letter.is_ascii_digit());
    (port > 0).then_some((name.len() + port, What::Numbered("host")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_get_equal_placeholders() {
        let (a, b) = ("6b033dc7538977c78e0c2ee1", "6b033dc7538977c78e0c2ee2");
        assert_eq!(normalise(&format!("{a} {b} {a}")), "<id 1> <id 2> <id 1>");
    }

    #[test]
    fn stable_text_is_not_changed() {
        for text in [
            "30 shipments, truck_id_1, 11000, 2.5, in 5 seconds, 1.5 million",
            "6b033dc7538977c78e0c2ee1f is 25 long",
            "/usr/bin/mongod and 2026-01-31",
            "größe 5 µm, 日本 3 s",
        ] {
            assert_eq!(normalise(text), text);
        }
    }

    #[test]
    fn every_volatile_value_is_replaced() {
        for (text, shown) in [
            ("2026-01-31T10:00:00.5Z!", "<date 1>!"),
            ("2026-01-31T10:00:00Z", "<date 1>"),
            (
                "Timestamp(1767225600, 3) Timestamp(5, 1)",
                "<timestamp 1> Timestamp(5, 1)",
            ),
            (
                "\"826B033DC7000000012B042C0100296E5A1004A1B2C3D4E5F60718293A4B5C6D7E8F90\"",
                "\"<token 1>\"",
            ),
            ("f47ac10b-58cc-4372-a567-0e02b2c3d479", "<uuid 1>"),
            (
                "0.5 s, 12ms, 3.25 seconds",
                "<time> s, <time>ms, <time> seconds",
            ),
            ("██▌ 12.5 ms, ██▌ 5", "<bar> <time> ms, ██▌ 5"),
            ("8 times as long", "<time> times as long"),
            ("\"/tmp/sw-1/m0.sock\"", "\"<socket 1>\""),
            (
                "#{ value: 3, ms: 0.592 } {\"value\":3,\"ms\":0.592}",
                "#{ value: 3, ms: <time> } {\"value\":3,\"ms\":<time>}",
            ),
            ("localhost:27018", "<host 1>"),
        ] {
            assert_eq!(normalise(text), shown);
        }
    }
}
