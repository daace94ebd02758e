//! `budget keeper`: sends what anyone may send, when it is due.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use budget_keeper::{Crank, Keeper, Metrics, Plan, Said, Settings, Snapshot};
use budget_words::{format, page::Page};
use clap::Args;
use serde_json::{Value, json};

use crate::{
    context::{Context, Scene},
    exit::{Failure, Result},
    quantity::{long_span, sol, span, when},
    view::{aligned, counted, pair},
};

/// What the help adds.
const AFTER: &str = "Needs a key only for fees and for the rent of what it opens, which comes back. It \
may be stopped anywhere, started again, and run beside others: what is done twice is refused by the \
program. With --dry-run it says what is due and sends nothing.";

/// Options of `budget keeper`.
#[derive(Args)]
#[command(after_help = AFTER)]
pub struct KeeperArgs {
    /// Do what is due now, and end; exit code 0 when nothing failed.
    #[arg(long)]
    once: bool,
    /// The smallest payment of a stream that is worth a transaction.
    #[arg(long, value_name = "AMOUNT", default_value = "0")]
    min_payout: String,
    /// Open the token account of whoever cannot be paid for lack of one; its rent is not returned.
    #[arg(long)]
    create_accounts: bool,
    /// Leave opening epochs to others.
    #[arg(long)]
    no_open: bool,
    /// The longest pause between two looks.
    #[arg(long, value_name = "SPAN", value_parser = span, default_value = "30s")]
    interval: u32,
    /// Serve counters for Prometheus at this address of this machine, under /metrics.
    #[arg(long, value_name = "ADDR")]
    metrics: Option<SocketAddr>,
}

/// Send what anyone may send, when it is due.
pub fn run(context: &Context, args: KeeperArgs) -> Result<()> {
    let globals = &context.globals;
    if globals.unsigned {
        return Err(Failure::input(
            "a keeper signs as things become due; give it a key of its own with --keypair.",
        ));
    }
    let scene = context.scene()?;
    let settings = settings(context, &args, &scene)?;
    let payer = context.payer(&context.actor()?)?;
    let signer = payer.signer.as_ref().ok_or_else(|| {
        Failure::input("a keeper needs the key that pays: give it with --keypair.")
    })?;
    let network = context.network()?;
    let mut keeper = Keeper::open(network, &scene.key, signer, settings)?;
    if globals.dry_run {
        return plan(context, &scene, &keeper.plan()?);
    }
    let metrics = match args.metrics {
        Some(address) => Some(serve(address, &keeper)?),
        None => None,
    };
    let stop = Arc::new(AtomicBool::new(false));
    let signal = Arc::clone(&stop);
    ctrlc::set_handler(move || signal.store(true, Ordering::Relaxed))
        .map_err(|error| Failure::input(format!("Ctrl-C cannot be listened for: {error}.")))?;
    let (page, in_json) = (&context.page, globals.json);
    let now = scene.now;
    keeper.on_event(move |said| page.line(line(said, in_json, now)));
    if !in_json {
        page.line(greeting(&args, metrics.as_ref()));
    }
    let ended = if args.once {
        once(&mut keeper, &stop)
    } else {
        keeper.run(&stop);
        Ok(())
    };
    let numbers = keeper.counters().snapshot();
    if in_json {
        page.line(json!({ "event": "end", "counters": numbers }));
    } else {
        for line in summary(page, &numbers, scene.now) {
            page.line(line);
        }
    }
    match ended {
        Err(failure) => Err(Failure::Told(Box::new(failure))),
        Ok(()) if args.once => failed(&numbers).map_err(|failure| Failure::Told(Box::new(failure))),
        Ok(()) => Ok(()),
    }
}

fn settings(context: &Context, args: &KeeperArgs, scene: &Scene) -> Result<Settings> {
    let mut settings = Settings {
        min_payout: scene.budget.parse(&args.min_payout)?,
        create_accounts: args.create_accounts,
        poll: Duration::from_secs(args.interval.max(1).into()),
        send: context.send_options(),
        ..Settings::default()
    };
    if args.no_open {
        settings.without.insert(Crank::OpenEpoch);
    }
    Ok(settings)
}

fn serve(address: SocketAddr, keeper: &Keeper<'_>) -> Result<Metrics> {
    Metrics::serve(address, keeper.counters()).map_err(|error| Failure::input(error.to_string()))
}

fn greeting(args: &KeeperArgs, metrics: Option<&Metrics>) -> String {
    let doing =
        if args.once { "Sending what is due now." } else { "Sending what is due; Ctrl-C ends." };
    match metrics {
        Some(metrics) => format!("{doing} Counters at http://{}/metrics.", metrics.address()),
        None => doing.to_owned(),
    }
}

