//! Connection pools as the driver reports them.

pub(super) mod checkout_watch;
pub(super) mod pool_event;
pub(super) mod pool_monitor;
