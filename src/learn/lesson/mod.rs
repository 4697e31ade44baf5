//! `seaworthy lesson`: lists the lessons, or plays one step by step.

mod ask;
mod catch_up;
pub mod editor;
mod in_your_driver;
pub mod input;
mod list;
mod new_words;
mod options;
mod player;
mod review;
mod step;
mod step_output;
mod step_timeline;
mod try_it;
mod what_next;

pub use input::Input;
pub use list::list;
pub use options::LessonOptions;
pub use player::Player;
pub use review::review;
pub use step_output::StepOutput;
pub use what_next::what_next;
