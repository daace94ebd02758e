//! A stream by the book: a list of parts, when its clock stood, and what happened to it. Nothing is
//! overwritten: what had been released at any past moment can still be asked (P4).

use budget_tests::DAY;
use community_budget::state::{ReviewSection, Stream};

/// What a stream is at one moment of its life.
#[derive(Clone, Debug)]
pub struct Course {
    started_at: i64,
    duration: i64,
    cliff: i64,
    review: ReviewSection,
    /// Base units of each part, less what reviews and rulings took.
    parts: Vec<u64>,
    /// Checkpoints passed.
    passed: usize,
    /// When the guardian stopped the clock. `[from, until)`, unix seconds.
    pauses: Vec<(i64, i64)>,
    /// Seconds that rulings set the clock back by.
    set_back: i64,
    /// Base units that stay released whatever the clock shows.
    floor: u64,
    /// Clock seconds at which the last checkpoint passed.
    last_passed: i64,
    /// Clock seconds of the update that waits for its verdict.
    filed: Option<i64>,
    /// Unix seconds since when it is held.
    held_at: Option<i64>,
    /// Unix seconds at which it ended, and the base units released then.
    ended: Option<(i64, u64)>,
}

impl Course {
    /// Seconds on the stream's clock at `at`.
    fn clock(&self, at: i64) -> i64 {
        let stood = |(from, until): &(i64, i64)| (at.min(*until) - from).max(0);
        at - self.started_at - self.set_back - self.pauses.iter().map(stood).sum::<i64>()
    }

    /// The first unix second at which the clock shows `secs`, not later than `by`.
    fn reached(&self, secs: i64, by: i64) -> i64 {
        let (mut early, mut late) = (self.started_at - 1, by);
        while late - early > 1 {
            let middle = early + (late - early) / 2;
            if self.clock(middle) >= secs { late = middle } else { early = middle }
        }
        late
    }

    /// Clock seconds at which part `part` begins.
    fn begins(&self, part: usize) -> i64 {
        let (part, parts) =
            (i64::try_from(part).unwrap(), i64::try_from(self.parts.len()).unwrap());
        self.duration * part / parts
    }

    /// Clock seconds at which the open checkpoint passes by the reviewer's silence.
    fn silence_ends(&self) -> Option<i64> {
        self.filed.map(|filed| filed + i64::from(self.review.grace_secs))
    }

    fn passed_at(&self, at: i64) -> usize {
        let silent = self.silence_ends().is_some_and(|end| self.clock(at) >= end);
        self.passed + usize::from(silent)
    }

    /// Base units released by `at`.
    fn released(&self, at: i64) -> u64 {
        if let Some((_, kept)) = self.ended {
            return kept;
        }
        let clock = self.clock(at);
        if clock < self.cliff.max(0) {
            return self.floor;
        }
        let part = self.passed_at(at);
        let finished: u64 = self.parts[..part].iter().sum();
        let length = self.begins(part + 1) - self.begins(part);
        let elapsed = clock - self.begins(part);
        let accrued = if elapsed >= length {
            self.parts[part]
        } else {
            let (amount, elapsed) = (i128::from(self.parts[part]), i128::from(elapsed.max(0)));
            u64::try_from(amount * elapsed / i128::from(length)).unwrap()
        };
        self.floor.max(finished + accrued)
    }

    fn net(&self) -> u64 {
        self.parts.iter().sum()
    }
}

/// What the first checkpoint that has not passed waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waits {
    /// Nothing is left, or it is held or over.
    Nothing,
    /// The part before it.
    Time,
    /// The recipient.
    Update,
    /// The reviewer.
    Verdict,
    /// The recipient let the window pass.
    Hold,
}

/// A stream, its past and what it paid.
#[derive(Clone, Debug)]
pub struct StreamBook {
    present: Course,
    /// Its course until each moment.
    past: Vec<(i64, Course)>,
    /// Unix seconds at which what it releases changed its course, pauses aside.
    bends: Vec<i64>,
    pub total: u64,
    pub withdrawn: u64,
    pub returned: u64,
    pub is_risk: bool,
    pub ruled_at: i64,
    pub pause_used: i64,
}

impl StreamBook {
    /// Begins with the terms that were voted on.
    pub fn new(stream: &Stream, review: ReviewSection, is_risk: bool) -> Self {
        let parts = u128::from(stream.checkpoints) + 1;
        let until = |part: u128| u64::try_from(u128::from(stream.total) * part / parts).unwrap();
        let present = Course {
            started_at: stream.started_at,
            duration: i64::from(stream.duration_secs),
            cliff: i64::from(stream.cliff_secs),
            review,
            parts: (0..parts).map(|part| until(part + 1) - until(part)).collect(),
            passed: 0,
            pauses: Vec::new(),
            set_back: 0,
            floor: 0,
            last_passed: 0,
            filed: None,
            held_at: None,
            ended: None,
        };
        Self {
            present,
            past: Vec::new(),
            bends: Vec::new(),
            total: stream.total,
            withdrawn: 0,
            returned: 0,
            is_risk,
            ruled_at: 0,
            pause_used: 0,
        }
    }