fn line(said: &Said, in_json: bool, now: i64) -> String {
    if in_json {
        // A keeper's words are plain data: they always serialise.
        return serde_json::to_value(said).unwrap_or(Value::Null).to_string();
    }
    match said {
        Said::Landed { crank, why, lag_secs, signature, slot, .. } => {
            let late = match lag_secs.and_then(|secs| u64::try_from(secs).ok()) {
                None | Some(0) => String::new(),
                Some(secs) => format!(", {} after it was due", long_span(secs)),
            };
            format!("{crank}: {why}; landed in slot {}{late} ({signature})", format::count(*slot))
        }
        Said::SetAside { crank, subject, why, until, .. } => {
            let why = why.trim_end_matches('.');
            format!("{crank}: set aside for {subject} until {}: {why}", when(*until, now))
        }
        other => other.to_string(),
    }
}

/// Rounds until one has nothing left to do: a step can make the next one due.
fn once(keeper: &mut Keeper<'_>, stop: &AtomicBool) -> Result<()> {
    while !stop.load(Ordering::Relaxed) {
        let round = keeper.round()?;
        if let Some(trouble) = round.trouble {
            return Err(Failure::Trouble(trouble));
        }
        if round.is_quiet() {
            break;
        }
    }
    Ok(())
}

/// What was due and was not done.
fn failed(numbers: &Snapshot) -> Result<()> {
    let Some(first) = numbers.aside.first() else { return Ok(()) };
    let count = counted(u64::try_from(numbers.aside.len()).unwrap_or(u64::MAX), "step");
    Err(Failure::Refused(format!(
        "{count} could not be done, first {}: {}",
        first.crank.name(),
        first.why
    )))
}

fn summary(page: &Page, numbers: &Snapshot, now: i64) -> Vec<String> {
    let of = |counts: &BTreeMap<Crank, u64>| counts.values().sum::<u64>();
    let mut lines = vec![format!(
        "{} landed in {}, for {} of fees",
        counted(of(&numbers.landed), "step"),
        counted(numbers.rounds, "round"),
        sol(numbers.fees),
    )];
    let mut pairs: Vec<(String, String)> = numbers
        .landed
        .iter()
        .map(|(crank, count)| pair(crank.name(), format::count(*count)))
        .collect();
    let lost = of(&numbers.lost_races);
    if lost > 0 {
        pairs.push(pair("done by others first", format::count(lost)));
    }
    if numbers.retries > 0 {
        pairs.push(pair("tries without an answer", format::count(numbers.retries)));
    }
    if numbers.lag.count > 0 {
        pairs.push(pair("latest", format!("{} after it was due", late(numbers.lag.max_secs))));
    }
    pairs.extend(numbers.aside.iter().map(|aside| {
        pair("refused", format!("{} of {}: {}", aside.crank.name(), aside.subject, aside.why))
    }));
    pairs.extend(numbers.hindrances.iter().map(|it| pair("waits", it.why.clone())));
    if let Some(at) = numbers.next_due_at {
        pairs.push(pair("next is due", when(at, numbers.read_at.max(now))));
    }
    lines.extend(aligned(page, &pairs));
    lines
}

fn late(secs: i64) -> String {
    long_span(u64::try_from(secs).unwrap_or(0))
}

/// What a keeper would send now; sends nothing.
fn plan(context: &Context, scene: &Scene, plan: &Plan) -> Result<()> {
    if context.globals.json {
        let steps: Vec<Value> = plan
            .steps
            .iter()
            .map(|step| {
                json!({
                    "crank": step.crank,
                    "subject": step.subject.to_string(),
                    "why": step.why,
                    "since": step.since,
                })
            })
            .collect();
        context.json(&json!({
            "sent": false,
            "due": steps,
            "hindrances": plan.hindrances,
            "next": plan.next,
        }));
        return Ok(());
    }
    let page = &context.page;
    let count = u64::try_from(plan.steps.len()).unwrap_or(u64::MAX);
    page.line(
        page.strong(&format!("{} due now; nothing was sent (--dry-run)", counted(count, "step"))),
    );
    let mut pairs: Vec<(String, String)> =
        plan.steps.iter().map(|step| pair(step.crank.name(), step.why.clone())).collect();
    pairs.extend(plan.hindrances.iter().map(|it| pair("waits", it.why.clone())));
    if let Some(next) = &plan.next {
        pairs.push(pair("next", format!("{}: {}", when(next.at, scene.now), next.what)));
    }
    for line in aligned(page, &pairs) {
        page.line(line);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
