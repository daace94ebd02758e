//! What the IDL does not say: the bytes behind zero-copy heads, the lengths of texts, the seeds
//! that its format has no words for, and the meaning of bytes that hold enumerations.

use budget_rules::{
    allocation::Reason,
    ballot::Choice,
    outcome::{Failure, Tier},
};
use community_budget::{
    constants::{MAX_TITLE_BYTES, MAX_URI_BYTES},
    state::{Action, Outcome, flags},
};

/// Most bytes of the text `field` of the struct `name`.
///
/// # Errors
/// When there is no such text.
pub fn longest_text(name: &str, field: &str) -> Result<usize, String> {
    match (name, field) {
        ("Terms", "title") => Ok(MAX_TITLE_BYTES),
        ("Terms", "metadata_uri") => Ok(MAX_URI_BYTES),
        _ => Err(format!("the longest `{field}` of `{name}` is not known to tools/docs")),
    }
}

/// What follows the fields of an account.
pub fn tail(account: &str) -> Option<&'static str> {
    match account {
        "BudgetEpoch" => Some(
            "From byte 2,048 on follows the slate: `policy.slate.capacity` entries of 64 bytes, \
             laid out as [`Entry`](#entry). The first `entry_count` are in use, the others are \
             zero.",
        ),
        "VoteRecord" => Some(
            "From byte 120 on follow the choices: one byte for four entries of the slate, so \
             `policy.slate.capacity / 4` bytes. Entry `i` has the two bits `2 * (i % 4)` and up of \
             byte `i / 4`, with the values of [Choice](#values).",
        ),
        "Proposal" => Some(
            "`terms.title` and `terms.metadata_uri` are a length (u32, little-endian) and that \
             many bytes of UTF-8. The account has room for the longest of both; what they do not \
             use is zero.",
        ),
        _ => None,
    }
}

/// Fields of an entry of the slate: name, type, what it holds. The IDL lacks the type, because no
/// account and no argument has it by name.
pub const ENTRY: [(&str, &str, &str); 14] = [
    ("for_", "u64", "Weight for."),
    ("against", "u64", "Weight against."),
    ("abstain", "u64", "Weight that takes part without a side."),
    ("amount", "u64", "Base units of the budget mint asked for."),
    ("recipient_tag", "[u8; 16]", "First 16 bytes of SHA-256 of the recipient's key."),
    ("category", "u8", "Index of the policy's category."),
    ("action", "u8", "[Action](#values)."),
    ("tier", "u8", "[Tier](#values) it was judged or funded at, from settlement on."),
    ("outcome", "u8", "[Outcome](#values)."),
    ("reason", "u8", "[Reason](#values) why it failed or was not funded; 0 for none."),
    ("flags", "u8", "[Flags](#values)."),
    ("leader", "u8", "Slate index of the entry that holds its recipient's cumulative ask."),
    ("rank", "u8", "Place among the passing entries, from 0; 255 for none."),
    ("recipient_ask", "u64", "At a leader: its recipient's cumulative accepted ask. Elsewhere 0."),
];

/// Seeds of a program address that the IDL cannot express: instruction, account, seeds.
pub const SEEDS: [(&str, &str, &str); 1] =
    [("submit_proposal", "proposal", "`\"proposal\"`, `epoch`, its `entry_count` (u8)")];

/// An enumeration that is stored as a byte.
pub struct Values {
    /// Its name.
    pub name: &'static str,
    /// Number, name and meaning of each value.
    pub values: Vec<(u8, String, &'static str)>,
}

fn values<T: Copy + Into<u8> + core::fmt::Debug>(
    name: &'static str,
    of: &[(T, &'static str)],
) -> Values {
    let value =
        |(value, meaning): &(T, &'static str)| ((*value).into(), format!("{value:?}"), *meaning);
    Values { name, values: of.iter().map(value).collect() }
}

/// Every enumeration that is stored as a byte.
pub fn enumerations() -> Vec<Values> {
    let mut reason = values(
        "Reason",
        &[
            (Failure::ElectorateTooSmall, "the frozen total is below the policy's minimum"),
            (Failure::NotMoreForThanAgainst, "not more weight for than against"),
            (Failure::QuorumMissed, "for + against + abstain is below the quorum"),
            (Failure::ApprovalMissed, "for is too small a share of for + against"),
            (Failure::SupportTooThin, "for is below what a bare quorum of supporters would hold"),
        ],
    );
    let unfunded = values(
        "Reason",
        &[
            (Reason::OverCap, "it does not fit what is left of the epoch's cap"),
            (Reason::CategoryFull, "it does not fit what is left of its category's share"),
            (Reason::TierFull, "no tier that it qualifies for has room left"),
            (Reason::TierBlocked, "no tier admits its cumulative ask or its stream's length"),
        ],
    );
    reason.values.extend(unfunded.values);
    let flag = |bit, name: &str, meaning| (bit, name.to_owned(), meaning);
    vec![
        values("Action", &[(Action::Award, "streams tokens of the vault to a recipient")]),
        values(
            "Choice",
            &[
                (Choice::Unmarked, "takes no part"),
                (Choice::For, "weight counts for"),
                (Choice::Against, "weight counts against"),
                (Choice::Abstain, "weight counts for the quorum only"),
            ],
        ),
        Values {
            name: "Flags",
            values: vec![
                flag(flags::ACCEPTED, "ACCEPTED", "bit: the recipient agreed"),
                flag(flags::LONG_ENOUGH, "LONG_ENOUGH", "bit: the stream outlasts the next ruling"),
                flag(flags::CLOSED, "CLOSED", "bit: the proposal account has been closed"),
            ],
        },
        values(
            "Outcome",
            &[
                (Outcome::Pending, "not settled yet"),
                (Outcome::Withdrawn, "withdrawn by its proposer before voting"),
                (Outcome::NotAccepted, "never accepted by its recipient, so not votable"),
                (Outcome::Failed, "the vote failed"),
                (Outcome::Unfunded, "the vote passed, but money or limits did not reach"),
                (Outcome::Funded, "waits for its timelock and execution"),
                (Outcome::Executed, "became a stream"),
                (Outcome::Lapsed, "funded, but not executed in time"),
            ],
        ),
        reason,
        values(
            "Tier",
            &[
                (Tier::Small, "asks up to the small limit"),
                (Tier::Medium, "asks up to the medium limit"),
                (Tier::Large, "asks up to the large limit"),
                (Tier::Constitutional, "no award"),
            ],
        ),
    ]
}
