//! Connection pools as the driver reports them.

pub mod checkout_watch;
pub mod pool_event;
pub mod pool_monitor;
