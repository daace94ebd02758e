//! Compute units by instruction.

use std::collections::BTreeMap;

use serde::Serialize;

use budget_sim::{Landed, Refusal};

/// What each kind of transaction cost, and how many there were.
#[derive(Default)]
pub struct Meter {
    units: BTreeMap<&'static str, Vec<u64>>,
}

/// The cost of one kind of transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Cost {
    #[serde(skip)]
    pub count: usize,
    pub median: u64,
    pub max: u64,
}

impl Meter {
    /// Notes what a transaction with the one instruction `name` cost.
    pub fn note(
        &mut self,
        name: &'static str,
        act: Result<Landed, Box<Refusal>>,
    ) -> Result<(), Box<Refusal>> {
        self.units.entry(name).or_default().push(act?.compute_units);
        Ok(())
    }

    /// Transactions that went through.
    pub fn transactions(&self) -> usize {
        self.units.values().map(Vec::len).sum()
    }

    /// Median and maximum by instruction; of an even number, the lower of the two in the middle.
    pub fn costs(&self) -> BTreeMap<&'static str, Cost> {
        let cost = |units: &Vec<u64>| {
            let mut sorted = units.clone();
            sorted.sort_unstable();
            let median = sorted[(sorted.len() - 1) / 2];
            Cost { count: sorted.len(), median, max: sorted[sorted.len() - 1] }
        };
        self.units.iter().map(|(name, units)| (*name, cost(units))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn median_and_maximum_of_odd_and_even_counts() {
        let meter = Meter { units: [("odd", vec![9, 1, 5]), ("even", vec![4, 2, 8, 6])].into() };
        assert_eq!(meter.transactions(), 7);
        assert_eq!(meter.costs()["odd"], Cost { count: 3, median: 5, max: 9 });
        assert_eq!(meter.costs()["even"], Cost { count: 4, median: 4, max: 8 });
    }
}
