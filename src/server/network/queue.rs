use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use super::link::Link;
use super::rules::Rules;

/// The parts into which a bandwidth divides a second, so that bytes arrive evenly.
const PARTS_OF_A_SECOND: u64 = 20;

/// What a flow has read and not yet delivered, in order.
#[derive(Default)]
pub(super) struct Queue {
    pieces: VecDeque<Piece>,
    bytes: usize,
}

/// Bytes that arrive together.
pub(super) struct Piece {
    pub due: Instant,
    pub bytes: Vec<u8>,
}

impl Queue {
    pub(super) fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// Returns how many bytes wait.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Returns when the next piece is due.
    pub(super) fn due(&self) -> Option<Instant> {
        self.pieces.front().map(|piece| piece.due)
    }

    pub(super) fn pop(&mut self) -> Option<Piece> {
        let piece = self.pieces.pop_front()?;
        self.bytes -= piece.bytes.len();
        Some(piece)
    }

    /// Makes everything due now.
    pub(super) fn hurry(&mut self) {
        let now = Instant::now();
        for piece in &mut self.pieces {
            piece.due = now;
        }
    }

    /// Adds bytes, in the pieces and at the times that the rules of the link say.
    pub(super) fn add(&mut self, bytes: &[u8], rules: &Rules, link: &Link) {
        let now = Instant::now();
        let latency = rules.latency().map_or(Duration::ZERO, |(latency, fault)| {
            fault.hit();
            with_jitter(latency)
        });
        let mut size = bytes.len().max(1);
        if let Some((bytes_per_second, _)) = rules.bandwidth() {
            let part = usize::try_from(bytes_per_second / PARTS_OF_A_SECOND);
            size = size.min(part.unwrap_or(size).max(1));
        }
        let slice = rules.slice();
        if let Some(((bytes, _), _)) = slice {
            size = size.min(bytes.max(1));
        }
        let mut last = self.pieces.back().map_or(now, |piece| piece.due);
        for (index, bytes) in bytes.chunks(size).enumerate() {
            let mut due = now;
            if let Some((bytes_per_second, fault)) = rules.bandwidth() {
                due = link.send_at(bytes.len(), bytes_per_second);
                fault.hit();
            }
            due = last.max(due + latency);
            if let Some(((_, pause), fault)) = slice.filter(|_| index > 0) {
                due += pause;
                fault.hit();
            }
            last = due;
            if due > now {
                link.count(|counts| counts.delayed += 1);
            }
            self.bytes += bytes.len();
            self.pieces.push_back(Piece {
                due,
                bytes: bytes.to_vec(),
            });
        }
    }
}

fn with_jitter((delay, jitter): (Duration, Duration)) -> Duration {
    let more = jitter.mul_f64(rand::random_range(0.0..=2.0));
    (delay + more).saturating_sub(jitter)
}
