//! The picture in the README is a recording of the program. `RECORD=1 cargo test --test it
//! recording` updates it. The test fails if it differs from the program.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use crate::support::{Home, Scratch, Terminal};

const COLUMNS: u16 = 106;
const ROWS: u16 = 28;
/// The size of a character, and the position of the first one.
const LETTER: f64 = 8.4;
const LINE: f64 = 19.0;
const LEFT: f64 = 18.0;
const TOP: f64 = 52.0;

/// Adjacent characters of the same style.
#[derive(Clone, PartialEq)]
struct Span {
    column: u16,
    text: String,
    colour: &'static str,
    bold: bool,
}

type Row = Vec<Span>;

/// The screen from this time on, in seconds.
struct Frame {
    at: f64,
    rows: Vec<Row>,
}

struct Recording {
    terminal: Terminal,
    frames: Vec<Frame>,
    clock: f64,
}

impl Recording {
    /// Types a text, three characters at a time.
    fn type_text(&mut self, text: &str) {
        let letters: Vec<char> = text.chars().collect();
        for part in letters.chunks(3) {
            let part: String = part.iter().collect();
            self.terminal.keys(&part);
            self.terminal.wait_for(part.trim_end());
            self.clock += 0.12;
            self.add_frame();
        }
    }

    /// Presses a key, waits for the text `comes`, and leaves `reads` seconds to read it.
    fn press(&mut self, key: &str, comes: &str, reads: f64) {
        self.clock += 0.4;
        self.terminal.keys(key);
        self.terminal.wait_for(comes);
        self.add_frame();
        self.clock += reads;
    }

    fn add_frame(&mut self) {
        let rows = self
            .terminal
            .look(|screen| (0..ROWS).map(|row| row_of(screen, row)).collect());
        self.frames.push(Frame {
            at: self.clock,
            rows,
        });
    }
}

fn row_of(screen: &vt100::Screen, row: u16) -> Row {
    let mut spans: Row = Vec::new();
    for column in 0..COLUMNS {
        let Some(cell) = screen.cell(row, column).filter(|cell| cell.has_contents()) else {
            continue;
        };
        let (colour, bold) = (colour_of(cell), cell.bold());
        match spans.last_mut() {
            Some(last)
                if (last.colour, last.bold) == (colour, bold)
                    && usize::from(last.column) + last.text.chars().count()
                        == usize::from(column) =>
            {
                last.text.push_str(cell.contents());
            }
            _ => spans.push(Span {
                column,
                text: cell.contents().to_owned(),
                colour,
                bold,
            }),
        }
    }
    spans.retain(|span| !span.text.trim().is_empty());
    spans
}

fn colour_of(cell: &vt100::Cell) -> &'static str {
    match cell.fgcolor() {
        _ if cell.dim() => "#8592a6",
        vt100::Color::Idx(1 | 9) => "#ff8a80",
        vt100::Color::Idx(2 | 10) => "#9fd88f",
        vt100::Color::Idx(3 | 11) => "#f2c879",
        vt100::Color::Idx(4 | 12) => "#8ecbff",
        vt100::Color::Idx(5 | 13) => "#d7a5f5",
        vt100::Color::Idx(6 | 14) => "#7fd1b9",
        vt100::Color::Idx(8) => "#8592a6",
        _ => "#d7dee8",
    }
}

fn recorded() -> Recording {
    let home = Home::new();
    let lease = home.join();
    let terminal = Terminal::open_sized(
        (COLUMNS, ROWS),
        Arc::new(Scratch::new()),
        &["--uri", lease.uri().expose()],
        &[],
    );
    let mut recording = Recording {
        terminal,
        frames: Vec::new(),
        clock: 0.0,
    };
    // Starts with an empty screen, after the client has found the server.
    recording.terminal.line("client.ping() > 0");
    recording.terminal.keys("\x0c");
    recording.press("", "lessons primary>", 0.8);
    recording.frames.clear();
    recording.add_frame();
    recording.type_text("db.trucks.insert_many([#{ _id: 1, city: \"Kiel\", load: 12 }, #{ _id: 2, city: \"Jena\" }])");
    recording.press("\r", "2 documents inserted", 1.2);
    recording.type_text("db.trucks.findOne(#{ load: #{ $gt: 10 } })");
    recording.press("\r", "Enter runs it", 2.5);
    recording.press(
        "\r",
        "#{ _id: 1, city: \"Kiel\", load: 12 }\nlessons primary>",
        1.2,
    );
    recording.type_text("db.trucks.insert_one(#{ _id: 2 })");
    recording.press("\r", "value is taken\nlessons primary>", 3.0);
    recording.type_text(":watch trucks");
    recording.press("\r", "`:stop 1` ends it", 1.0);
    recording.type_text(
        "background(|| { sleep(2); db.trucks.insert_one(#{ _id: 3, city: \"Mainz\" }) }); 0",
    );
    recording.press("\r", "\n0\nlessons primary>", 0.5);
    recording.type_text("db.trucks.count_d");
    recording.press("\t", "count_documents(", 0.4);
    recording.press("", "insert #{ _id: 3, city: \"Mainz\" }", 1.5);
    recording.type_text(")");
    recording.press("\r", "count_documents()\n3\nlessons primary>", 6.0);
    recording.add_frame();
    recording
}

