//! What a keeper does, and what it leaves alone.

use std::{collections::BTreeSet, time::Duration};

use budget_rpc::SendOptions;

use crate::Crank;

/// How a keeper works. The default does everything that is due and costs no rent but what comes
/// back.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What it leaves to others. Empty by default.
    pub without: BTreeSet<Crank>,
    /// The smallest payment of a stream that is worth a transaction, in base units of the budget
    /// mint; what is left at a stream's end is paid whatever it is. 0 by default.
    pub min_payout: u64,
    /// The smallest payment of a stream as a share of its total, in basis points; the larger of the
    /// two counts. 100 by default: a stream costs its keeper about a hundred transactions at most.
    pub min_payout_bps: u16,
    /// The smallest surplus in the vault that is worth a transaction, in base units. 1 by default.
    pub min_surplus: u64,
    /// The smallest change of a stake's weight that is worth a transaction, in millionths of the
    /// total weight: a swarm of dust stakes costs a keeper nothing. 10 by default.
    pub min_weight_ppm: u32,
    /// Whether to create the associated token account of a recipient, proposer or voter who cannot
    /// be paid for lack of it. The keeper pays its rent, which it does not get back. Off by default.
    pub create_accounts: bool,
    /// Seconds after an epoch's settlement in which its vote records and proposals are left open, so
    /// that anyone can recount it from accounts alone. 0 by default. Rewards and bonds wait as long.
    pub linger_secs: u32,
    /// The longest pause between two readings. 30 seconds by default.
    pub poll: Duration,
    /// How transactions are sent.
    pub send: SendOptions,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            without: BTreeSet::new(),
            min_payout: 0,
            min_payout_bps: 100,
            min_surplus: 1,
            min_weight_ppm: 10,
            create_accounts: false,
            linger_secs: 0,
            poll: Duration::from_secs(30),
            send: SendOptions::default(),
        }
    }
}
