//! Memory over time, one line for each work. The time axis goes from 0 to 100 % of each work, because they take different times.

use std::fmt::Write;

use super::sample::Samples;

const WIDTH: f64 = 860.0;
const HEIGHT: f64 = 360.0;
const LEFT: f64 = 60.0;
const RIGHT: f64 = 150.0;
const TOP: f64 = 40.0;
const BOTTOM: f64 = 40.0;
const COLOURS: [&str; 5] = ["#0969da", "#1a7f37", "#9a6700", "#8250df", "#cf222e"];
/// More points than that cannot be seen.
const MOST_POINTS: usize = 400;

pub fn draw(works: &[(&str, Samples)]) -> String {
    let most = works
        .iter()
        .flat_map(|(_, samples)| &samples.all)
        .map(|sample| sample.memory)
        .max();
    let most = (most.unwrap_or(0) as f64 / 1024.0 / 1024.0 / 10.0)
        .ceil()
        .max(1.0)
        * 10.0;
    let y = |mb: f64| TOP + (1.0 - mb / most) * (HEIGHT - TOP - BOTTOM);
    let mut svg = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12" fill="#24292f">
<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>
<text x="8" y="20" font-size="14">resident memory in MB, from the beginning of each work to its end</text>
"##
    );
    for step in 0..=5 {
        let mb = most * f64::from(step) / 5.0;
        let _ = writeln!(
            svg,
            r##"<path d="M{LEFT} {0:.1}H{1}" stroke="#d0d7de"/><text x="{2}" y="{3:.1}" text-anchor="end">{mb:.0}</text>"##,
            y(mb),
            WIDTH - RIGHT,
            LEFT - 8.0,
            y(mb) + 4.0,
        );
    }
    for (index, (name, samples)) in works.iter().enumerate() {
        let colour = COLOURS[index % COLOURS.len()];
        let end = samples
            .all
            .last()
            .map_or(1.0, |sample| sample.at)
            .max(0.001);
        let step = samples.all.len().div_ceil(MOST_POINTS).max(1);
        let mut points = String::new();
        for sample in samples.all.iter().step_by(step) {
            let x = LEFT + sample.at / end * (WIDTH - LEFT - RIGHT);
            let _ = write!(
                points,
                "{x:.1},{:.1} ",
                y(sample.memory as f64 / 1024.0 / 1024.0)
            );
        }
        let at = TOP + 18.0 * index as f64 + 8.0;
        let _ = writeln!(
            svg,
            r#"<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.5"/><text x="{}" y="{at:.0}" fill="{colour}">{name}, {end:.0} s</text>"#,
            WIDTH - RIGHT + 12.0,
        );
    }
    svg + "</svg>\n"
}
