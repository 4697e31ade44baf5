use std::borrow::Cow;

use quick_xml::Writer;
use quick_xml::events::{BytesText, Event};
use unicode_width::UnicodeWidthStr;

use super::{GREY, LETTER_HEIGHT, LETTER_WIDTH};
use crate::error::visible;

/// Where a text stands, seen from its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    Start,
    Middle,
    End,
}

/// Writes the shapes of one picture.
pub struct Canvas {
    writer: Writer<Vec<u8>>,
    head: String,
}

type Attributes<'a> = &'a [(&'a str, Cow<'a, str>)];

impl Canvas {
    /// Begins a picture. Its title and description are read aloud instead of the picture.
    pub fn new(width: f64, height: f64, title: &str, description: &str) -> Self {
        let (width, height) = (number(width), number(height));
        let head = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" font-family=\"system-ui, sans-serif\" font-size=\"{LETTER_HEIGHT}\">"
        );
        let mut canvas = Self {
            writer: Writer::new(Vec::new()),
            head,
        };
        canvas.element("title", &[], Some(title));
        canvas.element("desc", &[], Some(description));
        canvas
    }

    /// Returns the picture as one element.
    pub fn finish(self) -> String {
        let body = String::from_utf8_lossy(&self.writer.into_inner()).into_owned();
        format!("{}{body}</svg>", self.head)
    }

    pub fn line(&mut self, from: (f64, f64), to: (f64, f64), colour: &str, dashes: &str) {
        let attributes = [
            ("x1", number(from.0)),
            ("y1", number(from.1)),
            ("x2", number(to.0)),
            ("y2", number(to.1)),
            ("stroke", colour.into()),
            ("stroke-dasharray", dashes.into()),
        ];
        self.element("line", &attributes, None);
    }

    /// Draws a line that is not seen where something else is more important.
    pub fn faint_line(&mut self, from: (f64, f64), to: (f64, f64)) {
        let attributes = [
            ("x1", number(from.0)),
            ("y1", number(from.1)),
            ("x2", number(to.0)),
            ("y2", number(to.1)),
            ("stroke", GREY.into()),
            ("stroke-opacity", "0.25".into()),
        ];
        self.element("line", &attributes, None);
    }

    pub fn polyline(&mut self, points: &[(f64, f64)], colour: &str, dashes: &str) {
        let points: Vec<String> = points
            .iter()
            .map(|point| format!("{},{}", number(point.0), number(point.1)))
            .collect();
        let attributes = [
            ("points", points.join(" ").into()),
            ("fill", "none".into()),
            ("stroke", colour.into()),
            ("stroke-width", "2".into()),
            ("stroke-linejoin", "round".into()),
            ("stroke-dasharray", dashes.into()),
        ];
        self.element("polyline", &attributes, None);
    }

    pub fn dot(&mut self, place: (f64, f64), colour: &str) {
        let attributes = [
            ("cx", number(place.0)),
            ("cy", number(place.1)),
            ("r", "3".into()),
            ("fill", colour.into()),
        ];
        self.element("circle", &attributes, None);
    }

    /// Draws a filled rectangle. `hover` is shown when the pointer rests on it.
    pub fn rectangle(
        &mut self,
        corner: (f64, f64),
        size: (f64, f64),
        colour: &str,
        opacity: f64,
        hover: &str,
    ) {
        let attributes = [
            ("x", number(corner.0)),
            ("y", number(corner.1)),
            ("width", number(size.0.max(1.0))),
            ("height", number(size.1)),
            ("fill", colour.into()),
            ("fill-opacity", number(opacity)),
        ];
        self.rectangle_with(&attributes, hover);
    }

    /// Draws a slice of a timeline: a rectangle with an outline. `hover` is as in `rectangle`.
    pub fn slice(
        &mut self,
        corner: (f64, f64),
        size: (f64, f64),
        colour: &str,
        opacity: f64,
        dashes: &str,
        hover: &str,
    ) {
        let attributes = [
            ("x", number(corner.0)),
            ("y", number(corner.1)),
            ("width", number(size.0.max(1.0))),
            ("height", number(size.1)),
            ("fill", colour.into()),
            ("fill-opacity", number(opacity)),
            ("stroke", colour.into()),
            ("stroke-dasharray", dashes.into()),
        ];
        self.rectangle_with(&attributes, hover);
    }

    fn rectangle_with(&mut self, attributes: Attributes, hover: &str) {
        if hover.is_empty() {
            return self.element("rect", attributes, None);
        }
        let hover = visible(hover);
        // A `Vec` takes every write.
        let _ = self
            .writer
            .create_element("rect")
            .with_attributes(borrowed(attributes))
            .write_inner_content(|writer| {
                writer
                    .create_element("title")
                    .write_text_content(BytesText::new(&hover))?;
                Ok(())
            });
    }

    /// Writes a text. `place` is the left end, the middle or the right end of its base line.
    pub fn text(&mut self, place: (f64, f64), anchor: Anchor, text: &str) {
        self.text_with(place, anchor, text, &[]);
    }

    pub fn bold(&mut self, place: (f64, f64), anchor: Anchor, text: &str) {
        self.text_with(place, anchor, text, &[("font-weight", "bold".into())]);
    }

    /// Writes a small white text on a coloured shape.
    pub fn label(&mut self, place: (f64, f64), text: &str) {
        let attributes = [
            ("x", number(place.0)),
            ("y", number(place.1)),
            ("font-size", "10".into()),
            ("fill", "#ffffff".into()),
        ];
        self.element("text", &attributes, Some(text));
    }

    fn text_with(&mut self, place: (f64, f64), anchor: Anchor, text: &str, more: Attributes) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let mut attributes = vec![
            ("x", number(place.0)),
            ("y", number(place.1)),
            ("text-anchor", anchor.into()),
            ("fill", GREY.into()),
        ];
        attributes.extend_from_slice(more);
        self.element("text", &attributes, Some(text));
    }

    fn element(&mut self, name: &str, attributes: Attributes, text: Option<&str>) {
        let element = self
            .writer
            .create_element(name)
            .with_attributes(borrowed(attributes));
        // A `Vec` takes every write.
        let _ = match text {
            Some(text) => element.write_text_content(BytesText::new(&visible(text))),
            None => element.write_empty(),
        };
    }

    /// Ends a line of the file, so that a difference between two pictures can be read.
    pub fn new_line(&mut self) {
        let _ = self.writer.write_event(Event::Text(BytesText::new("\n")));
    }
}

fn borrowed<'a>(attributes: Attributes<'a>) -> impl Iterator<Item = (&'a str, &'a str)> {
    attributes
        .iter()
        .filter(|attribute| attribute.1 != "none" || attribute.0 == "fill")
        .map(|(name, value)| (*name, value.as_ref()))
}

/// Returns the number with at most one digit after the point.
fn number(value: f64) -> Cow<'static, str> {
    let rounded = (value * 100.0).round() / 100.0;
    format!("{rounded}").into()
}

/// Returns about the width of a text, in pixels.
pub fn width(text: &str) -> f64 {
    text.width() as f64 * LETTER_WIDTH
}

/// Returns the text, or as much of it as fits, with `…`.
pub fn fitting(text: &str, pixels: f64) -> Cow<'_, str> {
    if width(text) <= pixels {
        return text.into();
    }
    let letters = (pixels / LETTER_WIDTH) as usize;
    let mut short: String = text.chars().take(letters.saturating_sub(1)).collect();
    short.push('…');
    short.into()
}
