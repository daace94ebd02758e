//! Reading from a node.

use std::{
    thread::sleep,
    time::{Duration, Instant},
};

use anchor_lang::{Discriminator, prelude::Pubkey};
use budget_client::account::{Readable, Unreadable, choices, slate};
use community_budget::{
    ID,
    state::{BudgetEpoch, Entry, VoteRecord},
};
use solana_account::Account;
use solana_account_decoder_client_types::{UiAccount, UiAccountEncoding};
use solana_clock::Clock;
use solana_commitment_config::CommitmentConfig;
use solana_rpc_client::{
    rpc_client::{RpcClient, RpcClientConfig},
    rpc_sender::RpcSender,
};
use solana_rpc_client_api::{
    client_error::Result as Answer,
    config::{RpcAccountInfoConfig, RpcProgramAccountsConfig},
    filter::{Memcmp, RpcFilterType},
};

use crate::{
    Cluster,
    trouble::{Result, Trouble, in_words, is_worth_another_try},
};

/// How long one request may take.
const TIMEOUT: Duration = Duration::from_secs(15);
/// How often a question is asked that got no answer.
const TRIES: u32 = 6;
/// The pause before the second try; it doubles with every further one.
const PAUSE: Duration = Duration::from_millis(100);
/// Most accounts that a node hands over at once.
const BATCH: usize = 100;
/// The account that holds the network's clock.
const CLOCK: Pubkey = Pubkey::from_str_const("SysvarC1ock11111111111111111111111111111111");
/// Where the clock account has its `unix_timestamp`.
const TIMESTAMP: std::ops::Range<usize> = 32..40;
/// Where every account of the program that has a parent names it: after the discriminator and eight
/// bytes of small fields.
const PARENT: usize = 16;

/// A node, and how far a transaction must be confirmed to count.
pub struct Network {
    pub(crate) rpc: RpcClient,
    /// Where it is.
    pub cluster: Cluster,
    pub(crate) commitment: CommitmentConfig,
}

/// An account of the program, with its address and its raw bytes.
#[derive(Clone, Debug)]
pub struct Found<T> {
    /// Its address.
    pub key: Pubkey,
    /// What it says.
    pub value: T,
    /// The bytes that it says it with.
    pub data: Vec<u8>,
}

impl Network {
    /// A node at `cluster`, asked at commitment "confirmed". Nothing is sent yet.
    pub fn new(cluster: Cluster) -> Self {
        Self::with_timeout(cluster, TIMEOUT)
    }

    /// The same with another limit on how long one request may take.
    pub fn with_timeout(cluster: Cluster, timeout: Duration) -> Self {
        let commitment = CommitmentConfig::confirmed();
        let rpc =
            RpcClient::new_with_timeouts_and_commitment(&cluster.rpc, timeout, commitment, timeout);
        Self { rpc, cluster, commitment }
    }

    /// A node that `sender` speaks to, such as one in this process; `cluster` is what it is called.
    pub fn over(sender: impl RpcSender + Send + Sync + 'static, cluster: Cluster) -> Self {
        let commitment = CommitmentConfig::confirmed();
        let rpc = RpcClient::new_sender(sender, RpcClientConfig::with_commitment(commitment));
        Self { rpc, cluster, commitment }
    }

    /// Proves that the node answers and that the program is deployed there.
    ///
    /// # Errors
    /// [`Trouble::NoAnswer`], [`Trouble::NoProgram`].
    pub fn check(&self) -> Result<()> {
        match self.account(&ID)? {
            Some(account) if account.executable => Ok(()),
            _ => Err(Trouble::NoProgram { url: self.cluster.rpc.clone(), program: ID }),
        }
    }

    /// The network's time, unix seconds: what the program goes by.
    ///
    /// # Errors
    /// [`Trouble::NoAnswer`] and its like.
    pub fn now(&self) -> Result<i64> {
        let clock = self.account(&CLOCK)?;
        let bytes = clock.as_ref().and_then(|account| account.data.get(TIMESTAMP));
        let bytes: Option<[u8; 8]> = bytes.and_then(|bytes| bytes.try_into().ok());
        bytes.map(i64::from_le_bytes).ok_or_else(|| Trouble::NodeRefused {
            url: self.cluster.rpc.clone(),
            why: "it has no clock".to_owned(),
        })
    }

