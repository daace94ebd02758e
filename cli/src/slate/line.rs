//! The funding line as text: entries in rank order against the cap, a line where money ends, and
//! below it the rest with their reasons.

use budget_client::ballot::Choice;
use budget_rules::{bps::share_ceil, outcome::Thresholds};
use budget_words::{format, page::Page};
use community_budget::state::{Entry, Outcome, Phase};

use super::{Projection, matter, quorum_bps, reason};
use crate::{context::Context, quantity::Token, view};

const CAP_CELLS: usize = 14;
const PRESENCE_CELLS: usize = 10;
const APPROVAL_CELLS: usize = 8;

/// How a slate is shown.
pub struct Look<'a> {
    /// Where.
    pub page: &'a Page,
    /// What the entries are called.
    pub titles: &'a dyn Fn(u8) -> String,
    /// What awards are paid in.
    pub budget: &'a Token,
}

/// The funding line with one line for each entry; `marks` are one voter's choices.
pub fn funding_line(
    context: &Context,
    projection: &Projection,
    titles: &dyn Fn(u8) -> String,
    budget: &Token,
    marks: &[(u8, Choice)],
) -> Vec<String> {
    let look = Look { page: &context.page, titles, budget };
    let share = |part| format::percent(part, projection.electorate);
    split(&look, projection, |at| {
        let entry = &projection.entries[at];
        let mark = match marks.iter().find(|(marked, _)| usize::from(*marked) == at) {
            Some((_, Choice::For)) => "+",
            Some((_, Choice::Against)) => "-",
            Some((_, Choice::Abstain)) => "~",
            _ => " ",
        };
        let text = format!(
            "{mark}{}  for {:>6}  against {:>6}  {}",
            head(&look, projection, at),
            share(entry.for_),
            share(entry.against),
            reason(projection, at, budget),
        );
        vec![paint(&look, projection, at, &text)]
    })
}

/// The funding line with all that decides: tier, matter, who took part against the quorum, who is in
/// favour against what is needed, and the reason of each entry that is not funded.
pub fn picture(look: &Look<'_>, projection: &Projection) -> Vec<String> {
    let thresholds = projection.head.policy.thresholds(projection.electorate);
    let widest = projection.entries.iter().map(presence).max().unwrap_or(0);
    let needed = thresholds.as_ref().and_then(|all| all.tiers.get(2)).map_or(0, |tier| tier.quorum);
    let scale = widest.max(needed);
    let heading = format!(
        "{:>4}  {:<30} {:>12}  {}",
        "#",
        "",
        look.budget.symbol,
        format_args!("0 {} cap", "─".repeat(CAP_CELLS.saturating_sub(4))),
    );
    let mut lines = vec![look.page.faint(&heading)];
    lines.extend(split(look, projection, |at| {
        let words = match projection.phase {
            Phase::Submission => standing(&projection.entries[at]).to_owned(),
            _ => reason(projection, at, look.budget),
        };
        let text = format!(" {}  {words}", head(look, projection, at));
        let mut lines = vec![paint(look, projection, at, &text)];
        let entry = &projection.entries[at];
        let judged = [Outcome::Withdrawn, Outcome::NotAccepted].iter().all(|it| !entry.is(*it))
            || projection.phase == Phase::Submission && !entry.is(Outcome::Withdrawn);
        if let Some(thresholds) = thresholds.as_ref().filter(|_| judged) {
            let details = details(projection, at, thresholds, scale);
            lines.push(look.page.faint(&format!("      {details}")));
        }
        lines
    }));
    lines
}

/// What an entry waits for while proposals are taken.
fn standing(entry: &Entry) -> &'static str {
    if entry.is(Outcome::Withdrawn) {
        "withdrawn by its proposer"
    } else if entry.flags & community_budget::state::flags::ACCEPTED != 0 {
        "stands for election"
    } else {
        "waits for its recipient to accept it"
    }
}

