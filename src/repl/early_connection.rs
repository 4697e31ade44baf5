use std::thread;
use std::time::{Duration, Instant};

use bson::doc;

use crate::api::run::session::Session;
use crate::engine::catalogue::registry;
use crate::mongo::Interrupt;

/// The time limit of the first `ping`.
const FIRST_LOOK: Duration = Duration::from_secs(30);

/// Connects while the user types the first line. Only a line that needs the server shows errors.
pub fn connect_in_background(session: &Session) {
    let session = session.clone();
    let _ = thread::Builder::new().name("join".into()).spawn(move || {
        let opened = session.client();
        // Build the registry now, so that the first Tab is fast.
        registry();
        let Ok(client) = opened else {
            return;
        };
        let limit = Interrupt::new(Instant::now().checked_add(FIRST_LOOK));
        let _ = client.call(&limit, move |session| {
            Box::pin(async move {
                let admin = session.client().database("admin");
                admin.run_command(doc! { "ping": 1 }).session(session).await
            })
        });
    });
}
