use std::io;
use std::process::Command;

/// Returns the command that starts an editor, made from the value of `$VISUAL` or `$EDITOR`.
///
/// The value is split into words like in a shell, so a path with spaces can be in quotes. An empty
/// value means `vi`.
///
/// # Errors
/// `InvalidInput` if a quote in the value is not closed.
///
/// ```
/// use seaworthy::repl::editor_command;
///
/// let command = editor_command("'/opt/my editor/edit' --wait")?;
/// assert_eq!(command.get_program(), "/opt/my editor/edit");
/// assert_eq!(command.get_args().count(), 1);
/// assert!(editor_command("edit '").is_err());
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn editor_command(value: &str) -> io::Result<Command> {
    let words = shlex::split(value).ok_or_else(|| {
        io::Error::new(
            io::ErrorKind::InvalidInput,
            "a quote or a backslash at the end is not complete",
        )
    })?;
    let mut words = words.into_iter();
    let mut command = Command::new(words.next().unwrap_or_else(|| "vi".to_owned()));
    command.args(words);
    Ok(command)
}
