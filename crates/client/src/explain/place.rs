//! Whether the accounts of an instruction of ours lie where their seeds say.

use anchor_lang::prelude::Pubkey;
use anchor_lang_idl_spec::IdlInstructionAccount;
use anchor_spl::{token, token_2022};
use budget_rules::{allocation::MAX_ENTRIES, stream::MAX_CHECKPOINTS};
use community_budget::ID;
use serde::Serialize;

use super::base58_option;
use crate::{
    Community, address,
    idl::{Decoded, Value},
};

/// Epochs that an epoch's address is looked for among: ten years of the shortest period.
const EPOCHS: u32 = 520;

/// Where an account lies, as far as the instruction alone can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Place {
    /// At the address that seeds, arguments and the other accounts say, or at a fixed one.
    Derived {
        /// The number among the seeds that the address was found with: an epoch's index, an
        /// entry's place on the slate, a checkpoint.
        #[serde(skip_serializing_if = "Option::is_none")]
        number: Option<u32>,
    },
    /// The instruction does not name all that its address is derived from.
    NotCheckable,
    /// Elsewhere: the program will refuse it, and whoever made the transaction is wrong.
    Wrong {
        /// Where it would have to lie, when that is one place.
        #[serde(serialize_with = "base58_option", skip_serializing_if = "Option::is_none")]
        expected: Option<Pubkey>,
    },
}

/// One of the addresses that an instruction was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Given {
    Key(Pubkey),
    /// An optional account that is not there.
    LeftOut,
    /// In a lookup table.
    Unresolved,
}

/// An instruction of ours, with what its addresses depend on.
pub(super) struct Addresses<'a> {
    pub name: &'a str,
    pub arguments: Option<&'a Decoded>,
    pub accounts: Vec<(&'a IdlInstructionAccount, Given)>,
}