    /// Base units released by `at`, which may lie in the past or, if nothing happens, ahead.
    pub fn released(&self, at: i64) -> u64 {
        let then = self.past.iter().find(|(until, _)| at < *until).map(|(_, course)| course);
        then.unwrap_or(&self.present).released(at)
    }

    /// Whether reviews or rulings changed its course after `since`.
    pub fn has_bent_since(&self, since: i64) -> bool {
        self.bends.iter().any(|at| *at > since)
    }

    /// Base units that it pays in all, if nothing else happens.
    pub fn net(&self) -> u64 {
        self.present.ended.map_or_else(|| self.present.net(), |(_, kept)| kept)
    }

    pub fn is_held(&self) -> bool {
        self.present.held_at.is_some()
    }

    pub fn held_at(&self) -> i64 {
        self.present.held_at.unwrap_or(0)
    }

    pub fn ended_at(&self) -> i64 {
        self.present.ended.map_or(0, |(at, _)| at)
    }

    /// Checkpoints that have passed by `at`, by the reviewer's silence too.
    pub fn passed(&self, at: i64) -> u8 {
        u8::try_from(self.present.passed_at(at)).unwrap()
    }

    /// What it waits for at `at`.
    pub fn waits(&self, at: i64) -> Waits {
        let mut course = self.present.clone();
        pass_by_silence(&mut course, at);
        let is_last = course.passed + 1 >= course.parts.len();
        if is_last || course.held_at.is_some() || course.ended.is_some() {
            return Waits::Nothing;
        }
        if course.filed.is_some() {
            return Waits::Verdict;
        }
        let opens = opens(&course);
        let closes = opens + i64::from(course.review.window_secs);
        match course.clock(at) {
            clock if clock < opens => Waits::Time,
            clock if clock < closes => Waits::Update,
            _ => Waits::Hold,
        }
    }

    /// Moments ahead at which something changes, if nothing else happens.
    pub fn moments(&self, now: i64) -> Vec<i64> {
        let mut course = self.present.clone();
        pass_by_silence(&mut course, now);
        let far = now + 10_000 * DAY;
        let opens = opens(&course);
        let mut clocks = vec![course.duration, course.cliff, opens];
        clocks.push(opens + i64::from(course.review.window_secs));
        clocks.extend(course.silence_ends());
        let mut moments: Vec<i64> =
            clocks.into_iter().map(|clock| course.reached(clock, far)).collect();
        moments.extend(course.pauses.last().map(|(_, until)| *until));
        moments
    }

    /// Changes its course at `now`, which is when the change takes effect.
    fn change(&mut self, now: i64, change: impl FnOnce(&mut Course)) {
        self.past.push((now, self.present.clone()));
        change(&mut self.present);
    }

    /// Books what the reviewer's silence brought about, if it did.
    pub fn pass_by_silence(&mut self, now: i64) {
        let before = self.present.clone();
        if let Some(at) = pass_by_silence(&mut self.present, now) {
            self.past.push((at, before));
            self.bends.push(at);
        }
    }

    pub fn file(&mut self, now: i64) {
        self.pass_by_silence(now);
        self.change(now, |course| course.filed = Some(course.clock(now)));
    }

    /// Books a verdict and returns the base units that it gives back.
    pub fn score(&mut self, score: u16, now: i64) -> u64 {
        self.pass_by_silence(now);
        let (pass, floor) = (self.present.review.pass_bps, self.present.review.floor_bps);
        let mut back = 0;
        self.change(now, |course| {
            course.filed = None;
            if score < floor {
                course.held_at = Some(now);
                return;
            }
            course.last_passed = course.clock(now);
            course.passed += 1;
            if score < pass {
                let begins: u64 = course.parts[..course.passed].iter().sum();
                let part = &mut course.parts[course.passed];
                let open = (begins + *part).saturating_sub(begins.max(course.floor));
                let kept = u128::from(open) * u128::from(score) / u128::from(pass);
                back = open - u64::try_from(kept).unwrap();
                *part -= back;
            }
        });
        if score >= floor {
            self.bends.push(now);
        }
        self.returned += back;
        back
    }

    /// Books a hold as of when the update was due, and returns that moment.
    pub fn hold(&mut self, now: i64) -> i64 {
        self.pass_by_silence(now);
        let course = &self.present;
        let closes = opens(course) + i64::from(course.review.window_secs);
        let at = course.reached(closes, now);
        self.change(now, |course| course.held_at = Some(at));
        at
    }