/// Draws the recording as an animated SVG. Without animation it shows the last frame.
fn drawn(recording: &Recording) -> String {
    let end = recording.clock;
    let last = recording.frames.len() - 1;
    let (width, height) = (
        f64::from(COLUMNS) * LETTER + 2.0 * LEFT,
        TOP + f64::from(ROWS) * LINE,
    );
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" role=\"img\" aria-label=\"A terminal: a session of the prompt\">\n\
         <rect width=\"{width:.0}\" height=\"{height:.0}\" rx=\"9\" fill=\"#1b2330\"/>\n"
    );
    for (at, colour) in ["#ff5f57", "#febc2e", "#28c840"].iter().enumerate() {
        let _ = writeln!(
            svg,
            "<circle cx=\"{}\" cy=\"22\" r=\"6\" fill=\"{colour}\"/>",
            22 + 20 * at
        );
    }
    let _ = writeln!(
        svg,
        "<rect width=\"0\" height=\"0\"><animate id=\"loop\" attributeName=\"width\" from=\"0\" to=\"0\" begin=\"0s;loop.end\" dur=\"{end:.2}s\"/></rect>\n\
         <g font-family=\"ui-monospace, SFMono-Regular, Menlo, Consolas, monospace\" font-size=\"14\" xml:space=\"preserve\">"
    );
    for row in 0..usize::from(ROWS) {
        let mut from = 0;
        while from <= last {
            let shown = &recording.frames[from].rows[row];
            let to = (from..=last)
                .find(|at| recording.frames[*at].rows[row] != *shown)
                .unwrap_or(last + 1);
            if !shown.is_empty() {
                let begins = recording.frames[from].at;
                let ends = recording.frames.get(to).map(|frame| frame.at);
                draw_row(&mut svg, row, shown, begins, ends);
            }
            from = to;
        }
    }
    svg.push_str("</g>\n</svg>\n");
    svg
}

fn draw_row(svg: &mut String, row: usize, spans: &Row, begins: f64, ends: Option<f64>) {
    // Without animation only the last frame is visible.
    let hidden = if ends.is_some() {
        " visibility=\"hidden\""
    } else {
        ""
    };
    let _ = write!(svg, "<g{hidden}>");
    if let Some(ends) = ends {
        let _ = write!(
            svg,
            "<set attributeName=\"visibility\" to=\"visible\" begin=\"loop.begin+{begins:.2}s\" end=\"loop.begin+{ends:.2}s\"/>"
        );
    } else if begins > 0.0 {
        let _ = write!(
            svg,
            "<set attributeName=\"visibility\" to=\"hidden\" begin=\"loop.begin\" end=\"loop.begin+{begins:.2}s\"/>"
        );
    }
    for span in spans {
        let text = span
            .text
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;");
        let length = span.text.chars().count() as f64 * LETTER;
        let weight = if span.bold {
            " font-weight=\"bold\""
        } else {
            ""
        };
        let _ = write!(
            svg,
            "<text x=\"{:.1}\" y=\"{:.0}\" textLength=\"{length:.1}\" fill=\"{}\"{weight}>{text}</text>",
            LEFT + f64::from(span.column) * LETTER,
            TOP + row as f64 * LINE,
            span.colour,
        );
    }
    svg.push_str("</g>\n");
}

/// Returns the text of the last frame. Times and earlier frames may differ.
fn end_of(svg: &str) -> Vec<&str> {
    svg.lines()
        .filter(|line| line.starts_with("<g") && !line.contains("visibility=\"hidden\""))
        .flat_map(|line| line.split("<text ").skip(1))
        .filter_map(|rest| Some(rest.split_once('>')?.1.split_once("</text>")?.0.trim()))
        .collect()
}

#[test]
fn the_recording_matches_the_program() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/images/session.svg");
    let now = drawn(&recorded());
    if std::env::var_os("RECORD").is_some() {
        std::fs::write(&path, &now).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap();
    let (kept, now) = (end_of(&kept), end_of(&now));
    assert!(now.len() > 50, "{}", now.len());
    assert_eq!(
        kept, now,
        "`RECORD=1 cargo test --test it recording` updates the picture"
    );
}