impl Addresses<'_> {
    /// Where the account `name` lies; `None` for one that may lie anywhere.
    pub fn place(&self, account: &IdlInstructionAccount, key: Pubkey) -> Option<Place> {
        if let Some(fixed) = &account.address {
            return Some(exactly(key, fixed.parse().ok()));
        }
        Some(match account.name.as_str() {
            "treasury" => self.treasury(key),
            "vault" => exactly(key, self.community().map(|c| c.vault())),
            "stake_vault" => exactly(key, self.community().map(|c| c.stake_vault())),
            "bond_vault" => exactly(key, self.community().map(|c| c.bond_vault())),
            "stake" => self.stake(key),
            "epoch" => self.epoch(key),
            "proposal" => self.proposal(key),
            "vote_record" => self.vote_record(key),
            "stream" => self.stream(key),
            "review" => self.review(key),
            "proposer_record" => self.record(key, "proposer"),
            "recipient_record" => self.record(key, "recipient"),
            "record" => self.record(key, self.person()),
            "token_program" | "budget_token_program" | "stake_token_program" => {
                match [token::ID, token_2022::ID].contains(&key) {
                    true => Place::Derived { number: None },
                    false => Place::Wrong { expected: None },
                }
            }
            _ => return None,
        })
    }

    fn given(&self, name: &str) -> Option<Given> {
        self.accounts.iter().find(|(account, _)| account.name == name).map(|(_, given)| *given)
    }

    fn key(&self, name: &str) -> Option<Pubkey> {
        match self.given(name)? {
            Given::Key(key) => Some(key),
            Given::LeftOut | Given::Unresolved => None,
        }
    }

    /// Enough of the community for addresses that depend on its treasury alone.
    fn community(&self) -> Option<Community> {
        let none = Pubkey::default();
        self.key("treasury").map(|treasury| Community {
            treasury,
            budget_mint: none,
            stake_mint: none,
            budget_token_program: none,
            stake_token_program: none,
        })
    }

    fn number(&self, path: &str) -> Option<u64> {
        match self.arguments?.get(path)? {
            Value::Unsigned(number) => Some(*number),
            _ => None,
        }
    }

    fn treasury(&self, key: Pubkey) -> Place {
        let (founder, id) = (self.key("founder"), self.number("args.id"));
        exactly(key, founder.zip(id).map(|(founder, id)| Community::treasury_address(&founder, id)))
    }

    fn stake(&self, key: Pubkey) -> Place {
        let owner = if self.name == "submit_action" { "proposer" } else { "owner" };
        let stake_of = |name| Some(self.community()?.stake(&self.key(name)?));
        match (stake_of(owner), stake_of("voter")) {
            (None, Some(own)) if own == key => Place::Derived { number: None },
            // A voter's delegate uses the stake of an owner whom the instruction does not name.
            (expected, _) => exactly(key, expected),
        }
    }

    fn epoch(&self, key: Pubkey) -> Place {
        let Some(community) = self.community() else { return Place::NotCheckable };
        if let Some(index) = self.number("index").and_then(|index| u32::try_from(index).ok())
            && self.name == "open_epoch"
        {
            return exactly(key, Some(community.epoch(index)));
        }
        match (0..EPOCHS).find(|index| community.epoch(*index) == key) {
            Some(index) => Place::Derived { number: Some(index) },
            None => Place::NotCheckable,
        }
    }

    fn proposal(&self, key: Pubkey) -> Place {
        let Some(epoch) = self.key("epoch") else { return Place::NotCheckable };
        let most = u8::try_from(MAX_ENTRIES).unwrap_or(u8::MAX);
        among(0..most, |index| address::proposal(&epoch, index) == key)
    }

    fn vote_record(&self, key: Pubkey) -> Place {
        let (Some(epoch), Some(voter)) = (self.key("epoch"), self.key("voter")) else {
            return Place::NotCheckable;
        };
        let own = address::vote_record(&epoch, &voter);
        if own == key {
            return Place::Derived { number: None };
        }
        // Only a delegate, who shows the owner's stake, writes another's record.
        let own_stake = self.community().map(|community| community.stake(&voter));
        match self.given("stake") {
            Some(Given::Key(stake)) if own_stake != Some(stake) => Place::NotCheckable,
            Some(Given::Unresolved) => Place::NotCheckable,
            _ => Place::Wrong { expected: Some(own) },
        }
    }

    fn stream(&self, key: Pubkey) -> Place {
        if let Some(proposal) = self.key("proposal").filter(|_| self.name == "execute_award") {
            return exactly(key, Some(address::stream(&proposal)));
        }
        match self.arguments.and_then(|said| said.get("args.action.RuleOnStream.stream")) {
            Some(Value::Key(stream)) => exactly(key, Some(*stream)),
            _ => Place::NotCheckable,
        }
    }

    fn review(&self, key: Pubkey) -> Place {
        let Some(stream) = self.key("stream") else { return Place::NotCheckable };
        let said = self.number("args.checkpoint").and_then(|number| u8::try_from(number).ok());
        match said {
            Some(checkpoint) => exactly(key, Some(address::review(&stream, checkpoint))),
            None => among(0..MAX_CHECKPOINTS, |at| address::review(&stream, at) == key),
        }
    }

    /// Whose record the account `record` is.
    fn person(&self) -> &'static str {
        match self.name {
            "open_recipient_record" => "person",
            "return_funds" => "depositor",
            _ => "recipient",
        }
    }

    fn record(&self, key: Pubkey, person: &str) -> Place {
        let record = || Some(self.community()?.recipient_record(&self.key(person)?));
        exactly(key, record())
    }
}

/// Whether an address is left out of an optional account: the program's own stands for none.
pub(super) fn is_left_out(account: &IdlInstructionAccount, key: &Pubkey) -> bool {
    account.optional && key == &ID
}

fn exactly(key: Pubkey, expected: Option<Pubkey>) -> Place {
    match expected {
        None => Place::NotCheckable,
        Some(expected) if expected == key => Place::Derived { number: None },
        expected => Place::Wrong { expected },
    }
}

fn among(mut numbers: std::ops::Range<u8>, is: impl Fn(u8) -> bool) -> Place {
    match numbers.find(|number| is(*number)) {
        Some(number) => Place::Derived { number: Some(number.into()) },
        None => Place::Wrong { expected: None },
    }
}
