//! `seaworthy lesson`: lists the lessons, or plays one step by step.

mod ask;
pub mod input;
mod list;
mod new_words;
mod options;
mod player;
mod try_it;
mod what_next;

pub use input::Input;
pub use list::list;
pub use options::LessonOptions;
pub use player::Player;
pub use what_next::what_next;