/// Number, title, amount and place in the cap.
fn head(look: &Look<'_>, projection: &Projection, at: usize) -> String {
    let entry = &projection.entries[at];
    let index = u8::try_from(at).unwrap_or(u8::MAX);
    let title = format::fit(&(look.titles)(index), 30);
    if !entry.is_award() {
        return format!("{index:>3}  {title} {:>12}  {}│", "an act", " ".repeat(CAP_CELLS));
    }
    let cap = projection.cap;
    let ranked = entry.rank != Entry::UNRANKED;
    let taken = if ranked { projection.taken_before(at).0 } else { 0 };
    let room = cap.saturating_sub(taken);
    let full = projection.was_chosen(at)
        || (projection.phase == Phase::Submission && !entry.is(Outcome::Withdrawn));
    let glyph = if full { '█' } else { '░' };
    let bar = format::bar(&[('·', taken), (glyph, entry.amount.min(room))], cap, CAP_CELLS, None);
    let end = if entry.amount > room { '»' } else { '│' };
    let amount = look.budget.number(entry.amount);
    format!("{index:>3}  {title} {amount:>12}  {bar}{end}")
}

fn details(projection: &Projection, at: usize, thresholds: &Thresholds, scale: u64) -> String {
    let entry = &projection.entries[at];
    let policy = &projection.head.policy;
    let about = matter(policy, entry);
    let tier = match projection.phase {
        // Nothing is judged yet: the tier of what its recipient asks for so far.
        Phase::Submission => {
            let asked = projection.entries.get(usize::from(entry.leader));
            let asked = asked.map_or(0, |leader| leader.recipient_ask).max(entry.amount);
            entry.judged_tier(asked, &projection.head.limits())
        }
        _ => budget_rules::outcome::Tier::try_from(entry.tier).ok(),
    };
    let own = tier.and_then(|tier| thresholds.tiers.get(usize::from(u8::from(tier))));
    let (Some(tier), Some(own)) = (tier, own) else {
        return format!("no tier admits it · {about}");
    };
    let name = view::tier(tier.into());
    if projection.phase == Phase::Submission {
        return format!(
            "{name} · {about} · needs {} taking part and {} in favour",
            format::bps(own.quorum_bps),
            format::bps(own.approval_bps)
        );
    }
    let tally = entry.tally();
    let quorum_bps = quorum_bps(policy, &tally, tier).unwrap_or(own.quorum_bps);
    let quorum = share_ceil(projection.electorate, quorum_bps).unwrap_or(u64::MAX);
    let present = presence(entry);
    let tick = |holds| if holds { "✓" } else { "✗" };
    let parts = [('█', tally.for_), ('▒', tally.against), ('░', tally.abstain)];
    let took_part = format!(
        "took part {} {} of {} {}",
        format::bar(&parts, scale.max(quorum), PRESENCE_CELLS, Some(quorum)),
        format::percent(present, projection.electorate),
        format::bps(quorum_bps),
        tick(present >= quorum && present > 0),
    );
    let decided = tally.for_.saturating_add(tally.against);
    let needed = share_ceil(decided, own.approval_bps).unwrap_or(decided);
    let favour = format!(
        "in favour {} {} of {} {}",
        format::bar(&parts[..2], decided, APPROVAL_CELLS, Some(needed)),
        format::percent(tally.for_, decided),
        format::bps(own.approval_bps),
        tick(decided > 0 && tally.for_ >= needed),
    );
    format!("{name} · {about} · {took_part} · {favour}")
}

fn presence(entry: &Entry) -> u64 {
    let tally = entry.tally();
    tally.for_.saturating_add(tally.against).saturating_add(tally.abstain)
}

