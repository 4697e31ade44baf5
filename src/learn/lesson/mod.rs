//! `seaworthy lesson`: the list of lessons, and one of them played step by step.

mod ask;
pub mod input;
mod list;
mod options;
mod player;
mod try_it;

pub use input::Input;
pub use list::list;
pub use options::LessonOptions;
pub use player::Player;
