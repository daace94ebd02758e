//! What the program would refuse of a submission, in sentences and before anything is sent.

use anchor_lang::prelude::Pubkey;
use budget_rules::{bps::share_ceil, outcome::Tier, stream::MAX_CHECKPOINTS};
use community_budget::{
    constants::{MAX_STREAM_SECS, MIN_STREAM_SECS, RESERVED_SLOT_STAKE_BPS},
    state::{Action, AwardTerms, BudgetEpoch, RecipientRecord, Stake},
};

use crate::{
    bar::{Ask, Bar},
    context::{Context, Scene},
    exit::{Failure, Result},
    purse::Purse,
    quantity::{Token, long_span},
    streams::foreseen,
    view::{counted, tier},
};

/// Refuses an award that could not be submitted.
///
/// # Errors
/// Exit code `input`.
pub fn award(scene: &Scene, head: &BudgetEpoch, terms: &AwardTerms) -> Result<()> {
    if head.next_slot_is_reserved() {
        return Err(Failure::input(format!(
            "the slots for asks are taken: {} of {}; the last quarter is kept for acts. The next epoch \
             has new ones.",
            head.entry_count, head.policy.slate.capacity
        )));
    }
    money(head, terms, &scene.budget)?;
    let own = scene.treasury.owns(&scene.key, &terms.recipient);
    if own || terms.recipient == Pubkey::default() {
        return Err(Failure::input(
            "the recipient must be a person: it is the treasury, one of its vaults or nobody.",
        ));
    }
    Ok(())
}

fn money(head: &BudgetEpoch, terms: &AwardTerms, budget: &Token) -> Result<()> {
    if terms.amount == 0 {
        return Err(Failure::input("an ask must be for more than nothing."));
    }
    if terms.checkpoints > MAX_CHECKPOINTS {
        return Err(Failure::input(format!("a stream has at most {MAX_CHECKPOINTS} reviews.")));
    }
    if !(MIN_STREAM_SECS..=MAX_STREAM_SECS).contains(&terms.duration_secs) {
        return Err(Failure::input(format!(
            "a stream lasts from {} to {}, not {}.",
            long_span(MIN_STREAM_SECS.into()),
            long_span(MAX_STREAM_SECS.into()),
            long_span(terms.duration_secs.into())
        )));
    }
    if terms.cliff_secs > terms.duration_secs {
        return Err(Failure::input("the cliff must not lie behind the stream's end."));
    }
    let limit = head.limits().large;
    if terms.amount > limit {
        return Err(Failure::input(format!(
            "{} is more than the {} that one ask may be for in epoch {}.",
            budget.show(terms.amount),
            budget.show(limit),
            head.index
        )));
    }
    // By itself: what its recipient has accepted besides is known when it accepts.
    let alone = Ask {
        amount: terms.amount,
        cumulative: terms.amount,
        category: terms.category,
        duration_secs: terms.duration_secs,
        checkpoints: terms.checkpoints,
        weak_record: false,
    };
    let bar = Bar::of(head, &alone);
    let Some((own, bar)) = bar.and_then(|bar| Some((bar.tier?, bar))) else { return Ok(()) };
    if bar.is_met() {
        return Ok(());
    }
    let least = head.policy.min_long_stream_secs().unwrap_or(u32::MAX);
    let name = tier(own.into());
    if own != Tier::Small && terms.duration_secs < least {
        return Err(Failure::input(format!(
            "a {name} ask must stream for {} at least, so that a later vote can stop a part of it; this \
             one has {}.",
            long_span(least.into()),
            long_span(terms.duration_secs.into())
        )));
    }
    let rule = head.policy.tiers.rules.get(usize::from(u8::from(own)));
    let needed = rule.map_or(0, |rule| rule.min_checkpoints);
    Err(Failure::input(format!(
        "a {name} ask needs {}; this one has {}.",
        counted(needed.into(), "review"),
        terms.checkpoints
    )))
}

