//! A stream as R7 and R8 describe it, which knows parts, scores and a clock and nothing of how the
//! program computes; and dice.

use budget_tests::*;

/// The policy's marks.
pub const PASS: u64 = 6_000;
pub const FLOOR: u64 = 3_000;

/// A stream as R7 and R8 describe it. Moments are seconds after the start.
#[derive(Clone)]
pub struct Model {
    pub duration: i64,
    /// Base units of each part, after scaling.
    pub parts: Vec<u128>,
    /// Parts that may release.
    pub open: usize,
    /// Seconds for which the clock has stood.
    pub stood: i64,
    pub total: u128,
}

impl Model {
    /// Before its first review.
    pub fn new(ask: &Ask) -> Self {
        let (total, count) = (u128::from(ask.amount), u128::from(ask.checkpoints) + 1);
        let until = |part: u128| total * part / count;
        let parts = (0..count).map(|part| until(part + 1) - until(part)).collect();
        Self { duration: i64::from(ask.duration_secs), parts, open: 1, stood: 0, total }
    }

    /// Clock seconds at which a part begins.
    pub fn begins(&self, part: usize) -> i64 {
        let (part, count) =
            (i64::try_from(part).unwrap(), i64::try_from(self.parts.len()).unwrap());
        self.duration * part / count
    }

    /// Base units released `secs` after the start.
    pub fn released(&self, secs: i64) -> u64 {
        let clock = secs - self.stood;
        let released = self.parts.iter().take(self.open).enumerate().map(|(part, amount)| {
            let (from, to) = (self.begins(part), self.begins(part + 1));
            let within = u128::try_from((clock - from).clamp(0, to - from)).unwrap();
            amount * within / u128::try_from(to - from).unwrap()
        });
        u64::try_from(released.sum::<u128>()).unwrap()
    }

    /// Seconds after the start at which the open checkpoint's window opens, if nothing before it
    /// was late.
    pub fn due(&self) -> i64 {
        self.begins(self.open) + self.stood
    }

    /// Whether a checkpoint has not passed.
    pub fn has_checkpoint(&self) -> bool {
        self.open < self.parts.len()
    }

    /// The next part opens, scaled.
    pub fn pass(&mut self, score: u64) {
        let part = &mut self.parts[self.open];
        *part = *part * u128::from(score.min(PASS)) / u128::from(PASS);
        self.open += 1;
    }

    /// The next part opens, the clock shows the checkpoint at `secs`.
    pub fn resume(&mut self, secs: i64) {
        self.stood = secs - self.begins(self.open);
        self.open += 1;
    }

    /// What scaling has given back so far.
    pub fn returned(&self) -> u64 {
        u64::try_from(self.total - self.parts.iter().sum::<u128>()).unwrap()
    }
}

/// Numbers that look random and are the same every time.
pub struct Dice(pub u64);

impl Dice {
    /// A number below `sides`.
    pub fn roll(&mut self, sides: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}
