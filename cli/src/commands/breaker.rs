//! `budget breaker`: what stops executions, and how near it is.

mod gauges;

use anchor_lang::prelude::Pubkey;
use budget_rules::standstill::PauseAllowance;
use clap::Subcommand;
use community_budget::state::{Role, Stream, TripCause};
use serde_json::json;

pub use gauges::Gauges;

use crate::{
    act::Act,
    context::Context,
    exit::{Failure, Result},
    quantity::{long_span, span, when},
    roles::SIGN_AT_ONCE,
    streams::{Flow, StreamName, foreseen},
};

/// The breaker and the pauses.
#[derive(Subcommand)]
pub enum BreakerCommand {
    /// How much may leave the vault, how far the breaker is from tripping, what is paused.
    Show,
    /// Block awards and changes of policy, when the treasury loses or drains too fast. Anyone may.
    Trip,
    /// Block awards and changes of policy for a while, within the policy's allowance. The guardian.
    Pause {
        /// For how long, for example 3d.
        #[arg(value_parser = span)]
        span: u32,
    },
    /// Stop one stream's accrual for a while; what is released stays claimable. The guardian.
    PauseStream {
        /// The stream: its address, its proposal's number, or epoch and entry as in 3/7.
        stream: StreamName,
        /// For how long, for example 3d.
        #[arg(value_parser = span)]
        span: u32,
    },
}

/// `budget breaker ...`.
pub fn run(context: &Context, command: BreakerCommand) -> Result<()> {
    match command {
        BreakerCommand::Show => show(context),
        BreakerCommand::Trip => trip(context),
        BreakerCommand::Pause { span } => pause(context, span),
        BreakerCommand::PauseStream { stream, span } => pause_stream(context, stream, span),
    }
}

fn show(context: &Context) -> Result<()> {
    let scene = context.scene()?;
    let gauges = Gauges::of(&scene.treasury, scene.now)?;
    if context.globals.json {
        context.json(&gauges.json());
        return Ok(());
    }
    let guardian = scene.treasury.holder(Role::Guardian);
    let guardian = if *guardian == Pubkey::default() {
        "nobody, as there is no guardian,".to_owned()
    } else {
        format!("the guardian {}", context.name(guardian)?)
    };
    for line in gauges.lines(&context.page, &scene.budget, &guardian) {
        context.page.line(line);
    }
    Ok(())
}

fn trip(context: &Context) -> Result<()> {
    let scene = context.scene()?;
    let payer = context.payer(&context.actor()?)?;
    let gauges = Gauges::of(&scene.treasury, scene.now)?;
    let cause = may_trip(&gauges)?;
    let because = match cause {
        TripCause::Drawdown => format!(
            "{} is left of {}, and less than {} trips it",
            scene.budget.number(gauges.value),
            scene.budget.show(gauges.high_water),
            scene.budget.show(gauges.least)
        ),
        TripCause::Outflow => format!(
            "{} was awarded and {} came in, with too little left",
            scene.budget.number(gauges.outflow),
            scene.budget.show(gauges.inflow)
        ),
    };
    let secs = scene.treasury.in_force.breaker.trip_secs;
    let until = scene.now.saturating_add(secs.into());
    let act = Act::open_to_anyone("Trip the breaker", payer)
        .change("because", because)
        .change("blocks", "every award and every change of policy")
        .change("until", when(until, scene.now))
        .exact(json!({
            "treasury": scene.key.to_string(),
            "cause": gauges::cause_name(cause),
            "until": until,
        }))
        .note(
            "It takes nothing from anybody: what streams have released stays claimable. Only a vote \
             ends it sooner.",
        )
        .instruction(scene.community.trip_breaker());
    context.perform(Act { asks: true, ..act }).map(drop)
}

