//! Events: what the program says in a transaction's log, decoded ([`Event`]), read so that no other
//! program can speak in its name ([`read`]), and counted so that none is missed ([`Sequence`]).
//!
//! Accounts are the truth: an event tells when something happened, and every figure in it can be
//! read from an account.

mod log;
mod sequence;

use anchor_lang::{AnchorDeserialize, Discriminator, prelude::Pubkey};
use community_budget::events;

pub use log::{BadLog, Reading, read};
pub use sequence::{Arrival, Gap, Mark, Place, Sequence};

/// The account whose `seq` numbers an event. Each counts from 1, by one for every event: the first
/// event of a treasury is `TreasuryCreated`, of an epoch `EpochOpened`, and `EpochClosed` is the
/// last of an epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Counter {
    /// The treasury: events that name no epoch.
    Treasury(Pubkey),
    /// The epoch that the event names.
    Epoch(Pubkey),
}

impl Counter {
    /// The account that holds the counter.
    pub fn account(&self) -> Pubkey {
        let (Self::Treasury(account) | Self::Epoch(account)) = self;
        *account
    }
}

impl core::fmt::Display for Counter {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Treasury(account) => write!(f, "treasury {account}"),
            Self::Epoch(account) => write!(f, "epoch {account}"),
        }
    }
}

/// Why bytes are no event of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAnEvent {
    /// The line is not one piece of base64.
    Base64,
    /// The bytes begin as no event that this crate knows: a newer program's, perhaps.
    Discriminator,
    /// The fields are cut short, or hold what their types cannot.
    Fields(&'static str),
    /// Bytes follow the last field.
    Trailing {
        /// Name of the event.
        event: &'static str,
        /// How many bytes.
        bytes: usize,
    },
}

impl core::fmt::Display for NotAnEvent {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Base64 => f.write_str("the line is not one piece of base64"),
            Self::Discriminator => f.write_str("it begins as no event that is known here"),
            Self::Fields(event) => write!(f, "it is no whole {event}"),
            Self::Trailing { event, bytes } => write!(f, "{bytes} bytes follow a whole {event}"),
        }
    }
}

impl std::error::Error for NotAnEvent {}

fn body<T: AnchorDeserialize>(name: &'static str, mut bytes: &[u8]) -> Result<T, NotAnEvent> {
    let event = T::deserialize(&mut bytes).map_err(|_| NotAnEvent::Fields(name))?;
    match bytes.len() {
        0 => Ok(event),
        bytes => Err(NotAnEvent::Trailing { event: name, bytes }),
    }
}

/// One list makes the type, its decoding and its counter; a test holds it against the IDL's.
macro_rules! events {
    ($($counter:ident($account:ident): $($event:ident),*;)*) => {
        /// One event of the program.
        pub enum Event {
            $($(#[doc = concat!("[`events::", stringify!($event), "`]")]
            $event(events::$event),)*)*
        }

        impl Event {
            /// Names of all events, as the IDL has them.
            pub const NAMES: &[&str] = &[$($(stringify!($event)),*),*];

            /// The event in `bytes`, which begin with its discriminator and end with it.
            ///
            /// # Errors
            /// [`NotAnEvent`]
            pub fn decode(bytes: &[u8]) -> Result<Self, NotAnEvent> {
                $($(if let Some(fields) = bytes.strip_prefix(events::$event::DISCRIMINATOR) {
                    return body(stringify!($event), fields).map(Self::$event);
                })*)*
                Err(NotAnEvent::Discriminator)
            }

            /// Its bytes, as they are logged.
            pub fn encode(&self) -> Vec<u8> {
                match self {
                    $($(Self::$event(event) => anchor_lang::Event::data(event),)*)*
                }
            }

            /// Its name.
            pub fn name(&self) -> &'static str {
                match self {
                    $($(Self::$event(_) => stringify!($event),)*)*
                }
            }

            /// Its number, from 1, on its [`counter`](Self::counter).
            pub fn seq(&self) -> u64 {
                match self {
                    $($(Self::$event(event) => event.seq,)*)*
                }
            }

            /// The account that numbers it.
            pub fn counter(&self) -> Counter {
                match self {
                    $($(Self::$event(event) => Counter::$counter(event.$account),)*)*
                }
            }
        }
    };
}

events! {
    Treasury(treasury): TreasuryCreated, FundsDeposited, SurplusAbsorbed, StakeOpened,
        StakeChanged, DelegateSet, StakeRefreshed, UnstakedWithdrawn, StakeClosed,
        RecipientRecordOpened, StreamWithdrawn, PayoutRedirected, UpdateFiled, UpdateScored,
        StreamHeld, StreamLapsed, StreamPaused, ReviewClosed, FundsReturned, PositionMarked,
        BreakerTripped, ExecutionsPaused, StreamClosed;
    Epoch(epoch): EpochOpened, ProposalSubmitted, ActionSubmitted, ProposalAccepted,
        ProposalWithdrawn, VoteCast, VoteRevised, VoteRetracted, EpochSettled, AwardExecuted,
        PolicySet, RoleSet, StreamRuled, BreakerCleared, PositionWrittenOff, ProposalVetoed,
        ProposalLapsed, RewardsReclaimed, VoteRecordClosed, ProposalClosed, EpochClosed;
}

