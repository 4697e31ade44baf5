use std::collections::HashMap;

use super::{Name, Place};

/// The `for` loops of a run, by what they go through. An iterator does not know its loop.
#[derive(Debug, Default)]
pub(super) struct Loops {
    /// The loops directly over the result of a call, by the place of the call.
    over_calls: HashMap<Place, Place>,
    /// The variables that get the result of a call, by the place of the call.
    variables_of: HashMap<Place, (Name, Name)>,
    /// By source and name.
    variables: HashMap<(Name, Name), Variable>,
}

/// A use of a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VariableUse {
    /// `let`, with the place of the call whose result it gets.
    Defined(Option<Place>),
    /// An assignment, with the place of the call whose result it gets.
    Assigned(Option<Place>),
    /// A `for` loop over it.
    Loop(Place),
    /// Anything else that may pass its value on to another loop.
    PassedOn,
}

/// The uses of a variable, or of all variables with the same name in a source.
#[derive(Debug, Default)]
struct Variable {
    /// In the order of the script, if all of them are at the top level.
    uses: Vec<VariableUse>,
    has_order: Option<bool>,
}

impl Loops {
    pub(super) fn add(&mut self, call: Place, place: Place) {
        self.over_calls.insert(call, place);
    }

    /// Adds a use of a variable. `is_at_top` says whether the statement is in no block and no
    /// function.
    pub(super) fn add_use(
        &mut self,
        source: Name,
        variable: Name,
        usage: VariableUse,
        is_at_top: bool,
    ) {
        let key = (source, variable);
        if let VariableUse::Defined(Some(call)) | VariableUse::Assigned(Some(call)) = &usage {
            self.variables_of.insert(call.clone(), key.clone());
        }
        let variable = self.variables.entry(key).or_default();
        let has_order = is_at_top && !matches!(usage, VariableUse::Assigned(_));
        variable.has_order = Some(variable.has_order.unwrap_or(true) && has_order);
        variable.uses.push(usage);
    }

    /// Returns the place of the loop that goes through the result of the call at `call`, if there
    /// can be only one.
    pub(super) fn over(&self, call: &Place) -> Option<&Place> {
        let variable = || self.variables.get(self.variables_of.get(call)?);
        self.over_calls
            .get(call)
            .or_else(|| variable()?.loop_over(call))
    }
}

impl Variable {
    fn loop_over(&self, call: &Place) -> Option<&Place> {
        if self.uses.contains(&VariableUse::PassedOn) {
            return None;
        }
        let is_definition = |usage: &VariableUse| {
            matches!(usage, VariableUse::Defined(_) | VariableUse::Assigned(_))
        };
        let uses = match self.has_order {
            Some(true) => {
                let gets_it = VariableUse::Defined(Some(call.clone()));
                let start = self.uses.iter().rposition(|usage| *usage == gets_it)?;
                let rest = &self.uses[start + 1..];
                let end = rest.iter().position(is_definition);
                &rest[..end.unwrap_or(rest.len())]
            }
            _ => &self.uses[..],
        };
        let mut loops = uses.iter().filter_map(|usage| match usage {
            VariableUse::Loop(place) => Some(place),
            _ => None,
        });
        let first = loops.next()?;
        loops.all(|place| place == first).then_some(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(line: u32) -> Place {
        Place {
            source: "script".into(),
            line,
            column: 1,
        }
    }

    fn over(uses: &[(VariableUse, bool)], call: u32) -> Option<u32> {
        let mut loops = Loops::default();
        for (usage, is_at_top) in uses {
            loops.add_use("script".into(), "cursor".into(), usage.clone(), *is_at_top);
        }
        loops.over(&place(call)).map(|place| place.line)
    }

    #[test]
    fn a_variable_has_a_loop_if_there_can_be_only_one() {
        let defined = |line| VariableUse::Defined(Some(place(line)));
        let looped = |line| VariableUse::Loop(place(line));
        let in_order = [
            (defined(1), true),
            (looped(2), true),
            (defined(3), true),
            (looped(4), true),
            (looped(5), true),
            (defined(6), true),
        ];
        assert_eq!(over(&in_order, 1), Some(2));
        assert_eq!(over(&in_order, 3), None, "two loops");
        assert_eq!(over(&in_order, 6), None, "no loop");
        let in_blocks = [(defined(1), false), (defined(2), false), (looped(3), true)];
        assert_eq!(over(&in_blocks, 2), Some(3));
        let two = [&in_blocks[..], &[(looped(4), false)]].concat();
        assert_eq!(over(&two, 2), None);
        let assigned = VariableUse::Assigned(Some(place(2)));
        let assigned = [(defined(1), true), (assigned, true), (looped(3), true)];
        assert_eq!((over(&assigned, 1), over(&assigned, 2)), (Some(3), Some(3)));
        let passed_on = [&assigned[..], &[(VariableUse::PassedOn, true)]].concat();
        assert_eq!(over(&passed_on, 1), None);
    }
}
