//! A treasury as it was read at one moment.

use std::collections::BTreeMap;

use anchor_lang::prelude::Pubkey;
use budget_client::{Community, address};
use budget_rpc::{Found, Network, Result, Trouble};
use community_budget::{
    ID,
    state::{
        BudgetEpoch, Entry, Proposal, Review, Stake, Stream, Treasury, VoteRecord, choice_count,
    },
};

use crate::TokenAccount;

/// Where a proposal names its treasury.
const TREASURY_OF_PROPOSAL: usize = 48;

/// Everything that a plan looks at: one treasury, at one time.
///
/// A node answers request by request, so two accounts may be a few blocks apart. A step that was
/// planned on such a seam is refused by the program, and gone from the next view.
#[derive(Clone)]
pub struct View {
    /// The network's time, unix seconds.
    pub now: i64,
    /// Addresses of the treasury.
    pub community: Community,
    /// The treasury.
    pub treasury: Treasury,
    /// Base units in its vault, counted or not.
    pub vault_balance: u64,
    /// The epochs that exist, by position.
    pub epochs: BTreeMap<u32, EpochView>,
    /// The proposals that exist, with their addresses.
    pub proposals: Vec<(Pubkey, Proposal)>,
    /// The vote records of settled epochs.
    pub records: Vec<RecordView>,
    /// The stakes.
    pub stakes: Vec<Stake>,
    /// The streams, with their addresses.
    pub streams: Vec<(Pubkey, Stream)>,
    /// The reviews of these streams, with their addresses.
    pub reviews: Vec<(Pubkey, Review)>,
    /// The token accounts that payments may go to; one that is not here does not exist.
    pub tokens: BTreeMap<Pubkey, TokenAccount>,
}

/// An epoch with its slate.
#[derive(Clone)]
pub struct EpochView {
    /// Its address.
    pub key: Pubkey,
    /// Its head.
    pub head: BudgetEpoch,
    /// The entries of its slate so far.
    pub entries: Vec<Entry>,
}

/// A vote record of a settled epoch.
#[derive(Clone)]
pub struct RecordView {
    /// Its address.
    pub key: Pubkey,
    /// Position of its epoch.
    pub epoch: u32,
    /// Its head.
    pub head: VoteRecord,
    /// How many entries it chooses on.
    pub covered: u64,
}

impl View {
    /// Where the accounts of the treasury at `key` are.
    ///
    /// # Errors
    /// [`Trouble::NoAccount`] when there is no treasury or no mint, [`Trouble::NotBelieved`],
    /// [`Trouble::NoAnswer`] and its like.
    pub fn community(network: &Network, key: &Pubkey) -> Result<Community> {
        let treasury = network.get::<Treasury>(key, "treasury")?.value;
        let mints = [treasury.budget_mint, treasury.stake_mint];
        let programs = network.accounts(&mints)?;
        let program = |position: usize, what: &str| {
            let found = programs.get(position).and_then(Option::as_ref);
            found.map(|mint| mint.owner).ok_or_else(|| Trouble::NoAccount {
                what: what.to_owned(),
                key: mints.get(position).copied().unwrap_or_default(),
            })
        };
        Ok(Community {
            treasury: *key,
            budget_mint: treasury.budget_mint,
            stake_mint: treasury.stake_mint,
            budget_token_program: program(0, "budget mint")?,
            stake_token_program: program(1, "stake mint")?,
        })
    }

    /// Reads the treasury of `community` and all that belongs to it.
    ///
    /// # Errors
    /// As [`View::community`].
    pub fn read(network: &Network, community: &Community) -> Result<Self> {
        let now = network.now()?;
        let (treasury, vault_balance) = books(network, community)?;
        let epochs: Vec<Found<BudgetEpoch>> = network.list(&community.treasury)?;
        let epochs = epochs
            .into_iter()
            .map(|found| {
                let entries = found.entries()?;
                Ok((found.value.index, EpochView { key: found.key, head: found.value, entries }))
            })
            .collect::<Result<BTreeMap<_, _>>>()?;
        let of_treasury = (TREASURY_OF_PROPOSAL, community.treasury.to_bytes().to_vec());
        let mut view = Self {
            now,
            community: *community,
            treasury,
            vault_balance,
            epochs,
            proposals: keyed(network.list_where(vec![of_treasury])?),
            records: Vec::new(),
            stakes: network.list(&community.treasury)?.into_iter().map(|it| it.value).collect(),
            streams: keyed(network.list(&community.treasury)?),
            reviews: Vec::new(),
            tokens: BTreeMap::new(),
        };
        view.read_records(network)?;
        view.read_reviews(network)?;
        view.read_tokens(network)?;
        Ok(view)
    }

