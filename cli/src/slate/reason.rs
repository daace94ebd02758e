//! Why an entry is not funded, in words and with its own numbers.

use budget_rules::{
    bps::BPS,
    outcome::{Failure, Tally, Thresholds, Tier},
};
use budget_words::format;
use community_budget::state::{Entry, Outcome, Policy, SECTIONS, targets};

use super::Projection;
use crate::{quantity::Token, view};

/// What became of an entry, in a few words.
pub fn verdict(entry: &Entry) -> &'static str {
    let outcomes = [
        (Outcome::Pending, "not decided yet"),
        (Outcome::Withdrawn, "withdrawn by its proposer"),
        (Outcome::NotAccepted, "its recipient never accepted it"),
        (Outcome::Funded, "funded"),
        (Outcome::Executed, "executed"),
        (Outcome::Lapsed, "lapsed: nobody executed it in time"),
        (Outcome::Approved, "approved"),
        (Outcome::Superseded, "passes, but another act on the same matter ranks higher"),
        (Outcome::Vetoed, "vetoed by the guardian"),
    ];
    if let Some((_, words)) = outcomes.iter().find(|(outcome, _)| entry.is(*outcome)) {
        return words;
    }
    // Numbers of `Failure` and `Reason` of the rules.
    match entry.reason {
        1 => "too little weight is staked for any decision",
        2 => "not more weight for than against",
        3 => "too few took part (quorum)",
        4 => "too small a share in favour (approval)",
        5 => "too little support behind it",
        6 => "too few took part for a contested ask",
        16 => "passes, but does not fit what is left of the cap",
        17 => "passes, but its category is full",
        18 => "passes, but its tier is full",
        19 => "no tier admits it: too large, too short or too few reviews",
        20 => "passes, but its category's exposure limit is reached",
        21 => "passes, but the treasury's runway would fall too low",
        22 => "passes, but one recipient would get too much of the cap",
        23 => "passes, but the breaker has tripped",
        _ => "not funded",
    }
}

/// The same with the numbers that decided it, and in the mood of what has not happened yet.
pub fn reason(projection: &Projection, index: usize, budget: &Token) -> String {
    let Some(entry) = projection.entries.get(index) else { return String::new() };
    if !projection.settled {
        let conditional = [
            (Outcome::Funded, "would be funded"),
            (Outcome::Approved, "would be approved"),
            (Outcome::NotAccepted, "its recipient has not accepted it"),
        ];
        if let Some((_, words)) = conditional.iter().find(|(outcome, _)| entry.is(*outcome)) {
            return (*words).to_owned();
        }
    }
    let numbers = match entry.reason {
        2..=6 => failed(projection, entry),
        16..=22 => unfunded(projection, index, entry, budget),
        _ => None,
    };
    numbers.unwrap_or_else(|| verdict(entry).to_owned())
}

fn failed(projection: &Projection, entry: &Entry) -> Option<String> {
    let thresholds = projection.head.policy.thresholds(projection.electorate)?;
    let tier = Tier::try_from(entry.tier).ok()?;
    let own = thresholds.tiers.get(usize::from(entry.tier))?;
    let tally = entry.tally();
    let of_all = |weight| format::percent(weight, projection.electorate);
    let decided = tally.for_.saturating_add(tally.against);
    let present = of_all(present(&tally));
    Some(match entry.reason {
        2 if present_none(&tally) => "nobody has voted on it".to_owned(),
        2 => format!("{} for it, {} against", of_all(tally.for_), of_all(tally.against)),
        3 | 6 => {
            let needed = quorum_bps(&projection.head.policy, &tally, tier)?;
            let opposed = match needed > own.quorum_bps {
                true => format!(" as {} oppose it", format::percent(tally.against, decided)),
                false => String::new(),
            };
            format!("{present} took part, {} needed{opposed}", format::bps(needed))
        }
        4 => format!(
            "{} in favour, {} needed",
            format::percent(tally.for_, decided),
            format::bps(own.approval_bps)
        ),
        _ => {
            let lacks = lacking(&thresholds, &tally, tier)?;
            format!("{} for it, too few: {} more needed", of_all(tally.for_), of_all(lacks))
        }
    })
}

