//! `budget treasury show`: the books on one page.

use anchor_lang::prelude::Pubkey;
use budget_words::{format, page::Page};
use bytemuck::Zeroable;
use community_budget::state::{BudgetEpoch, Phase, Role, Treasury};
use serde_json::{Value, json};

use super::policy::quorum_warning;
use crate::{
    commands::breaker::Gauges,
    context::{Context, Scene},
    exit::{Failure, Result},
    mints::Mint,
    program::Changeable,
    purse::Purse,
    quantity::{Token, when},
    roles::role_name,
    streams::foreseen,
    view::{aligned, pair},
};

/// Everything that the page shows.
struct Overview {
    scene: Scene,
    head: Option<Box<BudgetEpoch>>,
    gauges: Gauges,
    /// Base units in the vault that the books do not know.
    surplus: u64,
    vault_is_frozen: bool,
    changeable: Changeable,
    mints: [Mint; 2],
    runway: Runway,
}

/// How long the free funds last. Base units of the budget mint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Runway {
    /// Hundredths of an epoch; nothing when nothing flows out.
    centi: Option<u64>,
    /// Epochs that the mean runs over.
    epochs: u8,
    /// Epochs that the policy keeps.
    floor: u8,
}

/// `budget treasury show`.
pub fn run(context: &Context) -> Result<()> {
    let scene = context.scene()?;
    let overview = Overview::read(context, scene)?;
    if context.globals.json {
        context.json(&overview.json());
        return Ok(());
    }
    // Reading the names has been tried by now; a key says as much.
    let name = |key: &Pubkey| context.full_name(key).unwrap_or_else(|_| key.to_string());
    for line in overview.lines(&context.page, &name) {
        context.page.line(line);
    }
    Ok(())
}

impl Overview {
    fn read(context: &Context, scene: Scene) -> Result<Self> {
        let network = context.network()?;
        let head = match scene.treasury.current_epoch() {
            // An epoch in which nothing is left to do is closed.
            Some(index) => {
                let key = scene.community.epoch(index);
                network.find::<BudgetEpoch>(&key, &format!("epoch {index}"))?
            }
            None => None,
        };
        let vault = context
            .purse(&scene.community.vault())?
            .ok_or_else(|| Failure::Doubted(format!("the treasury {} has no vault.", scene.key)))?;
        let surplus = uncounted(&vault, scene.treasury.tracked, &scene.budget)?;
        Ok(Self {
            head: head.map(|found| Box::new(found.value)),
            gauges: Gauges::of(&scene.treasury, scene.now)?,
            surplus,
            vault_is_frozen: vault.frozen,
            changeable: context.changeable()?,
            mints: [
                context.mint(&scene.treasury.budget_mint, "budget mint")?,
                context.mint(&scene.treasury.stake_mint, "stake mint")?,
            ],
            runway: Runway::of(&scene.treasury, scene.now)?,
            scene,
        })
    }

    fn lines(&self, page: &Page, name: &dyn Fn(&Pubkey) -> String) -> Vec<String> {
        let Scene { treasury, budget, stake, now, .. } = &self.scene;
        let free = treasury.free().unwrap_or(0);
        let next = next_step(treasury, self.head.as_deref(), *now);
        let mut rows = vec![
            pair("next", next),
            pair("free", format!("{}, neither promised nor set aside", budget.show(free))),
            pair(
                "committed",
                format!("{} promised to awards and streams", budget.show(treasury.committed)),
            ),
            pair(
                "reserved",
                format!("{} set aside for taking part", budget.show(treasury.reserved_funds)),
            ),
            pair(
                "tracked",
                format!("{} in the vault, by the books", budget.show(treasury.tracked)),
            ),
        ];
        if self.surplus > 0 {
            rows.push(pair(
                "uncounted",
                format!(
                    "{} more lie in the vault; `budget treasury absorb` counts them",
                    budget.show(self.surplus)
                ),
            ));
        }
        if self.vault_is_frozen {
            rows.push(pair("frozen", page.bad("the mint's freeze authority has frozen the vault")));
        }
        rows.push(pair("runway", self.runway.words()));
        rows.push(pair("breaker", self.gauges.breaker()));
        rows.push(pair("pause", self.gauges.pause()));
        rows.push(pair(
            "staked",
            format!(
                "{}, cooling included; {} of weight",
                stake.show(treasury.staked),
                stake.number(treasury.total_weight)
            ),
        ));
        rows.push(pair("bonds", budget.show(treasury.bonded)));
        for role in [Role::Guardian, Role::Reviewer, Role::RiskReporter] {
            let holder = treasury.holder(role);
            let who = if *holder == Pubkey::default() { "vacant".to_owned() } else { name(holder) };
            rows.push(pair(role_name(role), who));
        }
        if let Some(warning) = quorum_warning(&treasury.in_force) {
            rows.push(pair("warning", page.bad(&warning)));
        }
        rows.push(pair("program", self.changeable.sentence(name)));
        let what = ["the vault and recipients' accounts", "what members have staked"];
        let of = ["budget mint", "stake mint"];
        for ((mint, of), what) in self.mints.iter().zip(of).zip(what) {
            rows.push(pair(of, format!("{}; {}", name(&mint.key), mint.freezing(what, name))));
        }
        rows.push(pair("founder", format!("{}, without any power since", name(&treasury.founder))));
        rows.push(pair("treasury", self.scene.key.to_string()));
        let title = format!(
            "{} are free of {} in the vault",
            budget.show(free),
            budget.show(treasury.tracked)
        );
        std::iter::once(page.strong(&title)).chain(aligned(page, &rows)).collect()
    }