    fn read_records(&mut self, network: &Network) -> Result<()> {
        let settled = |epoch: &&EpochView| epoch.head.settled_at != 0;
        for epoch in self.epochs.values().filter(settled) {
            if epoch.head.vote_record_count == 0 {
                continue;
            }
            for found in network.list::<VoteRecord>(&epoch.key)? {
                let covered = choice_count(&found.choices()?);
                let (key, epoch, head) = (found.key, epoch.head.index, found.value);
                self.records.push(RecordView { key, epoch, head, covered });
            }
        }
        Ok(())
    }

    /// Reviews are found by their addresses: a list would take one request for each stream.
    fn read_reviews(&mut self, network: &Network) -> Result<()> {
        let open = self.streams.iter().filter(|(_, stream)| stream.open_reviews > 0);
        let keys: Vec<Pubkey> = open
            .flat_map(|(key, stream)| {
                (0..=stream.passed.min(stream.checkpoints))
                    .map(move |checkpoint| address::review(key, checkpoint))
            })
            .collect();
        for (key, account) in keys.iter().zip(network.accounts(&keys)?) {
            // Anyone can send lamports to an address where no review is yet.
            let Some(account) = account.filter(|it| it.owner == ID) else { continue };
            let read = <Review as budget_client::account::Readable>::read;
            let review = read(&account.owner, &account.data).map_err(|why| {
                Trouble::NotBelieved { what: "review".to_owned(), key: *key, why }
            })?;
            self.reviews.push((*key, review));
        }
        Ok(())
    }

    fn read_tokens(&mut self, network: &Network) -> Result<()> {
        let keys = self.payees();
        for (key, account) in keys.iter().zip(network.accounts(&keys)?) {
            if let Some(found) = account.as_ref().and_then(TokenAccount::read) {
                self.tokens.insert(*key, found);
            }
        }
        Ok(())
    }

    /// The token accounts that something may have to be paid to now, each once.
    pub fn payees(&self) -> Vec<Pubkey> {
        let own = |person: &Pubkey| self.community.budget_account(person);
        let mut keys: Vec<Pubkey> = Vec::new();
        keys.extend(self.records.iter().map(|record| own(&record.head.owner)));
        for (_, proposal) in &self.proposals {
            let returns = self
                .epochs
                .values()
                .filter(|epoch| epoch.key == proposal.epoch)
                .filter_map(|epoch| epoch.entries.get(usize::from(proposal.index)))
                .any(|entry| entry.is_final());
            if returns && proposal.bond > 0 {
                keys.push(own(&proposal.proposer));
            }
        }
        for (_, stream) in &self.streams {
            if !stream.is_finished() {
                keys.extend([stream.payout_account, own(&stream.recipient)]);
            }
        }
        keys.sort_unstable();
        keys.dedup();
        keys
    }
}

fn keyed<T>(found: Vec<Found<T>>) -> Vec<(Pubkey, T)> {
    found.into_iter().map(|found| (found.key, found.value)).collect()
}

/// Treasury and vault in one request, so that no transfer comes between them.
fn books(network: &Network, community: &Community) -> Result<(Treasury, u64)> {
    let keys = [community.treasury, community.vault()];
    let accounts = network.accounts(&keys)?;
    let [Some(treasury), Some(vault)] = accounts.as_slice() else {
        let what = "treasury with a vault".to_owned();
        return Err(Trouble::NoAccount { what, key: community.treasury });
    };
    let read = <Treasury as budget_client::account::Readable>::read;
    let treasury = read(&treasury.owner, &treasury.data).map_err(|why| Trouble::NotBelieved {
        what: "treasury".to_owned(),
        key: community.treasury,
        why,
    })?;
    let vault = TokenAccount::read(vault).ok_or_else(|| Trouble::NoAccount {
        what: "vault of the treasury".to_owned(),
        key: keys[1],
    })?;
    Ok((treasury, vault.amount))
}