/// What stands, the line, and what does not. While proposals are taken there is no such line.
fn split(
    look: &Look<'_>,
    projection: &Projection,
    line: impl Fn(usize) -> Vec<String>,
) -> Vec<String> {
    let order = projection.order();
    if projection.phase == Phase::Submission {
        return order.into_iter().flat_map(line).collect();
    }
    let (above, below): (Vec<usize>, Vec<usize>) =
        order.into_iter().partition(|at| projection.stands(*at));
    let mut lines: Vec<String> = above.into_iter().flat_map(&line).collect();
    let left = projection.cap.saturating_sub(projection.allocated);
    lines.push(look.page.strong(&format!(
        "──── funding line: {} of {} {}awarded, {} left ────",
        look.budget.number(projection.allocated),
        look.budget.show(projection.cap),
        if projection.settled { "" } else { "would be " },
        look.budget.number(left),
    )));
    lines.extend(below.into_iter().flat_map(line));
    lines
}

fn paint(look: &Look<'_>, projection: &Projection, at: usize, text: &str) -> String {
    match projection.phase {
        Phase::Submission => text.to_owned(),
        _ if projection.stands(at) => look.page.good(text),
        _ => look.page.faint(text),
    }
}

#[cfg(test)]
mod tests {
    use community_budget::state::ActionKind;

    use super::*;
    use crate::slate::{
        project,
        tests::{ask, epoch, projected},
    };

    fn drawn(projection: &Projection) -> Vec<String> {
        let budget = Token { decimals: 0, symbol: "USDC".to_owned() };
        let titles = |index| format!("ask {index}");
        picture(&Look { page: &Page::new(), titles: &titles, budget: &budget }, projection)
    }

    #[test]
    fn the_picture_ranks_draws_the_line_and_gives_reasons() {
        let mut act = ask(3, 0, 700, 0);
        act.action = ActionKind::ClearBreaker.into();
        act.category = community_budget::state::targets::BREAKER;
        let slate = [ask(0, 100, 200, 0), ask(1, 300, 900, 100), ask(2, 300, 10, 0), act];
        let lines = drawn(&projected(&slate));
        assert_eq!(
            lines,
            [
                "   #                                         USDC  0 ────────── cap",
                "   1  ask 1                                   300  ████··········│  would be funded",
                "      medium · general · took part █│███████▒ 100.0 % of 10 % ✓ · in favour ████│██▒ \
             90.0 % of 60 % ✓",
                "   3  ask 3                                an act                │  would be approved",
                "      constitutional · breaker · took part ██│████··· 70.0 % of 20 % ✓ · in favour \
             █████│██ 100.0 % of 66.67 % ✓",
                "   0  ask 0                                   100  ····█·········│  would be funded",
                "      small · general · took part │█········ 20.0 % of 3 % ✓ · in favour ████│███ \
             100.0 % of 50.01 % ✓",
                "──── funding line: 400 of 1,000 USDC would be awarded, 600 left ────",
                "   2  ask 2                                   300  ░░░░··········│  1.0 % took part, \
             10 % needed",
                "      medium · general · took part █│········ 1.0 % of 10 % ✗ · in favour ████│███ \
             100.0 % of 60 % ✓",
            ]
        );
    }

    #[test]
    fn what_is_too_much_sticks_out_of_the_cap() {
        let slate: Vec<Entry> = (0..4u8).map(|at| ask(at, 300, 900 - u64::from(at), 0)).collect();
        let lines = drawn(&projected(&slate));
        let over = lines.iter().find(|line| line.contains("ask 3")).unwrap();
        assert!(over.contains("············░░»  passes, but 200 too much"), "{over}");
    }

    #[test]
    fn while_proposals_are_taken_nothing_is_judged() {
        let (treasury, mut head) = epoch();
        let mut slate = [ask(0, 300, 0, 0), ask(1, 5, 0, 0), ask(2, 5, 0, 0)];
        slate[1].flags = 0;
        slate[2].outcome = Outcome::Withdrawn.into();
        head.entry_count = 3;
        let lines = drawn(&project(&treasury, &head, &slate, head.opened_at).unwrap());
        let text = lines.join("\n");
        assert!(!text.contains("funding line"), "{text}");
        for words in [
            "stands for election",
            "medium · general · needs 10 % taking part and 60 % in favour",
            "waits for its recipient to accept it",
            "withdrawn by its proposer",
        ] {
            assert!(text.contains(words), "{words}: {text}");
        }
    }
}
