use std::thread;
use std::time::{Duration, Instant};

use bson::doc;

use crate::api::run::session::Session;
use crate::engine::catalogue::registry;
use crate::mongo::{Client, Interrupt};

/// The time limit of the first `ping`.
const FIRST_LOOK: Duration = Duration::from_secs(30);

/// Connects while the user types the first line. Only a line that needs the server shows errors.
pub(super) fn connect_in_background(session: &Session) {
    in_background(session, |client| {
        let limit = Interrupt::new(Instant::now().checked_add(FIRST_LOOK));
        let _ = client.call(&limit, move |session| {
            Box::pin(async move {
                let admin = session.client().database("admin");
                admin.run_command(doc! { "ping": 1 }).session(session).await
            })
        });
    });
}

/// Starts the server while the user reads. Makes no connection, because one at the same time as the
/// first call would be a second connection, which a script could see.
pub fn open_in_background(session: &Session) {
    in_background(session, |_| ());
}

fn in_background(session: &Session, then: impl FnOnce(&Client) + Send + 'static) {
    let session = session.clone();
    let _ = thread::Builder::new().name("join".into()).spawn(move || {
        let opened = session.client();
        // Build the registry now, so that the first Tab is fast.
        registry();
        if let Ok(client) = opened {
            then(&client);
        }
    });
}