fn unfunded(
    projection: &Projection,
    index: usize,
    entry: &Entry,
    budget: &Token,
) -> Option<String> {
    let head = &projection.head;
    let category = usize::from(entry.category);
    let (taken, in_category) = projection.taken_before(index);
    let name = view::category(&head.policy, entry.category);
    let left = |room: u64, taken: u64| budget.number(room.saturating_sub(taken));
    Some(match entry.reason {
        16 => {
            let over = entry.amount.saturating_sub(head.cap.saturating_sub(taken));
            format!("passes, but {} too much for the cap", budget.number(over))
        }
        17 => {
            let room = *head.category_caps.get(category)?;
            format!("passes, but {name} has {} left", left(room, in_category))
        }
        18 => {
            format!("passes, but {} asks hold all that they may together", view::tier(entry.tier))
        }
        19 if entry.amount > head.ask_limits[2] => {
            "passes, but its recipient asks for more than the large limit".to_owned()
        }
        19 => {
            let tier = view::tier(entry.tier);
            format!("passes, but is too short, or has too few reviews, for a {tier} ask")
        }
        20 => {
            let room = *head.exposure_rooms.get(category)?;
            format!("passes, but {name} may put {} more at risk", left(room, in_category))
        }
        21 => format!("passes, but the runway's floor leaves {}", left(head.runway_room, taken)),
        _ => format!(
            "passes, but one recipient may have {} of the cap",
            budget.number(head.recipient_cap)
        ),
    })
}

fn present(tally: &Tally) -> u64 {
    tally.for_.saturating_add(tally.against).saturating_add(tally.abstain)
}

fn present_none(tally: &Tally) -> bool {
    present(tally) == 0
}

/// The share of all weight that must take part in a vote that came out as `tally`, in basis points:
/// the tier's quorum, as the opposition raises it (R4).
///
/// The rules say only whether a quorum is missed, and are asked just that: of how large an electorate
/// would those who took part still be enough? Exact from 10,000 of weight on.
pub fn quorum_bps(policy: &Policy, tally: &Tally, tier: Tier) -> Option<u16> {
    let own = policy.tiers.rules.get(usize::from(u8::from(tier)))?.quorum_bps;
    let present = present(tally);
    // Opposition counts where there is some, and where the vote gets as far as the quorum.
    if tally.against == 0 || tally.for_ <= tally.against {
        return Some(own);
    }
    let suffices = |total: u64| {
        let thresholds = policy.thresholds(total)?;
        let why = thresholds.judge(tally, tier).err();
        Some(!matches!(why, Some(Failure::QuorumMissed | Failure::ContestedQuorumMissed)))
    };
    let largest = least(u64::MAX, |total| {
        // One more than the largest electorate of which they are enough.
        total < u64::MAX && suffices(total).unwrap_or(false)
    })?;
    let largest = u128::from(largest.saturating_sub(1).max(1));
    let raised = u16::try_from(u128::from(present) * u128::from(BPS) / largest).ok()?;
    Some(raised.max(own))
}

/// The least weight that would make `tally` pass if it came out in favour; nothing when even all
/// weight would not.
pub fn lacking(thresholds: &Thresholds, tally: &Tally, tier: Tier) -> Option<u64> {
    least(thresholds.total, |more| {
        let tally = Tally { for_: tally.for_.saturating_add(more), ..*tally };
        thresholds.judge(&tally, tier).is_err()
    })
}

/// The least number up to `most` that is not `short`, which all smaller ones are.
fn least(most: u64, short: impl Fn(u64) -> bool) -> Option<u64> {
    if short(most) {
        return None;
    }
    let (mut low, mut high) = (0, most);
    while low < high {
        let middle = low.midpoint(high);
        if short(middle) { low = middle + 1 } else { high = middle }
    }
    Some(low)
}

/// What an entry is about: the category of an award, or what an act would change.
pub fn matter(policy: &Policy, entry: &Entry) -> String {
    if entry.is_award() {
        return view::category(policy, entry.category);
    }
    let section = SECTIONS.get(usize::from(entry.category));
    let roles = ["guardian", "reviewer", "risk reporter"];
    let role = entry.category.checked_sub(targets::FIRST_ROLE);
    let role = role.and_then(|at| roles.get(usize::from(at)));
    match (section, role) {
        (Some(section), _) => format!("policy: {section}"),
        (None, Some(role)) => format!("role: {role}"),
        _ if entry.category == targets::BREAKER => "breaker".to_owned(),
        _ if entry.category == targets::STREAM => "stream".to_owned(),
        _ => {
            let category = entry.category.saturating_sub(targets::FIRST_POSITION);
            format!("position: {}", view::category(policy, category))
        }
    }
}

#[cfg(test)]
mod tests {
    use bytemuck::Zeroable;
    use community_budget::state::{ActionKind, PolicyPatch, Role, Ruling};

    use super::*;
    use crate::slate::tests::{ask, epoch, projected};

    fn token() -> Token {
        Token { decimals: 0, symbol: "USDC".to_owned() }
    }

    #[test]
    fn every_reason_of_the_rules_has_its_own_words() {
        let mut entry: Entry = Zeroable::zeroed();
        entry.outcome = Outcome::Failed.into();
        let mut seen = std::collections::HashSet::new();
        for reason in (1..=6).chain(16..=23) {
            entry.reason = reason;
            assert!(seen.insert(verdict(&entry)), "{reason}");
            assert_ne!(verdict(&entry), "not funded", "{reason}");
        }
    }

