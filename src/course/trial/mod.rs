//! Scripts run as programs of their own, several at a time: what one does to itself, by `exit`, an endless loop or all the
//! memory there is, the others and the one who runs them do not feel.

mod bench;
mod child;
mod crowd;

pub use bench::{Bench, Equipment, Job, Place};
pub use child::{End, Ran};
pub use crowd::several_at_once;
