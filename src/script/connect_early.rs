use crate::api::run::session::Session;

/// Opens the client if the script may use it, while another thread builds the engine. The client
/// looks for its servers, but makes no connection for operations.
///
/// Does nothing if that may take time, or in a recorded run, whose clients have numbers in the order
/// of their use.
pub(super) fn connect_early(session: &Session, script: &str) {
    let is_used = ["db", "client"].iter().any(|name| script.contains(name));
    if !is_used || !session.knows_addresses() || session.recorder().is_some() {
        return;
    }
    // The script gets an error when it uses the client.
    if let (Ok(_), Ok(bridge)) = (session.client(), session.bridge()) {
        bridge.continue_in_background();
    }
}