/// Why the breaker may be tripped.
///
/// # Errors
/// Exit code `input`, with what stands against it.
fn may_trip(gauges: &Gauges) -> Result<TripCause> {
    if let Some((_, until)) = gauges.trip {
        return Err(Failure::input(format!(
            "the breaker has tripped already; that ends {}.",
            when(until, gauges.now)
        )));
    }
    if let Some(at) = gauges.rests_until {
        return Err(Failure::input(format!(
            "the breaker rests after its last trip; it can trip again from {}.",
            when(at, gauges.now)
        )));
    }
    gauges.cause.ok_or_else(|| {
        Failure::input(
            "none of the breaker's conditions holds: nothing was lost or drained beyond the policy's \
             limits (`budget breaker show` has the figures).",
        )
    })
}

fn pause(context: &Context, secs: u32) -> Result<()> {
    let scene = context.scene()?;
    let guardian = context.actor()?;
    let payer = context.payer(&guardian)?;
    context.require_role(&scene.treasury, Role::Guardian, &guardian.key, "pause executions")?;
    let gauges = Gauges::of(&scene.treasury, scene.now)?;
    may_pause(&gauges, secs)?;
    let until = scene.now.saturating_add(secs.into());
    let left = gauges.allowance_secs.saturating_sub(secs);
    let renewed_at = until.saturating_add(PauseAllowance::SPAN_SECS);
    let title = format!("Pause executions for {}", long_span(secs.into()));
    let act = Act::open_to_anyone(title, payer)
        .change("blocks", "every award and every change of policy")
        .change("until", when(until, scene.now))
        .change(
            "allowance",
            format!(
                "{} -> {}; whole again {}",
                long_span(gauges.allowance_secs.into()),
                long_span(left.into()),
                when(renewed_at, scene.now)
            ),
        )
        .exact(json!({ "treasury": scene.key.to_string(), "secs": secs, "until": until }))
        .note(format!(
            "It cannot be ended early, and it stops no stream; the time to execute awards is prolonged \
             by it. {SIGN_AT_ONCE}"
        ))
        .instruction(scene.community.pause_executions(guardian.key, secs));
    context.perform(Act { actors: vec![guardian], asks: true, ..act }).map(drop)
}

/// Refuses a pause that is none.
///
/// # Errors
/// Exit code `input`.
fn some_time(secs: u32) -> Result<()> {
    if secs == 0 {
        return Err(Failure::input("a pause must last longer than 0 seconds."));
    }
    Ok(())
}

/// Refuses a pause that the allowance does not cover.
///
/// # Errors
/// Exit code `input`, with what is left.
fn may_pause(gauges: &Gauges, secs: u32) -> Result<()> {
    some_time(secs)?;
    if let Some(until) = gauges.paused_until {
        return Err(Failure::input(format!(
            "executions are paused already, and pauses do not overlap; this one ends {}.",
            when(until, gauges.now)
        )));
    }
    if secs > gauges.allowance_secs {
        return Err(Failure::input(format!(
            "{} is more than the guardian may pause for: {}.",
            long_span(secs.into()),
            gauges.allowance()
        )));
    }
    Ok(())
}

fn pause_stream(context: &Context, name: StreamName, secs: u32) -> Result<()> {
    let scene = context.scene()?;
    let guardian = context.actor()?;
    let payer = context.payer(&guardian)?;
    context.require_role(&scene.treasury, Role::Guardian, &guardian.key, "pause a stream")?;
    let flow = Flow::find(context.network()?, &scene, name)?;
    let limit = scene.treasury.in_force.breaker.guardian_pause_secs;
    let left = limit.saturating_sub(flow.stream.pause_used_secs);
    let after = paused(&flow.stream, secs, limit, scene.now)?;
    let claimable = flow.money(scene.now)?.claimable;
    let title = format!("Pause {} for {}", flow.called(), long_span(secs.into()));
    let act = Act::open_to_anyone(title, payer)
        .change("stops", "what the stream would release from now on; its deadlines move with it")
        .change("until", when(after.pause_until, scene.now))
        .change("stays claimable", scene.budget.show(claimable))
        .change(
            "allowance",
            format!(
                "{} -> {} in the stream's whole life",
                long_span(left.into()),
                long_span(left.saturating_sub(secs).into())
            ),
        )
        .exact(json!({
            "stream": flow.key.to_string(),
            "secs": secs,
            "until": after.pause_until,
            "claimable": claimable,
        }))
        .note(format!("It cannot be ended early, and nothing is lost by it. {SIGN_AT_ONCE}"))
        .instruction(scene.community.pause_stream(guardian.key, flow.key, secs));
    context.perform(Act { actors: vec![guardian], asks: true, ..act }).map(drop)
}

