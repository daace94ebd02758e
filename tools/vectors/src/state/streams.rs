//! Streams over their life, and what claims are paid.

use bytemuck::Zeroable;
use community_budget::state::{Policy, Ruling, Stream, Treasury};
use serde_json::Value;

use super::NOW;
use crate::{
    Section,
    accounts::stored,
    addresses::{community, key},
    dice::Dice,
    json::hex,
    object,
};

const DAY: i64 = 86_400;
const DELAY: u32 = 3 * 86_400;

pub fn sections() -> Vec<Section> {
    let streams = streams();
    vec![
        Section::new("streams", streams.iter().map(look).collect()),
        Section::new("claims", claims(&streams)),
    ]
}

fn fresh(total: u64, days: u32, cliff_days: u32, checkpoints: u8) -> Stream {
    let mut stream = Stream::zeroed();
    stream.version = 1;
    stream.treasury = community().treasury;
    stream.proposal = key(50);
    stream.recipient = key(51);
    stream.total = total;
    stream.rest = total;
    stream.started_at = NOW;
    stream.duration_secs = days * 86_400;
    stream.cliff_secs = cliff_days * 86_400;
    stream.window_secs = 7 * 86_400;
    stream.grace_secs = 5 * 86_400;
    stream.pass_bps = 6_000;
    stream.floor_bps = 3_000;
    stream.checkpoints = checkpoints;
    stream.ruling_epoch = u32::MAX;
    stream
}

/// A stream and the moment of the last thing that befell it.
pub struct Moment {
    stream: Stream,
    at: i64,
}

/// Streams after everything that can befall one, by the program's own transitions.
fn streams() -> Vec<Moment> {
    let mut all = Vec::new();
    let mut note = |stream: &Stream, at: i64| all.push(Moment { stream: *stream, at });
    let day = |days: i64| NOW + days * DAY;
    // Plain; with a cliff.
    note(&fresh(1_000_003, 30, 0, 0), day(3));
    let mut cliff = fresh(999_999_999_999, 90, 20, 2);
    note(&cliff, day(19));
    cliff.pay(7).unwrap();
    // At the first checkpoint: open, overdue, filed, passed by silence.
    note(&cliff, day(30));
    cliff.file_update(day(31)).unwrap();
    note(&cliff, day(31));
    // Scored in part; then paused; then held; then reduced, which resumes it; then cancelled.
    let mut life = cliff;
    life.score(4_500, day(33)).unwrap();
    note(&life, day(33));
    life.pause(2 * 86_400, 7 * 86_400, day(40)).unwrap();
    note(&life, day(41));
    life.file_update(day(64)).unwrap();
    life.score(1_000, day(65)).unwrap();
    note(&life, day(66));
    life.rule(Ruling::Reduce { keep_bps: 6_000 }, day(70)).unwrap();
    note(&life, day(72));
    let mut cancelled = life;
    cancelled.rule(Ruling::Cancel, day(80)).unwrap();
    note(&cancelled, day(81));
    // Held because the recipient kept silent, and resumed much later.
    let mut held = fresh(5_000_000, 60, 0, 3);
    held.hold_overdue(day(23)).unwrap();
    note(&held, day(23));
    held.rule(Ruling::Resume { checkpoint: 0 }, day(50)).unwrap();
    note(&held, day(51));
    // Reduced to what is out already, and that paid: finished with a checkpoint open.
    let mut cut = fresh(1_000, 60, 0, 3);
    cut.rule(Ruling::Reduce { keep_bps: 1 }, day(10)).unwrap();
    note(&cut, day(10));
    cut.pay(cut.released(day(10)).unwrap()).unwrap();
    note(&cut, day(15));
    // Paid out to the last unit.
    let mut paid = fresh(10, 10, 0, 0);
    paid.pay(10).unwrap();
    note(&paid, day(10));
    all
}

fn name(stream: &Stream, now: i64) -> Value {
    object! { now: now, is: stream.stage(now).ok() }
}

fn look(Moment { stream, at }: &Moment) -> Value {
    let offsets = [0, 1, DAY, 5 * DAY, 5 * DAY + 1, 8 * DAY, 30 * DAY, 400 * DAY];
    let looks = offsets.map(|offset| {
        let now = at + offset;
        let stage = name(stream, now);
        let mut present = *stream;
        present.pass_by_silence(now).unwrap();
        object! {
            now: now, stage: stage, as_of: present, released: present.released(now).ok(),
            claimable: present.claimable(now).ok(), overdue: present.overdue(now, DELAY).ok(),
        }
    });
    object! { data: hex(&stored(stream, &[])), delay_secs: DELAY, looks: looks }
}

/// Claims from an outflow bucket that holds little.
fn claims(streams: &[Moment]) -> Vec<Value> {
    let mut dice = Dice::new(18);
    let mut cases = Vec::new();
    for Moment { stream, at } in streams {
        let mut treasury = Treasury::zeroed();
        treasury.version = 1;
        treasury.in_force = Policy::default();
        treasury.bucket_capacity = dice.amount(1 << 40);
        treasury.bucket_level = dice.upto(treasury.bucket_capacity / 4);
        treasury.bucket_at = at - dice.upto(86_400) as i64;
        let mut claims = Vec::new();
        for offset in [0, 2 * DAY, 9 * DAY] {
            let now = at + offset;
            let mut present = *stream;
            present.pass_by_silence(now).unwrap();
            let claimable = present.claimable(now).unwrap();
            let pays = { treasury }.draw(claimable, now, |delay| present.overdue(now, delay));
            claims.push(object! { now: now, pays: pays.ok() });
        }
        cases.push(object! {
            treasury: hex(&stored(&treasury, &[])), address: community().treasury,
            stream: hex(&stored(stream, &[])), claims: claims,
        });
    }
    cases
}
