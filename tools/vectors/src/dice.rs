//! Random values with a taste for edges, the same ones every time.

/// Seeded dice.
pub struct Dice(fastrand::Rng);

impl Dice {
    /// Dice for one section; each has its own seed, so that a case added to one moves no other.
    pub fn new(seed: u64) -> Self {
        Self(fastrand::Rng::with_seed(seed))
    }

    /// From 0 to `most`.
    pub fn upto(&mut self, most: u64) -> u64 {
        self.0.u64(0..=most)
    }

    /// From `least` to `most`.
    pub fn between(&mut self, least: u64, most: u64) -> u64 {
        self.0.u64(least..=most)
    }

    /// From 0 to `most`, as narrow as its bound.
    pub fn small<T>(&mut self, most: T) -> T
    where
        T: Copy + TryFrom<u64>,
        u64: From<T>,
    {
        let value = self.upto(u64::from(most));
        T::try_from(value).unwrap_or(most)
    }

    /// An amount: of any order of magnitude up to `most`, sometimes an edge.
    pub fn amount(&mut self, most: u64) -> u64 {
        match self.upto(9) {
            0 => 0,
            1 => 1.min(most),
            2 => most,
            3 => most.saturating_sub(1),
            _ => {
                let bits = self.between(1, u64::from(64 - most.leading_zeros()).max(1));
                self.0.u64(..) >> (64 - bits) & most
            }
        }
        .min(most)
    }

    /// True once in `times`.
    pub fn once_in(&mut self, times: u64) -> bool {
        self.upto(times - 1) == 0
    }

    /// One of these.
    pub fn one_of<T: Copy>(&mut self, values: &[T]) -> T {
        values[self.0.usize(..values.len())]
    }
}
