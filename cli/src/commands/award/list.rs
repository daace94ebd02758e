//! `budget award list`: what waits for its execution.

use community_budget::state::{BudgetEpoch, Entry};
use serde_json::{Value, json};

use crate::{
    context::{Context, Round, Scene},
    exit::Result,
    slate::{Titles, Waiting, matter, waiting},
    view::counted,
};

/// An entry that waits.
struct Waits {
    epoch: u32,
    index: u8,
    title: String,
    about: String,
    amount: u64,
    is_award: bool,
    waiting: Waiting,
}

pub fn run(context: &Context) -> Result<()> {
    let scene = context.scene()?;
    let network = context.network()?;
    let mut epochs = network.list::<BudgetEpoch>(&scene.key)?;
    epochs.sort_by_key(|found| found.value.index);
    let mut all = Vec::new();
    for found in epochs {
        let round = Round { key: found.key, slate: found.entries()?, head: Box::new(found.value) };
        if round.slate.iter().any(Entry::awaits_execution) {
            let titles = Titles::read(network, &round)?;
            all.extend(of_round(&scene, &round, &titles));
        }
    }
    if context.globals.json {
        let listed: Vec<Value> = all.iter().map(Waits::json).collect();
        context.json(&json!({ "now": scene.now, "waiting": listed }));
        return Ok(());
    }
    for line in lines(&all, &scene) {
        context.page.line(line);
    }
    Ok(())
}

fn of_round(scene: &Scene, round: &Round, titles: &Titles) -> Vec<Waits> {
    let head = &round.head;
    let one = |(index, entry): (u8, &Entry)| {
        Some(Waits {
            epoch: head.index,
            index,
            title: titles.title(index),
            about: matter(&head.policy, entry),
            amount: entry.amount,
            is_award: entry.is_award(),
            waiting: waiting(&scene.treasury, head, entry, scene.now)?,
        })
    };
    (0u8..).zip(&round.slate).filter_map(one).collect()
}

fn lines(all: &[Waits], scene: &Scene) -> Vec<String> {
    let total = u64::try_from(all.len()).unwrap_or(u64::MAX);
    if total == 0 {
        return vec!["Nothing waits for its execution.".to_owned()];
    }
    let ready = all.iter().filter(|it| matches!(it.waiting, Waiting::Executable { .. })).count();
    let ready = u64::try_from(ready).unwrap_or(u64::MAX);
    let verb = if total == 1 { "waits" } else { "wait" };
    let decision = counted(total, "decision");
    let mut lines = vec![format!("{decision} {verb}; {ready} can be carried out now, by anyone.")];
    for it in all {
        let what = if it.is_award { scene.budget.show(it.amount) } else { "an act".to_owned() };
        lines.push(format!("  {}/{}  {}, {what} ({})", it.epoch, it.index, it.title, it.about));
        lines.push(format!("       {}", it.waiting.sentence(scene.now)));
    }
    let next = all.iter().find_map(|it| {
        let verb = match it.waiting {
            Waiting::Executable { .. } => "execute",
            Waiting::Overdue { .. } => "lapse",
            _ => return None,
        };
        Some(format!("Next: budget award {verb} {} --epoch {}", it.index, it.epoch))
    });
    lines.extend(next);
    lines
}

impl Waits {
    fn json(&self) -> Value {
        let (until, lapses_at) = match self.waiting {
            Waiting::Timelocked { until, lapses_at, .. }
            | Waiting::Blocked { until, lapses_at } => (Some(until), lapses_at),
            Waiting::Executable { lapses_at } => (None, lapses_at),
            Waiting::Overdue { since } => (None, since),
        };
        json!({
            "epoch": self.epoch,
            "entry": self.index,
            "title": self.title,
            "matter": self.about,
            "amount": self.amount,
            "isAward": self.is_award,
            "state": self.waiting.name(),
            "until": until,
            "lapsesAt": lapses_at,
        })
    }
}
