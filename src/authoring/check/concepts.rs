use std::collections::HashMap;

use super::finding::Finding;
use super::unit::Unit;
use crate::course::concepts::{Use, summary, terms_in, used};
use crate::engine::language::Page;

/// Checks that each lesson and exercise uses only what is taught before, in the order of the course.
///
/// A course that says nowhere what it `teaches` or `needs` is not checked.
pub(super) fn concepts(units: &[Unit], glossary: &[Page]) -> Vec<Finding> {
    if units.iter().all(|unit| unit.head.is_empty()) {
        return Vec::new();
    }
    let mut check = ConceptCheck {
        taught: HashMap::new(),
        glossary,
        findings: Vec::new(),
    };
    for unit in units {
        check.unit(unit);
    }
    check.findings
}

struct ConceptCheck<'a> {
    /// The concepts taught so far, each with the file that teaches it.
    taught: HashMap<&'a str, &'a str>,
    glossary: &'a [Page],
    findings: Vec<Finding>,
}

impl<'a> ConceptCheck<'a> {
    fn unit(&mut self, unit: &'a Unit) {
        let uses: Vec<(&str, Use)> = unit
            .code
            .iter()
            .flat_map(|part| {
                let found = used(&part.text, &unit.own).into_iter();
                found.map(|one| {
                    let line = part.line + one.line;
                    (&*part.file, Use { line, ..one })
                })
            })
            .collect();
        let is_used = |name: &str| uses.iter().any(|(_, one)| one.concept == name);
        for need in &unit.head.needs {
            if !self.taught.contains_key(need.as_str()) {
                self.add(
                    unit,
                    format!("it needs `{need}`, which nothing before it teaches"),
                );
            } else if !is_used(need) && !self.is_term(need) {
                self.add(
                    unit,
                    format!("it needs `{need}`, but its code does not use it"),
                );
            }
        }
        for concept in &unit.head.teaches {
            if let Some(before) = self.taught.get(concept.as_str()) {
                self.add(
                    unit,
                    format!("it teaches `{concept}`, which `{before}` teaches already"),
                );
            } else if !self.is_term(concept) {
                let is_named = unit.names(concept);
                if !is_named && !is_used(concept) {
                    self.add(
                        unit,
                        format!("it teaches `{concept}`, but does not use or name it"),
                    );
                } else if !is_named && summary(concept).is_none() {
                    self.add(
                        unit,
                        format!("it teaches `{concept}`, but its text does not name it"),
                    );
                }
            }
        }
        self.terms(unit);
        let taught = unit.head.teaches.iter();
        self.taught
            .extend(taught.map(|concept| (concept.as_str(), &*unit.file)));
        let mut reported: Vec<&str> = Vec::new();
        for (file, one) in &uses {
            let concept = one.concept.as_str();
            if self.taught.contains_key(concept) || reported.contains(&concept) {
                continue;
            }
            reported.push(concept);
            let message = format!("it uses `{concept}`, which nothing before it teaches");
            self.findings
                .push(Finding::new(*file, message).at(one.line));
        }
    }

    /// Checks that no term of the glossary appears before its definition.
    fn terms(&mut self, unit: &'a Unit) {
        let mut seen: Vec<&str> = Vec::new();
        for part in &unit.prose {
            for one in terms_in(&part.text, self.glossary) {
                if self.taught.contains_key(one.term) || seen.contains(&one.term) {
                    continue;
                }
                seen.push(one.term);
                let is_taught = unit.head.teaches.iter().any(|concept| concept == one.term);
                let line = part.line + part.text[..one.range.start].matches('\n').count();
                let message = match (is_taught, one.is_emphasised) {
                    (true, true) => continue,
                    (true, false) => format!(
                        "it uses the term `{0}` before it defines it, as `*{0}*`",
                        one.term
                    ),
                    (false, _) => format!(
                        "it uses the term `{}`, which nothing before it defines",
                        one.term
                    ),
                };
                self.findings
                    .push(Finding::new(&*part.file, message).at(line));
            }
        }
        for concept in &unit.head.teaches {
            if self.is_term(concept) && !seen.contains(&concept.as_str()) {
                self.add(
                    unit,
                    format!("it teaches the term `{concept}`, but its text does not have it"),
                );
            }
        }
    }

    fn is_term(&self, concept: &str) -> bool {
        self.glossary.iter().any(|term| term.name() == concept)
    }

    fn add(&mut self, unit: &Unit, message: String) {
        self.findings.push(Finding::new(&*unit.file, message));
    }
}
