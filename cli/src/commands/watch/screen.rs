//! The watched epoch on a terminal: one frame that is drawn over itself.

use std::{
    io::{Write, stdout},
    time::{Duration, Instant},
};

use budget_words::{format, page::Page};
use community_budget::state::Phase;
use dialoguer::console::{Term, truncate_str};

use super::tally::Tally;
use crate::{quantity::when, slate::Projection, view::counted};

/// How long a row that changed stays marked.
const MARKED: Duration = Duration::from_secs(3);
/// Lines of a frame around the rows of the funding line.
const FRAME_ROWS: usize = 5;
/// Rows of the funding line that are shown however small the terminal is.
const LEAST_ROWS: usize = 3;

/// How the connection is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Health {
    /// Slots come in.
    Live {
        /// The last one.
        slot: u64,
    },
    /// Nothing has come yet, and it is not yet time to wonder.
    Connecting,
    /// Nothing has come for too long.
    Stale {
        /// For how long.
        secs: u64,
        /// What the last try ran into.
        why: String,
    },
}

/// What a frame is drawn from.
pub struct Scenery<'a> {
    /// Where colours come from.
    pub page: &'a Page,
    /// The epoch.
    pub tally: &'a Tally,
    /// The rows of its funding line, in the order of [`order`].
    pub rows: Vec<String>,
    /// How the connection is.
    pub health: &'a Health,
    /// The network's time.
    pub now: i64,
}

/// Entries whose tally changed lately.
#[derive(Default)]
pub struct Marks(Vec<(u8, Instant)>);

impl Marks {
    /// Marks `entries` from `now` on.
    pub fn add(&mut self, entries: &[u8], now: Instant) {
        self.0.retain(|(entry, _)| !entries.contains(entry));
        self.0.extend(entries.iter().map(|entry| (*entry, now)));
    }

    fn has(&self, entry: usize, now: Instant) -> bool {
        self.0.iter().any(|(marked, since)| {
            usize::from(*marked) == entry && now.saturating_duration_since(*since) < MARKED
        })
    }
}

/// One line on what the epoch is doing.
pub fn headline(tally: &Tally, now: i64) -> String {
    let head = &tally.head;
    let doing = match head.phase(now) {
        Phase::Submission => {
            format!("proposals are taken until voting opens {}", when(head.voting_opens_at, now))
        }
        Phase::Voting => format!("voting closes {}", when(head.voting_closes_at, now)),
        Phase::Tallying => {
            format!("voting is over: anyone may settle it (`budget epoch settle {}`)", head.index)
        }
        Phase::Settled => format!("settled {}", when(head.settled_at, now)),
    };
    format!("Epoch {} · {doing}", head.index)
}

/// One line on who took part.
pub fn turnout(tally: &Tally) -> String {
    let share = format::percent(tally.head.turnout, tally.electorate());
    format!("{}, {share} of all weight", counted(tally.head.ballot_count, "ballot"))
}

/// One line on who took part and how the connection is; doubt comes first.
fn condition(scenery: &Scenery<'_>) -> String {
    let turnout = turnout(scenery.tally);
    match scenery.health {
        Health::Live { slot } => {
            let live = format!("live, slot {}", format::count(*slot));
            format!("{turnout} · {}", scenery.page.faint(&live))
        }
        Health::Connecting => format!("{turnout} · {}", scenery.page.faint("connecting")),
        Health::Stale { secs, why } => {
            let stale =
                format!("STALE: no slot for {secs} seconds, so this may be old; trying again");
            format!("{} ({why}) · {turnout}", scenery.page.bad(&stale))
        }
    }
}

/// The entry of each row of the funding line, from the top; nothing for the line itself.
pub fn order(projection: &Projection) -> Vec<Option<usize>> {
    let order = projection.order();
    if projection.phase == Phase::Submission {
        return order.into_iter().map(Some).collect();
    }
    let (above, below): (Vec<usize>, Vec<usize>) =
        order.into_iter().partition(|at| projection.stands(*at));
    above.into_iter().map(Some).chain([None]).chain(below.into_iter().map(Some)).collect()
}