    /// Lets a held stream go on from its checkpoint. What is released stays released.
    pub fn resume(&mut self, now: i64) {
        self.change(now, |course| {
            course.floor = course.released(now);
            course.held_at = None;
            course.passed += 1;
            course.last_passed = course.begins(course.passed);
            course.set_back += course.clock(now) - course.last_passed;
        });
        self.bends.push(now);
    }

    /// Books a reduction to `keep_bps` of what is unreleased and returns the base units that it gives
    /// back. How the rest is spread is the program's choice, which `check` holds to R8; it is taken
    /// from the account as it is `after`.
    pub fn reduce(&mut self, keep_bps: u16, after: &Stream, now: i64) -> u64 {
        self.pass_by_silence(now);
        let released = self.present.released(now);
        let open = self.present.net() - released;
        let kept = u64::try_from(u128::from(open) * u128::from(keep_bps) / 10_000).unwrap();
        let held = self.is_held();
        let part = self.present.passed;
        self.change(now, |course| {
            course.floor = released;
            course.parts = spread(after, part, held);
        });
        assert_eq!(self.present.net(), released + kept, "R8: a reduction keeps its share");
        assert_eq!(self.present.released(now), released, "P4: a reduction releases nothing anew");
        let later = &self.present.parts[part + 1..];
        let (least, most) = (later.iter().min(), later.iter().max());
        let even = least.zip(most).is_none_or(|(least, most)| most - least <= 1);
        assert!(even, "R8: a reduction spreads evenly: {:?}", self.present.parts);
        self.bends.push(now);
        if held {
            self.resume(now);
        }
        self.returned += open - kept;
        open - kept
    }

    /// Ends it and returns the base units that it gives back.
    pub fn end(&mut self, now: i64) -> u64 {
        self.pass_by_silence(now);
        let kept = self.present.released(now);
        let back = self.present.net() - kept;
        self.change(now, |course| {
            course.ended = Some((now, kept));
            course.held_at = None;
            course.filed = None;
        });
        self.bends.push(now);
        self.returned += back;
        back
    }

    pub fn pause(&mut self, secs: u32, now: i64) {
        self.pass_by_silence(now);
        self.change(now, |course| course.pauses.push((now, now + i64::from(secs))));
        self.pause_used += i64::from(secs);
    }

    /// Holds the account against the book: as it is stored, and in what it releases now and later.
    pub fn check(&self, key: &anchor_lang::prelude::Pubkey, account: &Stream, now: i64) {
        let course = &self.present;
        let own = (self.total, self.withdrawn, self.returned);
        assert_eq!((account.total, account.withdrawn, account.returned), own, "books of {key}");
        assert_eq!(usize::from(account.passed), course.passed, "checkpoints of {key}");
        assert_eq!(account.update_filed != 0, course.filed.is_some(), "update of {key}");
        assert_eq!((account.held_at, account.ended_at), (self.held_at(), self.ended_at()), "{key}");
        assert_eq!(account.ruled_at, self.ruled_at, "ruling on {key}");
        assert_eq!(i64::from(account.pause_used_secs), self.pause_used, "pauses of {key}");
        assert_eq!(self.total - self.returned, self.net(), "what {key} pays in all");
        let end = course.started_at + course.duration;
        for at in [now, now + 1, now + DAY, now + 9 * DAY, end, end + 99 * DAY] {
            let mut later = *account;
            if at >= now {
                later.pass_by_silence(at).unwrap();
                assert_eq!(later.released(at).unwrap(), course.released(at), "{key} at {at}");
            }
        }
    }
}

/// Clock seconds at which the open checkpoint's window begins.
fn opens(course: &Course) -> i64 {
    course.begins((course.passed + 1).min(course.parts.len())).max(course.last_passed)
}

/// Passes the open checkpoint if the reviewer's time is over, and returns when it was.
fn pass_by_silence(course: &mut Course, now: i64) -> Option<i64> {
    let end = course.silence_ends().filter(|end| course.clock(now) >= *end)?;
    course.filed = None;
    course.last_passed = end;
    course.passed += 1;
    Some(course.reached(end, now))
}

/// The parts that an account's plan spreads the rest over, when `part` was the last begun.
fn spread(after: &Stream, part: usize, held: bool) -> Vec<u64> {
    let count = usize::from(after.checkpoints) + 1;
    let base = usize::from(after.base_part);
    let until = |part: usize| {
        let (done, of) = (part.saturating_sub(base), count - base);
        let share = u128::from(after.rest) * u128::try_from(done).unwrap();
        after.base_amount + u64::try_from(share / u128::try_from(of).unwrap()).unwrap()
    };
    let mut parts: Vec<u64> = (0..count).map(|part| until(part + 1) - until(part)).collect();
    // What comes before the base is one lump.
    parts[0] += after.base_amount;
    // Passing on to the next part moves what scaling took from this one to the finished parts.
    let taken = if held { after.reduced_before } else { after.part_reduction };
    parts[part] -= taken;
    parts
}