    /// The account at `key`, if there is one.
    ///
    /// # Errors
    /// [`Trouble::NoAnswer`] and its like.
    pub fn account(&self, key: &Pubkey) -> Result<Option<Account>> {
        // The client's question for one account says "not found" of a broken connection as well.
        Ok(self.accounts(&[*key])?.into_iter().next().flatten())
    }

    /// The accounts at `keys`, in their order.
    ///
    /// # Errors
    /// [`Trouble::NoAnswer`] and its like.
    pub fn accounts(&self, keys: &[Pubkey]) -> Result<Vec<Option<Account>>> {
        let mut found = Vec::with_capacity(keys.len());
        for batch in keys.chunks(BATCH) {
            let answer = self
                .ask(|| self.rpc.get_multiple_accounts_with_commitment(batch, self.commitment))?;
            // A closed account can linger without lamports until the slot is over.
            found.extend(answer.value.into_iter().map(|it| it.filter(|it| it.lamports > 0)));
        }
        Ok(found)
    }

    /// The account of the program at `key`, if there is one; `what` names it in errors.
    ///
    /// # Errors
    /// [`Trouble::NotBelieved`] for another owner or kind, [`Trouble::NoAnswer`] and its like.
    pub fn find<T: Readable>(&self, key: &Pubkey, what: &str) -> Result<Option<Found<T>>> {
        let Some(account) = self.account(key)? else { return Ok(None) };
        read(*key, what, &account).map(Some)
    }

    /// The account of the program at `key`; `what` names it in errors.
    ///
    /// # Errors
    /// [`Trouble::NoAccount`], [`Trouble::NotBelieved`], [`Trouble::NoAnswer`] and its like.
    pub fn get<T: Readable>(&self, key: &Pubkey, what: &str) -> Result<Found<T>> {
        let found = self.find(key, what)?;
        found.ok_or_else(|| Trouble::NoAccount { what: what.to_owned(), key: *key })
    }

    /// An epoch's head and the entries that its slate has so far.
    ///
    /// # Errors
    /// As [`Network::get`].
    pub fn epoch(&self, key: &Pubkey) -> Result<(BudgetEpoch, Vec<Entry>)> {
        let found = self.get::<BudgetEpoch>(key, "epoch")?;
        let entries = found.entries()?;
        Ok((found.value, entries))
    }

    /// Every account of one kind whose parent is `parent`: stakes, epochs, streams and records of a
    /// treasury, proposals and vote records of an epoch, reviews of a stream.
    ///
    /// # Errors
    /// [`Trouble::NotBelieved`], [`Trouble::NoAnswer`] and its like.
    pub fn list<T: Readable + Discriminator>(&self, parent: &Pubkey) -> Result<Vec<Found<T>>> {
        self.list_where(vec![(PARENT, parent.to_bytes().to_vec())])
    }

    /// Every account of one kind that has these bytes at these offsets, discriminator included, in
    /// the order of their addresses.
    ///
    /// # Errors
    /// [`Trouble::NotBelieved`], [`Trouble::NoAnswer`] and its like.
    pub fn list_where<T: Readable + Discriminator>(
        &self,
        having: Vec<(usize, Vec<u8>)>,
    ) -> Result<Vec<Found<T>>> {
        let kind = (0, T::DISCRIMINATOR.to_vec());
        let filters = std::iter::once(kind).chain(having);
        let filters = filters
            .map(|(at, bytes)| RpcFilterType::Memcmp(Memcmp::new_raw_bytes(at, bytes)))
            .collect();
        let config = RpcProgramAccountsConfig {
            filters: Some(filters),
            account_config: RpcAccountInfoConfig {
                encoding: Some(UiAccountEncoding::Base64),
                commitment: Some(self.commitment),
                ..RpcAccountInfoConfig::default()
            },
            ..RpcProgramAccountsConfig::default()
        };
        let answer =
            self.ask(|| self.rpc.get_program_ui_accounts_with_config(&ID, config.clone()))?;
        let mut found = answer
            .into_iter()
            .map(|(key, account)| self.listed(key, &account))
            .collect::<Result<Vec<_>>>()?;
        found.sort_by_key(|found| found.key);
        Ok(found)
    }

