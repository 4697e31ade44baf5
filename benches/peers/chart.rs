//! The ratios as a picture: a dot for each, its spread, and the target it must stay left of. The scale is logarithmic.

use std::fmt::Write;

use super::program::Peer;
use super::report::Comparison;

const WIDTH: f64 = 860.0;
const LEFT: f64 = 130.0;
const RIGHT: f64 = 30.0;
const TOP: f64 = 56.0;
const LINE: f64 = 17.0;
const GAP: f64 = 8.0;
/// The scale's ends.
const LEAST: f64 = 0.01;
const MOST: f64 = 4.0;

/// The chart as SVG.
pub fn draw(comparisons: &[Comparison]) -> String {
    let mut body = String::new();
    let mut y = TOP;
    let mut last = "";
    for found in comparisons {
        if found.row != last {
            y += GAP;
            let _ = writeln!(
                body,
                r#"<text x="8" y="{:.1}">{}</text>"#,
                y + 4.0,
                found.row
            );
            last = found.row;
        }
        line(&mut body, found, y);
        y += LINE;
    }
    let height = y + 16.0;
    let mut svg = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="12" fill="#24292f">
<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>
<text x="8" y="18" font-size="14">seaworthy's time or memory as a multiple of each peer's: less is better</text>
"##
    );
    legend(&mut svg);
    grid(&mut svg, height);
    format!("{svg}{body}</svg>\n")
}

fn line(body: &mut String, found: &Comparison, y: f64) {
    let colour = if found.is_missed() {
        "#cf222e"
    } else {
        colour(found.peer)
    };
    if let Some(target) = found.target {
        let x = place(target);
        let (top, bottom) = (y - 6.0, y + 6.0);
        let _ = writeln!(
            body,
            r##"<path d="M{x:.1} {top:.1}V{bottom:.1}" stroke="#24292f" stroke-width="2"/>"##
        );
    }
    let (low, high) = (place(found.ratio.low), place(found.ratio.high));
    let x = place(found.ratio.median);
    let _ = writeln!(
        body,
        r#"<path d="M{low:.1} {y:.1}H{high:.1}" stroke="{colour}" stroke-width="3"/>"#
    );
    let _ = writeln!(
        body,
        r#"<circle cx="{x:.1}" cy="{y:.1}" r="4.5" fill="{}" stroke="{colour}" stroke-width="2"><title>{} against {}: {:.3}</title></circle>"#,
        self::colour(found.peer),
        found.row,
        found.peer.name(),
        found.ratio.median,
    );
}

fn legend(svg: &mut String) {
    let mut x = LEFT;
    for peer in [Peer::Driver, Peer::PyMongo, Peer::Mongosh] {
        let _ = writeln!(
            svg,
            r#"<circle cx="{x}" cy="34" r="4.5" fill="{}"/><text x="{}" y="38">against {}</text>"#,
            colour(peer),
            x + 10.0,
            peer.name(),
        );
        x += 160.0;
    }
    let _ = writeln!(
        svg,
        r##"<path d="M{x} 28V40" stroke="#24292f" stroke-width="2"/><text x="{}" y="38">the target (red: missed)</text>"##,
        x + 8.0,
    );
}

fn grid(svg: &mut String, height: f64) {
    for at in [0.01, 0.03, 0.1, 0.3, 1.0, 3.0] {
        let x = place(at);
        let width = if at == 1.0 { 1.5 } else { 0.5 };
        let bottom = height - 16.0;
        let _ = writeln!(
            svg,
            r##"<path d="M{x:.1} {TOP}V{bottom:.1}" stroke="#8c959f" stroke-width="{width}"/><text x="{x:.1}" y="{:.1}" text-anchor="middle" font-size="10">{at}</text>"##,
            height - 4.0,
        );
    }
}

fn colour(peer: Peer) -> &'static str {
    match peer {
        Peer::Driver => "#57606a",
        Peer::PyMongo => "#0969da",
        _ => "#1a7f37",
    }
}

fn place(value: f64) -> f64 {
    let share = (value.clamp(LEAST, MOST) / LEAST).ln() / (MOST / LEAST).ln();
    LEFT + share * (WIDTH - LEFT - RIGHT)
}
