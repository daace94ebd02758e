//! The slate as it would be settled now: who would be funded, and where the money ends.

use budget_client::ballot::{Choice, unpack};
use budget_words::format;
use community_budget::state::{BudgetEpoch, Entry, Outcome, Treasury, settle_slate};

use crate::{
    context::{Context, Round, Scene},
    quantity::Token,
};

/// A settlement that nobody has asked for: the program's own, on copies.
pub struct Projection {
    /// The entries with outcome, rank, tier and reason.
    pub entries: Vec<Entry>,
    /// Base units that the epoch may award.
    pub cap: u64,
    /// Base units that it would award.
    pub allocated: u64,
    /// Frozen total weight that quorums refer to.
    pub electorate: u64,
}

/// What settlement would decide if voting closed at `now`; of a settled epoch what it did decide.
/// Nothing when the books do not add up.
pub fn project(
    treasury: &Treasury,
    head: &BudgetEpoch,
    slate: &[Entry],
    now: i64,
) -> Option<Projection> {
    let mut entries = slate.to_vec();
    if head.settled_at != 0 {
        let (cap, allocated, electorate) = (head.cap, head.allocated, head.electorate);
        return Some(Projection { entries, cap, allocated, electorate });
    }
    let (mut books, mut head) = (*treasury, *head);
    books.book_trip_end(now).ok()?;
    // Before voting opens nothing is frozen yet: today's total is the best guess.
    let electorate = match books.electorate(head.index) {
        0 => books.total_weight,
        frozen => frozen,
    };
    let limits = books.standing(head.cap, now).ok()?.limits()?;
    let allocation = settle_slate(&mut head, &mut entries, electorate, limits, now).ok()?;
    Some(Projection { entries, cap: head.cap, allocated: allocation.allocated, electorate })
}

impl Projection {
    /// Positions of the entries that passed, best first, then those that did not, by their margin.
    pub fn order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.entries.len()).collect();
        let margin = |entry: &Entry| i128::from(entry.for_) - i128::from(entry.against);
        order.sort_by_key(|at| {
            let entry = &self.entries[*at];
            (entry.rank, std::cmp::Reverse(margin(entry)), *at)
        });
        order
    }

    /// Whether the entry at `index` is, or would be, funded or approved.
    pub fn stands(&self, index: usize) -> bool {
        self.entries.get(index).is_some_and(|entry| {
            [Outcome::Funded, Outcome::Approved, Outcome::Executed]
                .iter()
                .any(|outcome| entry.is(*outcome))
        })
    }
}

/// Why an entry is not funded, in a few words; or that it is.
pub fn verdict(entry: &Entry) -> &'static str {
    let outcomes = [
        (Outcome::Pending, "not decided yet"),
        (Outcome::Withdrawn, "withdrawn by its proposer"),
        (Outcome::NotAccepted, "the recipient never accepted it"),
        (Outcome::Funded, "funded"),
        (Outcome::Executed, "executed"),
        (Outcome::Lapsed, "lapsed: nobody executed it in time"),
        (Outcome::Approved, "approved"),
        (Outcome::Superseded, "another act on the same matter ranks higher"),
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

/// The funding line as lines of text: entries in rank order against the cap, a line where money
/// ends, and below it the rest with their reasons.
pub fn funding_line(
    context: &Context,
    projection: &Projection,
    titles: &dyn Fn(u8) -> String,
    budget: &Token,
    marks: &[(u8, Choice)],
) -> Vec<String> {
    let page = &context.page;
    let order = projection.order();
    let (above, below): (Vec<usize>, Vec<usize>) =
        order.into_iter().partition(|at| projection.stands(*at));
    let widest = projection.entries.iter().map(|entry| entry.amount).max().unwrap_or(1);
    let line = |at: usize| {
        let entry = &projection.entries[at];
        let index = u8::try_from(at).unwrap_or(u8::MAX);
        let mark = match marks.iter().find(|(marked, _)| *marked == index) {
            Some((_, Choice::For)) => "+",
            Some((_, Choice::Against)) => "-",
            Some((_, Choice::Abstain)) => "~",
            _ => " ",
        };
        let amount =
            if entry.is_award() { budget.number(entry.amount) } else { "an act".to_owned() };
        let bar = format::bar(&[('█', entry.amount)], widest, 12, None).replace('·', " ");
        let share = |part| format::percent(part, projection.electorate);
        let text = format!(
            "{mark}{index:>3}  {}  {bar} {amount:>12}  for {:>6}  against {:>6}  {}",
            format::fit(&titles(index), 30),
            share(entry.for_),
            share(entry.against),
            verdict(entry),
        );
        if projection.stands(at) { page.good(&text) } else { page.faint(&text) }
    };
    let mut lines: Vec<String> = above.into_iter().map(line).collect();
    let left = projection.cap.saturating_sub(projection.allocated);
    lines.push(page.strong(&format!(
        "──── funding line: {} of {} awarded, {} left ────",
        budget.number(projection.allocated),
        budget.show(projection.cap),
        budget.number(left),
    )));
    lines.extend(below.into_iter().map(line));
    lines
}

/// Choices as `for 3, 7; against 2`.
pub fn in_words(choices: &[(u8, Choice)]) -> String {
    let list = |wanted: Choice, word: &str| {
        let numbers: Vec<String> = choices
            .iter()
            .filter(|(_, choice)| *choice == wanted)
            .map(|(index, _)| index.to_string())
            .collect();
        (!numbers.is_empty()).then(|| format!("{word} {}", numbers.join(", ")))
    };
    let parts = [
        list(Choice::For, "for"),
        list(Choice::Against, "against"),
        list(Choice::Abstain, "abstain on"),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() { "no choice".to_owned() } else { parts.join("; ") }
}

/// What a ballot would change among those who would be funded: the slate as it would be settled
/// with `new` in place of `old`, each with `weight`.
pub fn with_ballot(
    scene: &Scene,
    round: &Round,
    (old, new): (&[u8], &[u8]),
    weight: u64,
) -> Option<Projection> {
    let mut slate = round.slate.clone();
    for (ballot, adds) in [(old, false), (new, true)] {
        for (index, choice) in unpack(ballot) {
            let entry = slate.get_mut(usize::from(index))?;
            let sum = match choice {
                Choice::For => &mut entry.for_,
                Choice::Against => &mut entry.against,
                Choice::Abstain => &mut entry.abstain,
                Choice::Unmarked => continue,
            };
            *sum = if adds { sum.checked_add(weight)? } else { sum.checked_sub(weight)? };
        }
    }
    project(&scene.treasury, &round.head, &slate, scene.now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ballot_reads_as_words() {
        let choices = [(3, Choice::For), (2, Choice::Against), (7, Choice::For)];
        assert_eq!(in_words(&choices), "for 3, 7; against 2");
        assert_eq!(in_words(&[]), "no choice");
    }

    #[test]
    fn every_reason_of_the_rules_has_its_own_words() {
        let mut entry: Entry = bytemuck::Zeroable::zeroed();
        entry.outcome = Outcome::Failed.into();
        let mut seen = std::collections::HashSet::new();
        for reason in (1..=6).chain(16..=23) {
            entry.reason = reason;
            assert!(seen.insert(verdict(&entry)), "{reason}");
            assert_ne!(verdict(&entry), "not funded", "{reason}");
        }
    }
}
