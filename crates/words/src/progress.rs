//! A progress bar on standard error: there while something runs, gone when it is done, and absent
//! when nobody watches. Small enough that a crate for it would be the larger thing.

use std::io::{IsTerminal, Write, stderr};
use std::time::{Duration, Instant};

use crate::format::{bar, count};

/// How often the bar is drawn.
const INTERVAL: Duration = Duration::from_millis(100);

/// One task of known length.
pub struct Progress {
    noun: &'static str,
    total: u64,
    done: u64,
    begun: Instant,
    drawn: Option<Instant>,
    shown: bool,
}

impl Progress {
    /// A bar for `total` of `noun`, shown when standard error is a terminal.
    pub fn new(noun: &'static str, total: u64) -> Self {
        let shown = stderr().is_terminal();
        Self { noun, total, done: 0, begun: Instant::now(), drawn: None, shown }
    }

    /// Whether somebody watches.
    pub fn is_shown(&self) -> bool {
        self.shown
    }

    /// One more is done.
    pub fn step(&mut self) {
        self.done += 1;
        if self.shown && self.drawn.is_none_or(|last| last.elapsed() >= INTERVAL) {
            self.drawn = Some(Instant::now());
            let _ = write!(stderr(), "\r{}\u{1b}[K", self.line(self.begun.elapsed()));
        }
    }

    fn line(&self, elapsed: Duration) -> String {
        let millis = elapsed.as_millis().max(1);
        let rate = u128::from(self.done) * 1_000 / millis;
        let left = u128::from(self.total.saturating_sub(self.done)).div_ceil(rate.max(1));
        format!(
            "{} {} of {} {} · {} a second · {left} s left",
            bar(&[('█', self.done)], self.total, 30, None),
            count(self.done),
            count(self.total),
            self.noun,
            count(rate),
        )
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.shown && self.drawn.is_some() {
            let _ = write!(stderr(), "\r\u{1b}[K");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_names_rate_and_time_left() {
        let mut progress = Progress::new("ballots", 4_000);
        progress.done = 1_000;
        assert_eq!(
            progress.line(Duration::from_secs(2)),
            "███████······················· 1,000 of 4,000 ballots · 500 a second · 6 s left"
        );
    }
}