/// A stream as the program would pause it, within its `limit` of seconds.
///
/// # Errors
/// Exit code `input`, with what is left or the program's refusal.
fn paused(stream: &Stream, secs: u32, limit: u32, now: i64) -> Result<Stream> {
    some_time(secs)?;
    let left = limit.saturating_sub(stream.pause_used_secs);
    if secs > left {
        return Err(Failure::input(format!(
            "{} is more than this stream may be paused for: {} of {} are left in its whole life.",
            long_span(secs.into()),
            long_span(left.into()),
            long_span(limit.into())
        )));
    }
    let mut after = *stream;
    foreseen(after.pause(secs, limit, now))?;
    Ok(after)
}

#[cfg(test)]
mod tests {
    use bytemuck::Zeroable;
    use community_budget::state::{Policy, Treasury};

    use super::*;

    const NOW: i64 = 1_767_571_200;
    const DAY: u32 = 86_400;

    fn books() -> Treasury {
        let mut books = Treasury::zeroed();
        books.in_force = Policy::default();
        (books.tracked, books.high_water) = (1_000, 1_000);
        books
    }

    fn gauges(books: &Treasury) -> Gauges {
        Gauges::of(books, NOW).unwrap()
    }

    #[test]
    fn a_breaker_trips_only_when_a_condition_holds_and_once() {
        let refused = |books: &Treasury| may_trip(&gauges(books)).unwrap_err().to_string();
        let mut books = books();
        assert!(refused(&books).starts_with("none of the breaker's conditions holds"));
        books.tracked = 699;
        assert_eq!(may_trip(&gauges(&books)).unwrap(), TripCause::Drawdown);
        books.trip(NOW).unwrap();
        assert!(refused(&books).contains("tripped already; that ends Mon 12 Jan 2026"));
        books.clear_breaker(NOW).unwrap();
        books.tracked = 0;
        assert!(refused(&books).contains("rests after its last trip"));
    }

    #[test]
    fn a_pause_lasts_fits_its_allowance_and_does_not_overlap() {
        let refused =
            |books: &Treasury, secs| may_pause(&gauges(books), secs).unwrap_err().to_string();
        let mut books = books();
        assert!(refused(&books, 0).contains("longer than 0 seconds"));
        assert!(may_pause(&gauges(&books), 7 * DAY).is_ok());
        let beyond = refused(&books, 7 * DAY + 1);
        assert!(beyond.ends_with("may pause for: 7 days in any 90 days."), "{beyond}");
        books.pause_executions(DAY, NOW).unwrap();
        assert!(refused(&books, DAY).contains("pauses do not overlap; this one ends Tue 6 Jan"));
    }

    #[test]
    fn a_stream_is_paused_within_its_own_allowance_and_by_the_programs_rules() {
        let mut stream = Stream::zeroed();
        (stream.started_at, stream.duration_secs) = (NOW - 10, 90 * DAY);
        (stream.total, stream.rest) = (1_000, 1_000);
        let refused =
            |stream: &Stream, secs| paused(stream, secs, 7 * DAY, NOW).unwrap_err().to_string();
        assert!(refused(&stream, 0).contains("longer than 0 seconds"));
        assert!(refused(&stream, 7 * DAY + 1).contains("7 days of 7 days are left"));
        let after = paused(&stream, 2 * DAY, 7 * DAY, NOW).unwrap();
        assert_eq!((after.pause_until, after.pause_used_secs), (NOW + 172_800, 2 * DAY));
        assert!(refused(&after, 6 * DAY).contains("5 days of 7 days are left"));
        assert!(refused(&after, DAY).contains("PausedRecently"));
    }
}
