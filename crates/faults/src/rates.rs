//! What goes wrong, and how often.

use std::{collections::BTreeMap, time::Duration};

/// One thing that can happen to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    /// The connection breaks before the node has seen anything.
    LostRequest,
    /// The node has acted; its answer is lost.
    LostAnswer,
    /// The node has acted; half of its answer arrives.
    TornAnswer,
    /// The node gets the request twice; the second answer arrives.
    Doubled,
    /// The connection breaks at once, and the node gets the request later.
    Late,
    /// The node gets the request after a while; its answer arrives.
    Delayed,
    /// The node never sees it: something before it says that it is busy.
    Busy,
}

impl Fault {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::LostRequest,
        Self::LostAnswer,
        Self::TornAnswer,
        Self::Doubled,
        Self::Late,
        Self::Delayed,
        Self::Busy,
    ];
}

/// How often each fault happens: shares of all requests, 0 to 1, together at most 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rates {
    /// Share of [`Fault::LostRequest`].
    pub lost_request: f64,
    /// Share of [`Fault::LostAnswer`].
    pub lost_answer: f64,
    /// Share of [`Fault::TornAnswer`].
    pub torn_answer: f64,
    /// Share of [`Fault::Doubled`].
    pub doubled: f64,
    /// Share of [`Fault::Late`].
    pub late: f64,
    /// Share of [`Fault::Delayed`].
    pub delayed: f64,
    /// Share of [`Fault::Busy`].
    pub busy: f64,
    /// The longest that a delayed or late request waits.
    pub longest_delay: Duration,
}

impl Rates {
    /// No faults.
    pub fn none() -> Self {
        Self {
            lost_request: 0.0,
            lost_answer: 0.0,
            torn_answer: 0.0,
            doubled: 0.0,
            late: 0.0,
            delayed: 0.0,
            busy: 0.0,
            longest_delay: Duration::from_millis(50),
        }
    }

    /// A bad day: of every hundred requests 16 go wrong, in every way.
    pub fn mixed() -> Self {
        Self {
            lost_request: 0.02,
            lost_answer: 0.04,
            torn_answer: 0.02,
            doubled: 0.03,
            late: 0.02,
            delayed: 0.02,
            busy: 0.01,
            ..Self::none()
        }
    }

    /// Nothing but `fault`, always.
    pub fn always(fault: Fault) -> Self {
        let mut rates = Self::none();
        *rates.share_mut(fault) = 1.0;
        rates
    }

    fn share_mut(&mut self, fault: Fault) -> &mut f64 {
        match fault {
            Fault::LostRequest => &mut self.lost_request,
            Fault::LostAnswer => &mut self.lost_answer,
            Fault::TornAnswer => &mut self.torn_answer,
            Fault::Doubled => &mut self.doubled,
            Fault::Late => &mut self.late,
            Fault::Delayed => &mut self.delayed,
            Fault::Busy => &mut self.busy,
        }
    }
}

/// How often each fault has happened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Requests seen.
    pub requests: u64,
    /// Those of them that something happened to.
    pub faults: BTreeMap<Fault, u64>,
}

impl Counts {
    /// Faults of all kinds together.
    pub fn total(&self) -> u64 {
        self.faults.values().sum()
    }
}

/// Decides, request by request.
pub(crate) struct Fate {
    rates: Rates,
    dice: fastrand::Rng,
    pub(crate) counts: Counts,
}

impl Fate {
    pub(crate) fn new(seed: u64, rates: Rates) -> Self {
        Self { rates, dice: fastrand::Rng::with_seed(seed), counts: Counts::default() }
    }

    /// What happens to the next request, and a share of the longest delay that belongs to it.
    pub(crate) fn next(&mut self) -> (Option<Fault>, f64) {
        self.counts.requests += 1;
        let (mut left, share) = (self.dice.f64(), self.dice.f64());
        let fault = Fault::ALL.into_iter().find(|fault| {
            left -= *self.rates.share_mut(*fault);
            left < 0.0
        });
        if let Some(fault) = fault {
            *self.counts.faults.entry(fault).or_default() += 1;
        }
        (fault, share)
    }

    pub(crate) fn set_rates(&mut self, rates: Rates) {
        self.rates = rates;
    }

    pub(crate) fn delay(&self, share: f64) -> Duration {
        self.rates.longest_delay.mul_f64(share.clamp(0.0, 1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_decides_and_rates_are_kept() {
        let run = |seed: u64| {
            let mut fate = Fate::new(seed, Rates::mixed());
            let faults: Vec<_> = (0..10_000).map(|_| fate.next().0).collect();
            (faults, fate.counts)
        };
        let (faults, counts) = run(1);
        assert_eq!(faults, run(1).0);
        assert_ne!(faults, run(2).0);
        assert!((1_450..1_750).contains(&counts.total()), "{counts:?}");
        assert_eq!(counts.faults.len(), Fault::ALL.len());
        assert!((350..450).contains(&counts.faults[&Fault::LostAnswer]), "{counts:?}");
    }

    #[test]
    fn always_and_never_mean_it() {
        for fault in Fault::ALL {
            let mut fate = Fate::new(3, Rates::always(fault));
            assert!((0..100).all(|_| fate.next().0 == Some(fault)));
        }
        let mut fate = Fate::new(3, Rates::none());
        assert!((0..100).all(|_| fate.next().0.is_none()));
    }
}
