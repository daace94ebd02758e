//! A stream's picture in text: where the money is, what its checkpoints wait for, who acts next.

use budget_words::{format, page::Page};
use community_budget::state::{Health, Review};

use crate::{
    quantity::{Token, long_span, when},
    streams::{Flow, Gate, Lapse, Money},
    view::{aligned, counted, pair},
};

/// What a picture shows. Names are as people know them.
pub struct Picture<'a> {
    /// The stream.
    pub flow: &'a Flow,
    /// Where its money is.
    pub money: Money,
    /// Base units that the outflow limit lets through now.
    pub payable: u64,
    /// When a hold ends without a ruling; only of a held stream.
    pub lapse: Option<Lapse>,
    /// Its reviews that still exist.
    pub reviews: &'a [Review],
    /// Who is paid.
    pub recipient: String,
    /// The token account that is paid.
    pub payout: String,
    /// Who scores; nothing while the role is vacant.
    pub reviewer: Option<String>,
    /// Its category.
    pub category: String,
    /// What it pays in.
    pub budget: &'a Token,
    /// Seconds after their release that claims can be held back at most (P4).
    pub delay_secs: u32,
    /// The network's time.
    pub now: i64,
}

/// Columns of the bar.
const BAR: usize = 48;

impl Picture<'_> {
    /// The whole picture.
    pub fn lines(&self, page: &Page) -> Vec<String> {
        let mut lines = vec![page.strong(&self.headline())];
        lines.extend(self.next());
        lines.extend(aligned(page, &self.facts()));
        lines.push(String::new());
        lines.push(format!("  {}", self.bar()));
        lines.extend(self.amounts());
        let gates = self.flow.gates(self.now);
        if !gates.is_empty() {
            lines.push(String::new());
            lines.push(format!("  {}", page.faint("checkpoints")));
            let numbered = (0u8..).zip(gates);
            lines.extend(numbered.map(|(number, gate)| self.gate(number, gate)));
        }
        lines
    }

    fn headline(&self) -> String {
        let released = self.money.withdrawn.saturating_add(self.money.claimable);
        format!(
            "{}: {} of {} are released to {}",
            self.flow.called(),
            self.budget.number(released),
            self.budget.show(self.flow.stream.total),
            self.recipient,
        )
    }

    fn facts(&self) -> Vec<(String, String)> {
        let stream = &self.flow.stream;
        let mut facts = vec![
            pair("stream", self.flow.key.to_string()),
            pair("category", &self.category),
            pair("pays to", &self.payout),
            pair("began", when(stream.started_at, self.now)),
        ];
        if stream.ended_at != 0 {
            facts.push(pair("ended", when(stream.ended_at, self.now)));
        } else if !self.flow.is_stopped(self.now) {
            facts.push(pair("runs out", when(self.flow.ends_at(), self.now)));
        }
        if stream.cliff_secs > 0 && self.now < self.flow.cliff_at() {
            facts.push(pair("nothing before", when(self.flow.cliff_at(), self.now)));
        }
        if self.flow.is_paused(self.now) {
            let until = when(stream.pause_until, self.now);
            facts.push(pair("paused", format!("its clock stands until {until}, by the guardian")));
        }
        facts
    }

    fn bar(&self) -> String {
        let parts = [
            (PAID, self.money.withdrawn),
            (CLAIMABLE, self.money.claimable),
            (SCHEDULED, self.money.scheduled),
            (HELD, self.money.held),
            (RETURNED, self.money.returned),
        ];
        format::bar(&parts, self.flow.stream.total, BAR, None)
    }

    /// One line for each part of the bar, labelled where it stands.
    fn amounts(&self) -> Vec<String> {
        let money = &self.money;
        let limited = if money.claimable > 0 && self.payable < money.claimable {
            format!(
                "the outflow limit lets {} through now, and the rest {} after its release at the \
                 latest",
                self.budget.show(self.payable),
                long_span(self.delay_secs.into()),
            )
        } else {
            String::new()
        };
        let rows = [
            (PAID, "withdrawn", money.withdrawn, String::new()),
            (CLAIMABLE, "claimable", money.claimable, limited),
            (SCHEDULED, "scheduled", money.scheduled, String::new()),
            (HELD, "held", money.held, String::new()),
            (RETURNED, "returned", money.returned, String::new()),
        ];
        let numbers: Vec<String> =
            rows.iter().map(|(_, _, amount, _)| self.budget.show(*amount)).collect();
        let width = numbers.iter().map(|number| number.chars().count()).max().unwrap_or(0);
        let line = |((glyph, word, _, note), number): (&(char, &str, u64, String), &String)| {
            format!("  {glyph} {word:<9}  {number:>width$}  {note}").trim_end().to_owned()
        };
        rows.iter().zip(&numbers).map(line).collect()
    }

    fn gate(&self, number: u8, gate: Gate) -> String {
        let (mark, words) = match gate {
            Gate::Passed => ('✓', "passed".to_owned()),
            Gate::Ahead { opens_at } => ('·', format!("opens {}", when(opens_at, self.now))),
            Gate::AwaitsUpdate { until } => {
                ('▶', format!("open: the update is due before {}", when(until, self.now)))
            }
            Gate::AwaitsVerdict { until } => {
                ('▶', format!("open: the score is due before {}", when(until, self.now)))
            }
            Gate::Overdue { since } => {
                ('!', format!("the update did not come before {}", when(since, self.now)))
            }
            Gate::Held { since } => {
                ('✗', format!("holds the stream since {}", when(since, self.now)))
            }
            Gate::Behind => ('·', "opens when the stream has gone on".to_owned()),
            Gate::Never => ('·', "never opened".to_owned()),
        };
        let review = self.reviews.iter().find(|review| review.checkpoint == number);
        let said = review.map(|review| format!("; {}", reported(review, self.budget)));
        format!("  {mark} {number:>2}  {words}{}", said.unwrap_or_default())
    }

    /// What happens next, and who can do it.
    fn next(&self) -> Vec<String> {
        let mut sentences = Vec::new();
        let stream = &self.flow.stream;
        if self.money.claimable > 0 {
            sentences.push(format!(
                "{} can be claimed now: anyone may send it (`budget stream withdraw {}`).",
                self.budget.show(self.money.claimable),
                self.flow.place(),
            ));
        }
        if stream.is_finished() {
            sentences.push(self.closing());
        } else if stream.ended_at != 0 {
            sentences.push("It has ended; nothing more is released.".to_owned());
        } else {
            sentences.push(self.waits_for());
        }
        sentences
    }

    fn closing(&self) -> String {
        let place = self.flow.place();
        match self.flow.stream.open_reviews {
            0 => format!(
                "Everything is paid or returned: anyone may close it (`budget stream close {place}`), \
                 and its rent goes back to who paid it."
            ),
            open => format!(
                "Everything is paid or returned: anyone may close its {} (`budget review close \
                 {place} K`), then the stream.",
                counted(open.into(), "review"),
            ),
        }
    }

    fn waits_for(&self) -> String {
        let place = self.flow.place();
        let Some((number, gate)) = self.flow.open_gate(self.now) else {
            let end = self.flow.ends_at();
            return if self.now < end {
                format!("It runs on by itself until {}.", when(end, self.now))
            } else {
                "Its time is over.".to_owned()
            };
        };
        match gate {
            Gate::Ahead { opens_at } => format!(
                "It runs on by itself until checkpoint {number} opens {}; then {} has {} to file an \
                 update.",
                when(opens_at, self.now),
                self.recipient,
                long_span(self.flow.stream.window_secs.into()),
            ),
            Gate::AwaitsUpdate { until } => format!(
                "It waits for {}, who files the update on checkpoint {number} before {} (`budget \
                 review update {place}`); after that anyone may hold the stream.",
                self.recipient,
                when(until, self.now),
            ),
            Gate::AwaitsVerdict { until } => {
                let until = when(until, self.now);
                match &self.reviewer {
                    Some(reviewer) => format!(
                        "It waits for the reviewer {reviewer}, who scores the update on checkpoint \
                         {number} before {until} (`budget review score {place} {number} SCORE`); \
                         without a score it passes by itself."
                    ),
                    None => format!(
                        "Nobody holds the reviewer's role: checkpoint {number} passes by itself \
                         {until}."
                    ),
                }
            }
            Gate::Overdue { .. } => format!(
                "The update on checkpoint {number} did not come: anyone may hold the stream \
                 (`budget stream hold {place}`)."
            ),
            Gate::Held { .. } | Gate::Behind => self.hold(),
            Gate::Passed | Gate::Never => "Nothing is waited for.".to_owned(),
        }
    }

    fn hold(&self) -> String {
        let place = self.flow.place();
        let end = match self.lapse {
            Some(lapse) if lapse.at <= self.now => {
                format!("No vote ruled in time: anyone may end it (`budget stream lapse {place}`).")
            }
            Some(lapse) if lapse.epoch.is_some() => {
                format!("Without one anyone may end it from {} on.", when(lapse.at, self.now))
            }
            Some(lapse) => format!(
                "Without one anyone may end it once an epoch that opened after the hold had its \
                 time to rule, and from {} on in any case.",
                when(lapse.at, self.now)
            ),
            None => String::new(),
        };
        format!("It is held: a vote may resume, reduce or cancel it (`budget propose`). {end}")
            .trim_end()
            .to_owned()
    }
}

const PAID: char = '█';
const CLAIMABLE: char = '▓';
const SCHEDULED: char = '░';
const HELD: char = '╱';
const RETURNED: char = '×';

/// How the recipient sees the work, in words.
pub fn health(health: Health) -> &'static str {
    match health {
        Health::OnTrack => "on track",
        Health::AtRisk => "at risk",
        Health::OffTrack => "off track",
    }
}

/// A review in a few words.
pub fn reported(review: &Review, budget: &Token) -> String {
    let spent = budget.show(review.spent);
    let report = format!("reported {}, {spent} spent", health(review.health));
    match review.scored {
        0 => report,
        _ => format!("{report}; scored {}", format::bps(review.score_bps)),
    }
}

#[cfg(test)]
mod tests;