/// Refuses an act that could not be submitted, and returns whether it takes a reserved slot.
///
/// # Errors
/// Exit codes `input`, `missing`.
pub fn act(
    context: &Context,
    scene: &Scene,
    head: &BudgetEpoch,
    proposer: &Pubkey,
    action: &Action,
) -> Result<bool> {
    if head.entry_count >= head.policy.slate.capacity {
        return Err(Failure::input(format!("the slate of epoch {} is full.", head.index)));
    }
    foreseen(action.check())?;
    if !head.next_slot_is_reserved() {
        return Ok(false);
    }
    let key = scene.community.stake(proposer);
    let stake = context.network()?.find::<Stake>(&key, "stake")?;
    reserved_slot(stake.map(|found| found.value).as_ref(), head, scene.treasury.total_weight)?;
    Ok(true)
}

/// Refuses who may not take a slot of the last quarter (R13).
fn reserved_slot(stake: Option<&Stake>, head: &BudgetEpoch, total_weight: u64) -> Result<()> {
    let least = share_ceil(total_weight, RESERVED_SLOT_STAKE_BPS).unwrap_or(u64::MAX);
    let enough = stake.is_some_and(|stake| stake.weight > 0 && stake.weight >= least);
    if !enough {
        return Err(Failure::input(format!(
            "the slots that are left take a stake of at least {} of all weight, and yours weighs less.",
            budget_words::format::bps(RESERVED_SLOT_STAKE_BPS)
        )));
    }
    if stake.is_some_and(|stake| stake.act_epoch == head.index) {
        return Err(Failure::input(
            "your stake has taken one of the last slots in this epoch already.",
        ));
    }
    Ok(())
}

/// Refuses a token account of another mint.
///
/// # Errors
/// Exit code `input`.
pub fn source(purse: &Purse, scene: &Scene) -> Result<()> {
    if purse.mint == scene.community.budget_mint {
        return Ok(());
    }
    Err(Failure::input(format!(
        "the token account {} holds other tokens; fee and bond are paid in {}.",
        purse.key, scene.budget.symbol
    )))
}