    fn json(&self) -> Value {
        let Scene { treasury, key, now, .. } = &self.scene;
        let holder = |role| {
            let key = treasury.holder(role);
            (*key != Pubkey::default()).then(|| key.to_string())
        };
        let text = |key: Option<Pubkey>| key.map(|key| key.to_string());
        let [budget, stake] = &self.mints;
        json!({
            "treasury": key.to_string(),
            "founder": treasury.founder.to_string(),
            "id": treasury.id,
            "now": now,
            "free": treasury.free(),
            "committed": treasury.committed,
            "reserved": treasury.reserved_funds,
            "tracked": treasury.tracked,
            "uncounted": self.surplus,
            "bonded": treasury.bonded,
            "vaultIsFrozen": self.vault_is_frozen,
            "runwayHundredths": self.runway.centi,
            "minRunwayEpochs": self.runway.floor,
            "staked": treasury.staked,
            "totalWeight": treasury.total_weight,
            "epochs": treasury.epoch_count,
            "phase": phase_name(treasury, self.head.as_deref(), *now),
            "next": next_step(treasury, self.head.as_deref(), *now),
            "guardian": holder(Role::Guardian),
            "reviewer": holder(Role::Reviewer),
            "riskReporter": holder(Role::RiskReporter),
            "safety": self.gauges.json(),
            "upgradeAuthority": text(self.changeable.authority()),
            "programIsFinal": self.changeable == Changeable::Final,
            "budgetMint": budget.key.to_string(),
            "budgetDecimals": budget.decimals,
            "budgetFreezeAuthority": text(budget.freeze_authority),
            "stakeMint": stake.key.to_string(),
            "stakeDecimals": stake.decimals,
            "stakeFreezeAuthority": text(stake.freeze_authority),
        })
    }
}

/// Base units in the vault beyond the `tracked` ones of the books.
///
/// # Errors
/// Exit code `not-believed` when the vault holds less than that.
fn uncounted(vault: &Purse, tracked: u64, budget: &Token) -> Result<u64> {
    vault.amount.checked_sub(tracked).ok_or_else(|| {
        Failure::Doubted(format!(
            "the vault {} holds {}, less than the {} of the books.",
            vault.key,
            budget.show(vault.amount),
            budget.show(tracked)
        ))
    })
}

impl Runway {
    fn of(treasury: &Treasury, now: i64) -> Result<Self> {
        let mut standing = foreseen(treasury.standing(0, now))?;
        // What the present epoch awarded is promised already, and so no longer free; it counts in
        // the mean all the same.
        standing.previous_outflow =
            treasury.outflow.iter().fold(0, |sum: u64, flow| sum.saturating_add(*flow));
        let centi = standing.runway_centi(0).filter(|centi| *centi != u64::MAX);
        Ok(Self { centi, epochs: standing.epochs, floor: standing.min_runway_epochs })
    }

    fn words(&self) -> String {
        let Some(centi) = self.centi else {
            return "without end: nothing was awarded lately".to_owned();
        };
        let epochs = if self.epochs == 1 {
            "of this epoch".to_owned()
        } else {
            format!("of the last {} epochs", self.epochs)
        };
        format!(
            "{}.{} epochs at the mean {epochs}; awards must leave {} epochs",
            format::count(centi / 100),
            centi % 100 / 10,
            self.floor
        )
    }
}

/// What the treasury is doing, what comes next, and who can do it: one or two sentences.
fn next_step(treasury: &Treasury, head: Option<&BudgetEpoch>, now: i64) -> String {
    let Some(head) = head.filter(|head| head.phase(now) != Phase::Settled) else {
        let before = match treasury.current_epoch() {
            None => "No epoch has been opened yet.".to_owned(),
            Some(index) => format!("Epoch {index} is settled."),
        };
        return format!("{before} {}", next_opening(treasury, now));
    };
    let index = head.index;
    match head.phase(now) {
        Phase::Submission => format!(
            "Epoch {index} takes proposals (`budget propose`) until voting opens, {}.",
            when(head.voting_opens_at, now)
        ),
        Phase::Voting => format!(
            "Epoch {index} is voting (`budget vote`) until {}; then anyone may settle it.",
            when(head.voting_closes_at, now)
        ),
        Phase::Tallying | Phase::Settled => format!(
            "Voting in epoch {index} closed {}; anyone may settle it now (`budget epoch settle`).",
            when(head.voting_closes_at, now)
        ),
    }
}

/// When the next epoch can be opened, and with how much.
fn next_opening(treasury: &Treasury, now: i64) -> String {
    let period = i64::from(treasury.policy.schedule.period_secs);
    let at = match treasury.current_epoch() {
        None => treasury.first_open_at,
        Some(_) => treasury.first_open_at.max(treasury.last_opened_at.saturating_add(period)),
    };
    let index = treasury.epoch_count;
    let moment = if at <= now { "now".to_owned() } else { format!("from {}", when(at, now)) };
    let mut opened = BudgetEpoch::zeroed();
    opened.policy = treasury.policy;
    match opened.set_budget(treasury.free().unwrap_or(0)) {
        Ok(()) => format!("Anyone may open epoch {index} {moment} (`budget epoch open`)."),
        Err(_) => format!(
            "Epoch {index} could be opened {moment}, but its cap would be below the policy's minimum: \
             the treasury needs more free funds."
        ),
    }
}

/// The phase's name in `--json`.
fn phase_name(treasury: &Treasury, head: Option<&BudgetEpoch>, now: i64) -> &'static str {
    match head.map(|head| head.phase(now)) {
        Some(Phase::Submission) => "submission",
        Some(Phase::Voting) => "voting",
        Some(Phase::Tallying) => "tallying",
        Some(Phase::Settled) => "settled",
        None if treasury.epoch_count > 0 => "settled",
        None => "none",
    }
}

#[cfg(test)]
mod tests;