impl PartialEq for Event {
    fn eq(&self, other: &Self) -> bool {
        self.encode() == other.encode()
    }
}

impl Eq for Event {}

impl core::fmt::Debug for Event {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{} {} of {}", self.name(), self.seq(), self.counter())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;

    /// The IDL, and of each event its discriminator and the names of its fields.
    fn of_the_idl() -> Vec<(String, Vec<u8>, Vec<String>)> {
        let idl: Value = serde_json::from_str(include_str!("../../../idl/community_budget.json"))
            .expect("the committed IDL is JSON");
        let text = |value: &Value| value["name"].as_str().unwrap().to_owned();
        let events = idl["events"].as_array().unwrap().iter();
        let types = idl["types"].as_array().unwrap();
        let read = |event: &Value| {
            let ty = types.iter().find(|ty| ty["name"] == event["name"]).unwrap();
            let fields = ty["type"]["fields"].as_array().unwrap().iter().map(text).collect();
            (text(event), serde_json::from_value(event["discriminator"].clone()).unwrap(), fields)
        };
        events.map(read).collect()
    }

    #[test]
    fn every_event_of_the_idl_is_known_and_no_other() {
        let of_the_idl: BTreeSet<String> = of_the_idl().into_iter().map(|event| event.0).collect();
        let known: BTreeSet<String> = Event::NAMES.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(known, of_the_idl);
        assert_eq!(known.len(), Event::NAMES.len(), "none is listed twice");
    }

    /// Zeros decode as every event: numbers, keys, the first variants and empty texts.
    #[test]
    fn each_event_is_numbered_by_the_epoch_that_it_names_or_else_by_the_treasury() {
        for (name, discriminator, fields) in of_the_idl() {
            let (event, zeros) = (0..1_000)
                .find_map(|zeros| {
                    let bytes = [&discriminator[..], &vec![0; zeros]].concat();
                    Event::decode(&bytes).ok().map(|event| (event, zeros))
                })
                .unwrap_or_else(|| panic!("{name}"));
            let nobody = Pubkey::default();
            let names_epoch = fields.iter().any(|field| field == "epoch");
            let counter =
                if names_epoch { Counter::Epoch(nobody) } else { Counter::Treasury(nobody) };
            assert_eq!((event.name(), event.counter()), (name.as_str(), counter));
            assert_eq!(event.encode(), [&discriminator[..], &vec![0; zeros]].concat());
            // The number is the first field of every event.
            let mut numbered = event.encode();
            numbered[8..16].copy_from_slice(&77u64.to_le_bytes());
            assert_eq!(Event::decode(&numbered).unwrap().seq(), 77, "{name}");
            assert_ne!(Event::decode(&numbered).unwrap(), event);

            numbered.push(0);
            let trailing = NotAnEvent::Trailing { event: event.name(), bytes: 1 };
            assert_eq!(Event::decode(&numbered), Err(trailing));
            numbered.truncate(numbered.len() - 2);
            assert_eq!(Event::decode(&numbered), Err(NotAnEvent::Fields(event.name())));
        }
    }

    #[test]
    fn the_counter_is_the_account_named() {
        let (treasury, epoch) = (Pubkey::new_from_array([1; 32]), Pubkey::new_from_array([2; 32]));
        let closed = events::EpochClosed { seq: 9, epoch, index: 0, unclaimed_rewards: 0 };
        assert_eq!(Event::EpochClosed(closed).counter(), Counter::Epoch(epoch));
        let opened = events::EpochOpened {
            seq: 1,
            treasury,
            epoch,
            index: 0,
            cap: 0,
            reward_pool: 0,
            free_at_open: 0,
            voting_opens_at: 0,
            voting_closes_at: 0,
            voting_hard_end_at: 0,
        };
        let opened = Event::EpochOpened(opened);
        assert_eq!((opened.counter(), opened.seq()), (Counter::Epoch(epoch), 1));
        assert_eq!(format!("{opened:?}"), format!("EpochOpened 1 of epoch {epoch}"));
        let closed = events::StakeClosed { seq: 3, treasury, owner: epoch };
        assert_eq!(Event::StakeClosed(closed).counter().account(), treasury);
    }

    #[test]
    fn what_is_no_event_is_named() {
        for bytes in [&[][..], &[1, 2, 3], &[0; 8], &[255; 200]] {
            assert_eq!(Event::decode(bytes), Err(NotAnEvent::Discriminator));
        }
        assert_eq!(
            NotAnEvent::Trailing { event: "VoteCast", bytes: 2 }.to_string(),
            "2 bytes follow a whole VoteCast"
        );
    }
}