/// Refuses more proposals than one person may submit in an epoch.
///
/// # Errors
/// Exit code `input`.
pub fn submissions(record: &RecipientRecord, head: &BudgetEpoch) -> Result<()> {
    let limit = head.policy.slate.per_proposer;
    if record.submitted_epoch == head.index && record.submitted_count >= limit {
        return Err(Failure::input(format!(
            "you have submitted {} in this epoch already, which is as many as one may.",
            counted(record.submitted_count.into(), "proposal")
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use bytemuck::Zeroable;

    use super::*;
    use crate::slate::tests::epoch;

    fn budget() -> Token {
        Token { decimals: 0, symbol: "USDC".to_owned() }
    }

    fn terms() -> AwardTerms {
        AwardTerms {
            category: 0,
            checkpoints: 1,
            recipient: Pubkey::new_unique(),
            amount: 300,
            duration_secs: 90 * 86_400,
            cliff_secs: 0,
        }
    }

    #[test]
    fn what_the_program_would_refuse_of_an_award_is_said_before() {
        let (_, head) = epoch();
        let ok = |terms: &AwardTerms| money(&head, terms, &budget());
        assert!(ok(&terms()).is_ok());
        let why = |change: fn(&mut AwardTerms)| {
            let mut terms = terms();
            change(&mut terms);
            ok(&terms).unwrap_err().to_string()
        };
        for (wanted, found) in [
            ("more than nothing", why(|terms| terms.amount = 0)),
            ("at most 12 reviews", why(|terms| terms.checkpoints = 13)),
            (
                "from 1 day to 1461 days, not 23 hours",
                why(|terms| terms.duration_secs = 23 * 3_600),
            ),
            ("behind the stream's end", why(|terms| terms.cliff_secs = terms.duration_secs + 1)),
            ("2,001 USDC is more than the 2,000 USDC", why(|terms| terms.amount = 2_001)),
            // A period, a whole course and the timelock: 30 + 24 + 4 days.
            ("must stream for 58 days at least", why(|terms| terms.duration_secs = 57 * 86_400)),
            ("a large ask needs 3 reviews; this one has 1", why(|terms| terms.amount = 501)),
        ] {
            assert!(found.contains(wanted), "{found}");
        }
        let small = AwardTerms { amount: 100, duration_secs: 86_400, checkpoints: 0, ..terms() };
        assert!(ok(&small).is_ok());
    }

    #[test]
    fn the_last_slots_are_no_place_for_asks_nor_the_treasury_a_recipient() {
        use crate::entries::tests::case;

        let mut scene = case(Action::ClearBreaker, |_| {}, 0).scene;
        (scene.key, scene.treasury.vault) = (Pubkey::new_unique(), Pubkey::new_unique());
        let (_, mut head) = epoch();
        assert!(award(&scene, &head, &terms()).is_ok());
        for recipient in [Pubkey::default(), scene.key, scene.treasury.vault] {
            let why = award(&scene, &head, &AwardTerms { recipient, ..terms() }).unwrap_err();
            assert!(why.to_string().contains("must be a person"), "{why}");
        }
        head.entry_count = 24;
        let why = award(&scene, &head, &terms()).unwrap_err().to_string();
        assert!(why.contains("the slots for asks are taken: 24 of 32"), "{why}");
    }

    #[test]
    fn an_act_needs_a_slot_and_sound_details() {
        use crate::entries::tests::{case, context};

        let scene = case(Action::ClearBreaker, |_| {}, 0).scene;
        let (_, mut head) = epoch();
        let proposer = Pubkey::new_unique();
        let with = |head: &BudgetEpoch, action| act(&context(), &scene, head, &proposer, &action);
        assert!(!with(&head, Action::ClearBreaker).unwrap());
        let nothing = Action::WriteOff { category: 0, amount: 0 };
        let why = with(&head, nothing).unwrap_err().to_string();
        assert!(why.contains("(ActionOutOfRange)"), "{why}");
        head.entry_count = 32;
        let why = with(&head, Action::ClearBreaker).unwrap_err().to_string();
        assert_eq!(why, "the slate of epoch 0 is full.");
    }

    #[test]
    fn the_last_slots_take_a_stake_of_weight_once() {
        let (_, head) = epoch();
        let mut stake = Stake::zeroed();
        stake.act_epoch = u32::MAX;
        stake.weight = 10;
        let with = |stake: Option<&Stake>| reserved_slot(stake, &head, 1_000);
        assert!(with(Some(&stake)).is_ok());
        stake.weight = 9;
        assert!(with(Some(&stake)).unwrap_err().to_string().contains("at least 1 % of all weight"));
        assert!(with(None).is_err());
        stake.weight = 10;
        stake.act_epoch = head.index;
        assert!(with(Some(&stake)).unwrap_err().to_string().contains("has taken one"));
    }

    #[test]
    fn fee_and_bond_are_paid_in_the_budgets_token() {
        use crate::entries::tests::case;

        let scene = case(Action::ClearBreaker, |_| {}, 0).scene;
        let key = Pubkey::new_unique();
        let mut purse =
            Purse { key, owner: key, mint: scene.community.budget_mint, amount: 5, frozen: false };
        assert!(source(&purse, &scene).is_ok());
        purse.mint = key;
        assert!(source(&purse, &scene).unwrap_err().to_string().contains("holds other tokens"));
    }

    #[test]
    fn one_person_submits_no_more_than_the_policy_allows() {
        let (_, head) = epoch();
        let mut record = RecipientRecord::zeroed();
        record.submitted_count = 3;
        assert!(submissions(&record, &head).unwrap_err().to_string().contains("3 proposals"));
        record.submitted_count = 2;
        assert!(submissions(&record, &head).is_ok());
        record.submitted_count = 3;
        record.submitted_epoch = 1;
        assert!(submissions(&record, &head).is_ok(), "another epoch's do not count");
    }
}