    #[test]
    fn reasons_name_the_numbers_that_decided() {
        let mut slate = [
            ask(0, 300, 900, 0), // one recipient may have 300
            ask(1, 301, 890, 0), // that is one too many
            ask(2, 250, 880, 0),
            ask(3, 300, 870, 0),
            ask(4, 160, 860, 0), // 150 are left
            ask(5, 10, 5, 0),    // 3 % needed
            ask(6, 10, 50, 60),
            ask(7, 10, 0, 0),
            ask(8, 400, 300, 250),
            ask(9, 10, 20, 9), // a quorum of 30, but 16 must be for it
        ];
        slate[9].for_ = 15;
        slate[9].abstain = 6;
        slate[8].amount = 200;
        slate[8].recipient_ask = 200;
        let projection = projected(&slate);
        let words: Vec<String> =
            (0..slate.len()).map(|at| reason(&projection, at, &token())).collect();
        assert_eq!(
            words,
            [
                "would be funded",
                "passes, but one recipient may have 300 of the cap",
                "would be funded",
                "would be funded",
                "passes, but 10 too much for the cap",
                "0.5 % took part, 3 % needed",
                "5.0 % for it, 6.0 % against",
                "nobody has voted on it",
                "54.5 % in favour, 60 % needed",
                "1.5 % for it, too few: 0.1 % more needed",
            ]
        );
    }

    #[test]
    fn opposition_raises_the_quorum_that_is_named() {
        let (treasury, mut head) = epoch();
        head.entry_count = 1;
        head.policy.tiers.contested_coef_bps = 2_000;
        // A fifth is against: 3 % and 4 % on top.
        let slate = [ask(0, 10, 40, 10)];
        let projection =
            crate::slate::project(&treasury, &head, &slate, head.voting_opens_at).unwrap();
        assert_eq!(
            reason(&projection, 0, &token()),
            "5.0 % took part, 7 % needed as 20.0 % oppose it"
        );
    }

    #[test]
    fn what_is_lacking_is_exact() {
        let (_, head) = epoch();
        let thresholds = head.policy.thresholds(1_000).unwrap();
        let tally = Tally { for_: 10, against: 20, abstain: 0 };
        let lacks = lacking(&thresholds, &tally, Tier::Small).unwrap();
        let with = |more| {
            thresholds.judge(&Tally { for_: tally.for_ + more, ..tally }, Tier::Small).is_ok()
        };
        assert!(with(lacks) && !with(lacks - 1), "{lacks}");
        let hopeless = Tally { for_: 0, against: 1_000, abstain: 0 };
        assert_eq!(lacking(&thresholds, &hopeless, Tier::Large), None);
    }

    #[test]
    fn the_quorum_is_the_one_that_the_rules_apply() {
        let (_, mut head) = epoch();
        head.policy.tiers.contested_coef_bps = 2_000;
        head.policy.tiers.max_quorum_bps = 4_000;
        let million = 1_000_000;
        for against in [0, 1, 20_000, 49_999, 100_000, 333_333, 499_999] {
            for tier in [Tier::Small, Tier::Medium, Tier::Large] {
                let tally = Tally { for_: million, against, abstain: 5 };
                let bps = quorum_bps(&head.policy, &tally, tier).unwrap();
                // R4, the share of the opposition rounded up to a basis point.
                let own = head.policy.tiers.rules[usize::from(u8::from(tier))].quorum_bps;
                let raise = (2_000 * against).div_ceil(million + against);
                let wanted = (u64::from(own) + raise).min(4_000.max(u64::from(own)));
                assert_eq!(u64::from(bps), wanted, "{against} {tier:?}");
            }
        }
        let lost = Tally { for_: 5, against: 6, abstain: 0 };
        assert_eq!(quorum_bps(&head.policy, &lost, Tier::Small), Some(300));
    }

    #[test]
    fn entries_say_what_they_are_about() {
        use anchor_lang::prelude::Pubkey;
        use community_budget::state::Action;

        let policy = Policy::default();
        let matter_of = |action: Action| {
            let mut entry = ask(0, 0, 0, 0);
            entry.action = action.kind().into();
            entry.category = action.target();
            matter(&policy, &entry)
        };
        assert_eq!(matter(&policy, &ask(0, 1, 0, 0)), "general");
        assert_eq!(u8::from(ActionKind::Award), 0);
        let slate = Action::SetPolicy(PolicyPatch::Slate(policy.slate));
        assert_eq!(matter_of(slate), "policy: slate");
        let holder = Pubkey::default();
        let role = Action::SetRole { role: Role::RiskReporter, holder };
        assert_eq!(matter_of(role), "role: risk reporter");
        assert_eq!(matter_of(Action::ClearBreaker), "breaker");
        let ruling = Action::RuleOnStream { stream: holder, ruling: Ruling::Cancel };
        assert_eq!(matter_of(ruling), "stream");
        assert_eq!(matter_of(Action::WriteOff { category: 0, amount: 1 }), "position: general");
    }
}
