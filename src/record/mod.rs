//! What a run did and when: the model of a timeline, and the recorder that collects it.
//!
//! The rooms that do the work tell the [`Recorder`] what begins and ends. At the end,
//! [`Recorder::recording`] returns a [`Recording`], which `render` draws.

mod call;
mod checkout;
mod client_label;
mod collected;
mod command;
mod command_end;
mod command_start;
mod current;
mod event;
mod fault;
mod inbox;
mod loops;
mod member_state;
mod name;
mod names;
mod op_time;
mod outcome;
mod place;
mod pool_sample;
mod pools;
mod recorder;
mod recording;
mod ring;
mod source_text;
mod span;
mod stored;
mod task;
mod text;
mod under_way;
mod unsettled;

pub use call::Call;
pub use checkout::Checkout;
pub use client_label::ClientLabel;
pub use command::Command;
pub use command_end::CommandEnd;
pub use command_start::CommandStart;
pub use current::{CallScope, current_call, enter_task};
pub use event::Event;
pub use fault::{Fault, FaultKind};
pub use loops::VariableUse;
pub use member_state::{MemberState, short_member};
pub use name::Name;
pub use op_time::OpTime;
pub use outcome::{Outcome, Settled, SettledBy};
pub use place::Place;
pub use pool_sample::PoolSample;
pub use recorder::{OpenFault, Recorder};
pub use recording::Recording;
pub use source_text::SourceText;
pub use span::{Mark, Print, Span};
pub use stored::{LAST, StoredRecordings};
pub use task::Task;
pub use text::shortened;

/// A moment or a length of time in nanoseconds. Moments count from the start of the recording.
pub type Nanos = u64;
