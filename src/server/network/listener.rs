use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::UnixListener;

use super::callers::Callers;
use super::carry::carry;
use super::endpoint::Endpoint;
use super::links::Links;

/// The pause after the system has refused a connection, for example because too many files are
/// open.
const PAUSE: Duration = Duration::from_millis(20);

/// The proxy of one member.
pub(super) struct Proxy {
    pub member: usize,
    /// The socket on which the member itself listens.
    pub target: PathBuf,
    pub links: Arc<Links>,
    pub callers: Arc<Callers>,
}

impl Proxy {
    /// Accepts connections, and carries each in its own task, until the runtime ends.
    pub(super) async fn run(self, listener: UnixListener) {
        loop {
            let Ok((opener, _)) = listener.accept().await else {
                tokio::time::sleep(PAUSE).await;
                continue;
            };
            let process = opener.peer_cred().ok().and_then(|peer| peer.pid());
            let from = self.callers.end_of(process);
            let links = Arc::clone(&self.links);
            let target = self.target.clone();
            let to = Endpoint::Member(self.member);
            tokio::spawn(async move {
                if let (Some(there), Some(back)) = (links.get(from, to), links.get(to, from)) {
                    carry(opener, target, there, back).await;
                }
            });
        }
    }
}