    fn listed<T: Readable>(&self, key: Pubkey, account: &UiAccount) -> Result<Found<T>> {
        let account = account.to_account().ok_or_else(|| Trouble::NodeRefused {
            url: self.cluster.rpc.clone(),
            why: format!("it sent the account {key} in a form that was not asked for"),
        })?;
        read(key, "account of the program", &account)
    }

    /// Lamports of `key`.
    ///
    /// # Errors
    /// [`Trouble::NoAnswer`] and its like.
    pub fn lamports(&self, key: &Pubkey) -> Result<u64> {
        Ok(self.account(key)?.map_or(0, |account| account.lamports))
    }

    /// What an account of `bytes` bytes must hold to stay, in lamports.
    ///
    /// # Errors
    /// [`Trouble::NoAnswer`] and its like.
    pub fn rent(&self, bytes: usize) -> Result<u64> {
        self.ask(|| self.rpc.get_minimum_balance_for_rent_exemption(bytes))
    }

    /// The node's client, for what this type has no method for; questions go through
    /// [`Network::ask`].
    pub fn client(&self) -> &RpcClient {
        &self.rpc
    }

    /// Asks, and asks again where no answer came. Only for questions: what changes something is
    /// sent by [`Network::land`].
    ///
    /// # Errors
    /// [`Trouble::NoAnswer`] after the last try, [`Trouble::NodeRefused`].
    pub fn ask<T>(&self, mut question: impl FnMut() -> Answer<T>) -> Result<T> {
        let mut pause = PAUSE;
        let mut tried = 1;
        loop {
            let error = match question() {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let (url, why) = (self.cluster.rpc.clone(), in_words(&error));
            if !is_worth_another_try(&error) {
                return Err(Trouble::NodeRefused { url, why });
            }
            if tried == TRIES {
                return Err(Trouble::NoAnswer { url, why });
            }
            sleep(pause);
            pause = pause.saturating_mul(2);
            tried += 1;
        }
    }

    /// Waits until the network's time is `moment` or later; false when `patience` ran out.
    ///
    /// # Errors
    /// [`Trouble::NoAnswer`] and its like.
    pub fn wait_until(&self, moment: i64, patience: Duration) -> Result<bool> {
        let begun = Instant::now();
        while self.now()? < moment {
            if begun.elapsed() >= patience {
                return Ok(false);
            }
            sleep(PAUSE);
        }
        Ok(true)
    }
}

impl Found<BudgetEpoch> {
    /// The entries of the slate so far.
    ///
    /// # Errors
    /// [`Trouble::NotBelieved`] when the account is shorter than its slate.
    pub fn entries(&self) -> Result<Vec<Entry>> {
        let entries = slate(&ID, &self.data).map_err(|why| self.doubted("epoch", why))?;
        let count = usize::from(self.value.entry_count);
        if entries.len() < count {
            return Err(self.doubted("epoch", Unreadable::Length));
        }
        Ok(entries.into_iter().take(count).collect())
    }
}

impl Found<VoteRecord> {
    /// The packed choices.
    ///
    /// # Errors
    /// [`Trouble::NotBelieved`].
    pub fn choices(&self) -> Result<Vec<u8>> {
        choices(&ID, &self.data).map_err(|why| self.doubted("vote record", why))
    }
}

impl<T> Found<T> {
    fn doubted(&self, what: &str, why: Unreadable) -> Trouble {
        Trouble::NotBelieved { what: what.to_owned(), key: self.key, why }
    }
}

fn read<T: Readable>(key: Pubkey, what: &str, account: &Account) -> Result<Found<T>> {
    let value = T::read(&account.owner, &account.data).map_err(|why| Trouble::NotBelieved {
        what: what.to_owned(),
        key,
        why,
    })?;
    Ok(Found { key, value, data: account.data.clone() })
}

/// The clock's layout is part of Solana's interface; this holds [`TIMESTAMP`] to it.
const _: () = assert!(core::mem::offset_of!(Clock, unix_timestamp) == TIMESTAMP.start);
