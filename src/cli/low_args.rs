use clap::Parser;

use super::low_command::LowCommand;
use super::low_options::LowOptions;

/// The command line as typed. [`Settings`](super::settings::Settings) interprets it.
#[derive(Debug, Parser)]
#[command(
    name = "seaworthy",
    version = concat!(env!("CARGO_PKG_VERSION"), " (", env!("SEAWORTHY_TARGET"), ")"),
    about = "A prompt, a script runner and a course for MongoDB, with a private server of its own",
    long_about = include_str!("help/long_about.txt"),
    after_help = include_str!("help/after_short.txt"),
    after_long_help = include_str!("help/after_long.txt"),
    max_term_width = 100,
    disable_help_subcommand = true,
    subcommand_precedence_over_arg = true
)]
pub struct LowArgs {
    #[command(subcommand)]
    pub command: Option<LowCommand>,

    #[command(flatten)]
    pub options: LowOptions,
}
