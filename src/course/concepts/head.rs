/// The lines `teaches:` and `needs:` at the start of the first cell of a lesson or an exercise.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    pub teaches: Vec<String>,
    pub needs: Vec<String>,
}

impl Head {
    /// Splits the text of a first cell into these lines and the text after them.
    ///
    /// ```
    /// use seaworthy::course::concepts::Head;
    ///
    /// let (head, rest) = Head::split("teaches: retry, attempts:\nneeds: closure\n\n# Boats");
    /// assert_eq!(head.teaches, ["retry", "attempts:"]);
    /// assert_eq!((head.needs, rest), (vec!["closure".to_owned()], "# Boats"));
    /// ```
    pub fn split(prose: &str) -> (Self, &str) {
        let mut head = Self::default();
        let mut rest = prose;
        loop {
            let line = rest.lines().next().unwrap_or_default();
            let (list, names) = match (line.strip_prefix("teaches:"), line.strip_prefix("needs:")) {
                (Some(names), _) => (&mut head.teaches, names),
                (_, Some(names)) => (&mut head.needs, names),
                _ => break,
            };
            let names = names.split(',').map(str::trim);
            list.extend(names.filter(|name| !name.is_empty()).map(str::to_owned));
            rest = rest[line.len()..].trim_start_matches(['\r', '\n']);
        }
        (head, rest)
    }

    /// Returns whether the script says nothing about concepts.
    pub fn is_empty(&self) -> bool {
        self.teaches.is_empty() && self.needs.is_empty()
    }
}
