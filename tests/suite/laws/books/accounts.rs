//! What the accounts say, decoded from a snapshot.

use std::collections::BTreeMap;

use anchor_lang::{Discriminator, prelude::Pubkey};
use budget_client::{
    Community,
    account::{Readable, choices, slate},
    ballot::unpack,
};
use budget_tests::{Choice, Snapshot};
use community_budget::{
    ID,
    state::{
        BudgetEpoch, Entry, Outcome, Proposal, RecipientRecord, Review, Stake, Stream, Treasury,
        VoteRecord,
    },
};

/// An epoch with its slate.
pub struct Epoch {
    pub header: BudgetEpoch,
    /// As many entries as the account has room for.
    pub slate: Vec<Entry>,
}

impl Epoch {
    /// The entries that were submitted.
    pub fn entries(&self) -> &[Entry] {
        &self.slate[..usize::from(self.header.entry_count)]
    }

    /// Sum of the amounts of entries with one of these outcomes.
    pub fn sum(&self, outcomes: &[Outcome]) -> u64 {
        let counts = |entry: &&Entry| outcomes.iter().any(|outcome| entry.is(*outcome));
        self.entries().iter().filter(counts).map(|entry| entry.amount).sum()
    }
}

/// A vote record with its choices, as many bytes as the account has room for.
pub struct Ballot {
    pub record: VoteRecord,
    pub packed: Vec<u8>,
}

impl Ballot {
    /// Choices per entry index, entries without one left out.
    pub fn choices(&self) -> Vec<(u8, Choice)> {
        unpack(&self.packed)
    }
}

/// Everything that one community's accounts say.
pub struct Accounts {
    pub raw: Snapshot,
    pub treasury: Treasury,
    pub epochs: BTreeMap<Pubkey, Epoch>,
    pub proposals: BTreeMap<Pubkey, Proposal>,
    pub ballots: BTreeMap<Pubkey, Ballot>,
    pub stakes: BTreeMap<Pubkey, Stake>,
    pub streams: BTreeMap<Pubkey, Stream>,
    pub reviews: BTreeMap<Pubkey, Review>,
    pub records: BTreeMap<Pubkey, RecipientRecord>,
}

impl Accounts {
    /// Decodes a snapshot.
    ///
    /// # Panics
    /// When the program owns an account of a kind that is none of its.
    pub fn of(community: &Community, raw: Snapshot) -> Self {
        let mut all = Self {
            treasury: read(&raw, &community.treasury),
            epochs: BTreeMap::new(),
            proposals: BTreeMap::new(),
            ballots: BTreeMap::new(),
            stakes: BTreeMap::new(),
            streams: BTreeMap::new(),
            reviews: BTreeMap::new(),
            records: BTreeMap::new(),
            raw: BTreeMap::new(),
        };
        for (key, account) in raw.iter().filter(|(_, account)| account.owner == ID) {
            let (key, owner, data) = (*key, &account.owner, &account.data[..]);
            let kind = &data[..8];
            if kind == BudgetEpoch::DISCRIMINATOR {
                let slate = slate(owner, data).unwrap();
                all.epochs.insert(key, Epoch { header: read(&raw, &key), slate });
            } else if kind == VoteRecord::DISCRIMINATOR {
                let packed = choices(owner, data).unwrap();
                all.ballots.insert(key, Ballot { record: read(&raw, &key), packed });
            } else if kind == Proposal::DISCRIMINATOR {
                all.proposals.insert(key, read(&raw, &key));
            } else if kind == Stake::DISCRIMINATOR {
                all.stakes.insert(key, read(&raw, &key));
            } else if kind == Stream::DISCRIMINATOR {
                all.streams.insert(key, read(&raw, &key));
            } else if kind == Review::DISCRIMINATOR {
                all.reviews.insert(key, read(&raw, &key));
            } else if kind == RecipientRecord::DISCRIMINATOR {
                all.records.insert(key, read(&raw, &key));
            } else {
                assert_eq!(kind, Treasury::DISCRIMINATOR, "{key} is of no known kind");
            }
        }
        all.raw = raw;
        all
    }

    /// Base units in a token account, 0 if there is none.
    pub fn tokens(&self, key: &Pubkey) -> u64 {
        self.raw.get(key).map_or(0, |account| token_amount(&account.data))
    }

    /// Base units of `mint` over all token accounts.
    pub fn supply(&self, mint: &Pubkey) -> u128 {
        self.raw
            .values()
            .filter(|account| is_token_account(&account.owner, &account.data))
            .filter(|account| &account.data[..32] == mint.as_ref())
            .map(|account| u128::from(token_amount(&account.data)))
            .sum()
    }

    /// The epoch that was opened last, if it still exists.
    pub fn current(&self, community: &Community) -> Option<&Epoch> {
        self.epochs.get(&community.epoch(self.treasury.current_epoch()?))
    }

    /// Slots of all epochs whose entry `wanted` likes.
    pub fn slots(&self, wanted: impl Fn(&Entry) -> bool) -> Vec<(u32, u8)> {
        let mut slots = Vec::new();
        for epoch in self.epochs.values() {
            let liked = (0..).zip(epoch.entries()).filter(|(_, entry)| wanted(entry));
            slots.extend(liked.map(|(index, _)| (epoch.header.index, index)));
        }
        slots
    }
}

fn read<T: Readable>(raw: &Snapshot, key: &Pubkey) -> T {
    let account = raw.get(key).unwrap_or_else(|| panic!("no account at {key}"));
    T::read(&account.owner, &account.data).unwrap_or_else(|e| panic!("{key}: {e}"))
}

/// Bytes of a token account without extensions.
const TOKEN_ACCOUNT_BYTES: usize = 165;

fn is_token_account(owner: &Pubkey, data: &[u8]) -> bool {
    let programs = [budget_tests::token::SPL_TOKEN, budget_tests::token::TOKEN_2022];
    programs.contains(owner) && data.len() >= TOKEN_ACCOUNT_BYTES
}

fn token_amount(data: &[u8]) -> u64 {
    data.get(64..72).map_or(0, |bytes| u64::from_le_bytes(bytes.try_into().unwrap()))
}