/// The frame, at most `height` high: what does not fit is counted, and what is nearest to the
/// funding line is kept.
pub fn frame(scenery: Scenery<'_>, marks: &Marks, at: Instant, height: usize) -> Vec<String> {
    let page = scenery.page;
    let mut lines = vec![
        page.strong(&headline(scenery.tally, scenery.now)),
        condition(&scenery),
        String::new(),
    ];
    match &scenery.tally.projection {
        None => {
            lines.push("The treasury's books do not add up: nothing can be foreseen.".to_owned())
        }
        Some(projection) if projection.entries.is_empty() => {
            lines.push("  The slate is empty: nobody has proposed anything yet.".to_owned());
        }
        Some(projection) => {
            let order = order(projection);
            let middle = order.iter().position(Option::is_none).unwrap_or(0);
            let rows = scenery.rows.into_iter().zip(order).map(|(text, entry)| {
                let is_marked = entry.is_some_and(|entry| marks.has(entry, at));
                let mark = if is_marked { page.strong("●") } else { " ".to_owned() };
                format!("{mark} {text}")
            });
            let room = height.saturating_sub(FRAME_ROWS).max(LEAST_ROWS);
            lines.extend(window(rows.collect(), middle, room));
        }
    }
    lines.push(String::new());
    lines.push(page.faint("Ctrl-C ends."));
    lines
}

/// At most `room` of `lines`, around the one at `middle`; the first and the last say how many are
/// left out beyond them.
fn window(lines: Vec<String>, middle: usize, room: usize) -> Vec<String> {
    if lines.len() <= room {
        return lines;
    }
    let from = middle.saturating_sub(room / 2).min(lines.len() - room);
    let (mut above, mut below) = (from, lines.len() - from - room);
    let mut shown: Vec<String> = lines.into_iter().skip(from).take(room).collect();
    let last = shown.len() - 1;
    if above > 0 {
        above += 1;
        shown[0] = format!("  … {above} more above");
    }
    if below > 0 {
        below += 1;
        shown[last] = format!("  … {below} more below");
    }
    shown
}

/// A terminal on which a frame is drawn over the one before.
pub struct Screen {
    term: Term,
    drawn: usize,
}

impl Screen {
    /// Standard output, if it is a terminal that can be drawn on.
    pub fn new() -> Option<Self> {
        let term = Term::stdout();
        term.is_term().then_some(Self { term, drawn: 0 })
    }

    /// Rows that a frame may have: one less than the terminal, or the last line break would scroll.
    pub fn rows(&self) -> usize {
        usize::from(self.term.size().0).saturating_sub(1).max(FRAME_ROWS + LEAST_ROWS)
    }

    /// Draws `lines` over the last frame, in one write so that nothing flickers.
    pub fn draw(&mut self, lines: &[String]) {
        let width = usize::from(self.term.size().1);
        let mut text = self.start();
        for line in lines {
            text.push_str(&truncate_str(line, width, "…"));
            text.push_str("\u{1b}[K\n");
        }
        text.push_str("\u{1b}[J");
        self.drawn = lines.len();
        put(&text);
    }

    /// Writes a line above the frame, where it stays; the frame is to be drawn anew.
    pub fn say(&mut self, line: &str) {
        let text = format!("{}\u{1b}[J{line}\n", self.start());
        self.drawn = 0;
        put(&text);
    }

    fn start(&self) -> String {
        if self.drawn == 0 { String::new() } else { format!("\u{1b}[{}A\r", self.drawn) }
    }
}

/// A reader who closed the pipe has seen enough: that is no error.
fn put(text: &str) {
    let mut out = stdout().lock();
    let _ = out.write_all(text.as_bytes());
    let _ = out.flush();
}

#[cfg(test)]
mod tests;
