//! The kinds of steps.

use serde::{Deserialize, Serialize};

macro_rules! cranks {
    ($($(#[doc = $doc:literal])+ $kind:ident = $name:literal,)+) => {
        /// One kind of step: an instruction of the program that anyone may send. Their order is that in
        /// which a plan takes them.
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        pub enum Crank {
            $($(#[doc = $doc])+ #[serde(rename = $name)] $kind,)+
        }

        impl Crank {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$kind,)+];

            /// The name of its instruction.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)+
                }
            }
        }
    };
}

cranks! {
    /// Tallies, ranks and funds a slate when its voting has closed.
    SettleEpoch = "settle_epoch",
    /// Trips the breaker when its condition holds; before anything is executed.
    TripBreaker = "trip_breaker",
    /// Holds a stream whose update did not come; before a ruling on the hold.
    HoldStream = "hold_stream",
    /// Ends a trip by an approved act; before what the trip blocks.
    ExecuteClearBreaker = "execute_clear_breaker",
    /// Carries an approved ruling out; before the stream could lapse without one.
    ExecuteStreamRuling = "execute_stream_ruling",
    /// Gives a role by an approved act.
    ExecuteSetRole = "execute_set_role",
    /// Books an approved loss.
    ExecuteWriteOff = "execute_write_off",
    /// Changes the policy by an approved act.
    ExecuteSetPolicy = "execute_set_policy",
    /// Turns a funded award into a stream.
    ExecuteAward = "execute_award",
    /// Frees what an entry promised whose grace is over.
    LapseProposal = "lapse_proposal",
    /// Ends a held stream that no vote ruled on.
    LapseStream = "lapse_stream",
    /// Pays what a stream has released.
    WithdrawStream = "withdraw_stream",
    /// Pays a voter's reward and returns the record's rent.
    CloseVoteRecord = "close_vote_record",
    /// Returns the rent of a decided review.
    CloseReview = "close_review",
    /// Returns the rent of a finished stream.
    CloseStream = "close_stream",
    /// Returns bond and rent of a proposal whose entry is final.
    CloseProposal = "close_proposal",
    /// Frees the rewards that nobody claimed, where the epoch cannot be closed yet.
    ReclaimRewards = "reclaim_rewards",
    /// Returns the rent of a settled, empty epoch.
    CloseEpoch = "close_epoch",
    /// Takes a stake that missed eight epochs out of the total.
    MarkDormant = "mark_dormant",
    /// Measures a stake's weight by today's terms, before voting freezes it.
    RefreshStake = "refresh_stake",
    /// Counts tokens that were sent to the vault directly; before an epoch's cap is taken.
    AbsorbSurplus = "absorb_surplus",
    /// Opens the next epoch, once nothing else is left to do that could move its cap.
    OpenEpoch = "open_epoch",
}

impl Crank {
    /// The one whose instruction is called `name`.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|crank| crank.name() == name)
    }
}

impl std::fmt::Display for Crank {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
