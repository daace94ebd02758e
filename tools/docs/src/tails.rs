//! What the IDL does not say: the bytes behind zero-copy heads, the lengths of texts, the seeds
//! that its format has no words for, and the meaning of bytes that hold enumerations.

use budget_rules::{
    allocation::Reason,
    ballot::Choice,
    outcome::{Failure, Tier},
};
use community_budget::{
    constants::{MAX_TITLE_BYTES, MAX_URI_BYTES},
    state::{ActionKind, Outcome, Role, flags, targets},
};

/// Most bytes of the text `field` of the struct `name`.
///
/// # Errors
/// When there is no such text.
pub fn longest_text(name: &str, field: &str) -> Result<usize, String> {
    match (name, field) {
        ("Terms", "title") => Ok(MAX_TITLE_BYTES),
        ("Terms", "metadata_uri") | ("Review", "evidence_uri") => Ok(MAX_URI_BYTES),
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
            "`terms.action` is one byte for its variant and the fields of that variant, in Borsh; \
             offsets behind it depend on it. `terms.title` and `terms.metadata_uri` are a length \
             (u32, little-endian) and that many bytes of UTF-8. The account has room for its \
             action and the longest of both texts; what they do not use is zero.",
        ),
        "Review" => Some(
            "`evidence_uri` is a length (u32, little-endian) and that many bytes of UTF-8. The \
             account has room for the longest; what it does not use is zero.",
        ),
        _ => None,
    }
}

/// What a variant with fields means; the IDL keeps no documentation of variants.
pub fn variant_docs(name: &str, variant: &str) -> &'static str {
    match (name, variant) {
        ("Action", "Award") => "Streams tokens of the vault to a recipient.",
        ("Action", "SetPolicy") => "Replaces one section of the policy, from the next epoch on.",
        ("Action", "SetRole") => "Gives a role to another key; the zero key leaves it vacant.",
        ("Action", "RuleOnStream") => "Resumes, reduces or cancels a stream.",
        ("Action", "ClearBreaker") => "Ends the present trip of the breaker.",
        ("Action", "WriteOff") => "Takes base units of a category's principal for lost.",
        ("Ruling", "Resume") => "A held stream goes on from the checkpoint.",
        ("Ruling", "Reduce") => "Keeps a share of what is unreleased, and resumes if held.",
        ("Ruling", "Cancel") => "Returns everything unreleased.",
        ("PolicyPatch", _) => "The whole section, as in the policy.",
        _ => "",
    }
}

/// Fields of an entry of the slate: name, type, what it holds. The IDL lacks the type, because no
/// account and no argument has it by name.
pub const ENTRY: [(&str, &str, &str); 14] = [
    ("for_", "u64", "Weight for."),
    ("against", "u64", "Weight against."),
    ("abstain", "u64", "Weight that takes part without a side."),
    ("amount", "u64", "Base units of the budget mint asked for; 0 for an act."),
    (
        "recipient_tag",
        "[u8; 16]",
        "First 16 bytes of SHA-256 of the recipient's, stream's or holder's key; zero without one.",
    ),
    ("category", "u8", "Index of the policy's category; for an act its [Target](#values)."),
    ("action", "u8", "[Action](#values)."),
    ("tier", "u8", "[Tier](#values) it was judged or funded at, from settlement on."),
    ("outcome", "u8", "[Outcome](#values)."),
    ("reason", "u8", "[Reason](#values) why it failed or was not funded; 0 for none."),
    ("flags", "u8", "[Flags](#values)."),
    (
        "leader",
        "u8",
        "Slate index of the entry that holds its recipient's cumulative ask, or of the first \
         ruling on the same stream.",
    ),
    ("rank", "u8", "Place among the passing entries, from 0; 255 for none."),
    ("recipient_ask", "u64", "At a leader: its recipient's cumulative accepted ask. Elsewhere 0."),
];

/// Seeds of a program address that the IDL cannot express: instruction, account, seeds.
pub const SEEDS: [(&str, &str, &str); 3] = [
    ("submit_proposal", "proposal", "`\"proposal\"`, `epoch`, its `entry_count` (u8)"),
    ("submit_action", "proposal", "`\"proposal\"`, `epoch`, its `entry_count` (u8)"),
    ("cast_vote", "vote_record", "`\"vote\"`, `epoch`, the stake's `owner`"),
];

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
            (Failure::ContestedQuorumMissed, "opposition calls for a quorum that is missed"),
        ],
    );
    let unfunded = values(
        "Reason",
        &[
            (Reason::OverCap, "it does not fit what is left of the epoch's cap"),
            (Reason::CategoryFull, "it does not fit what is left of its category's share"),
            (Reason::TierFull, "no tier that it qualifies for has room left"),
            (Reason::TierBlocked, "no tier admits its cumulative ask, length or checkpoints"),
            (Reason::ExposureLimit, "its category's exposure would exceed its limit"),
            (Reason::RunwayFloor, "the runway would fall below the policy's floor"),
            (Reason::Concentration, "its recipient would be awarded too large a share of the cap"),
            (Reason::BreakerTripped, "the breaker had tripped"),
        ],
    );
    reason.values.extend(unfunded.values);
    let flag = |bit, name: &str, meaning| (bit, name.to_owned(), meaning);
    vec![
        values(
            "Action",
            &[
                (ActionKind::Award, "streams tokens of the vault to a recipient"),
                (ActionKind::SetPolicy, "replaces one section of the policy"),
                (ActionKind::SetRole, "gives a role to another key"),
                (ActionKind::RuleOnStream, "resumes, reduces or cancels a stream"),
                (ActionKind::ClearBreaker, "ends the present trip of the breaker"),
                (ActionKind::WriteOff, "takes a part of a category's principal for lost"),
            ],
        ),
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
                flag(flags::WEAK_RECORD, "WEAK_RECORD", "bit: one tier up for a weak record"),
                flag(flags::CLOSED, "CLOSED", "bit: the proposal account has been closed"),
                flag(flags::RISK_CLASS, "RISK_CLASS", "bit: one tier up for a hedge or derivative"),
                flag(flags::ADMITS_MEDIUM, "ADMITS_MEDIUM", "bit: the terms suit the medium tier"),
                flag(flags::ADMITS_LARGE, "ADMITS_LARGE", "bit: the terms suit the large tier"),
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
                (Outcome::Lapsed, "funded or approved, but not executed in time"),
                (Outcome::Approved, "an act that waits for its timelock and execution"),
                (Outcome::Superseded, "an act beside a better ranked one on the same target"),
                (Outcome::Vetoed, "stopped by the guardian within its timelock"),
            ],
        ),
        reason,
        values(
            "Role",
            &[
                (Role::Guardian, "pauses, and vetoes within the timelock"),
                (Role::Reviewer, "scores updates"),
                (Role::RiskReporter, "marks positions"),
            ],
        ),
        Values {
            name: "Target",
            values: vec![
                (0, "first section".to_owned(), "0 to 7: the policy's sections, in their order"),
                (targets::FIRST_ROLE, "first role".to_owned(), "8 to 10: the roles"),
                (targets::BREAKER, "breaker".to_owned(), "the breaker"),
                (
                    targets::FIRST_POSITION,
                    "first position".to_owned(),
                    "12 to 19: the categories' positions",
                ),
                (targets::STREAM, "stream".to_owned(), "a stream; `leader` tells which"),
            ],
        },
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
