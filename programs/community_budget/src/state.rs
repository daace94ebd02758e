//! The accounts: bytes, transitions and invariants. No clock, no token calls, no logging of state.
//!
//! Facts are stored and phases derived; a mutation is a method named for its event and ends by
//! holding the account's `invariant`. Byte layouts are in `docs/accounts.md`.

mod ballot;
mod entry;
mod epoch;
mod policy;
mod position;
mod proposal;
mod recipient_record;
mod review;
mod settlement;
mod stake;
mod stream;
mod treasury;
mod vote_record;

pub use ballot::*;
pub use entry::*;
pub use epoch::*;
pub use policy::*;
pub use position::*;
pub use proposal::*;
pub use recipient_record::*;
pub use review::*;
pub use settlement::*;
pub use stake::*;
pub use stream::*;
pub use treasury::*;
pub use vote_record::*;
