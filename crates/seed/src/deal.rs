//! Deals choices out to voters until the tallies are what the story says.

use budget_client::ballot::Choice;

use crate::draw;

/// What a ballot says, by slate index; entries without a choice are left out.
pub type Choices = Vec<(u8, Choice)>;

/// What is to be said about one entry, in weight.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Slate index.
    pub entry: u8,
    pub for_: u64,
    pub against: u64,
    pub abstain: u64,
}

/// The ballots of voters of these weights. Each sum comes as close to its target as the weights
/// allow: a voter gets one of the choices that still have room for the whole weight, drawn by how
/// much room each has, the heaviest voters first. Nobody is left with an empty ballot.
pub fn deal(weights: &[u64], targets: &[Target]) -> Vec<Choices> {
    let total: u64 = weights.iter().sum();
    let mut ballots = vec![Choices::new(); weights.len()];
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|voter| (std::cmp::Reverse(weights[*voter]), *voter));
    for target in targets {
        let said = target.for_ + target.against + target.abstain;
        let mut rooms = [
            (Choice::For, target.for_),
            (Choice::Against, target.against),
            (Choice::Abstain, target.abstain),
            (Choice::Unmarked, total.saturating_sub(said)),
        ];
        for voter in &order {
            let words = [&target.entry.to_string(), &voter.to_string()];
            let choice = take_room(&mut rooms, weights[*voter], &["choice", words[0], words[1]]);
            if choice != Choice::Unmarked {
                ballots[*voter].push((target.entry, choice));
            }
        }
    }
    let popular = targets.iter().max_by_key(|target| target.for_);
    for ballot in ballots.iter_mut().filter(|ballot| ballot.is_empty()) {
        ballot.extend(popular.map(|target| (target.entry, Choice::Abstain)));
    }
    ballots
}

/// Takes `weight` out of one of the rooms that it fits into.
fn take_room(rooms: &mut [(Choice, u64); 4], weight: u64, words: &[&str]) -> Choice {
    let fitting = |room: u64| if room >= weight { room } else { 0 };
    let sum: u64 = rooms.iter().map(|(_, room)| fitting(*room)).sum();
    let mut drawn = draw::below(sum, words);
    for (choice, room) in rooms {
        let fits = fitting(*room);
        if drawn < fits {
            *room -= weight;
            return *choice;
        }
        drawn -= fits;
    }
    Choice::Unmarked
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(weights: &[u64], ballots: &[Choices], entry: u8, choice: Choice) -> u64 {
        let said = |ballot: &Choices| ballot.contains(&(entry, choice));
        weights.iter().zip(ballots).filter(|(_, ballot)| said(ballot)).map(|(w, _)| w).sum()
    }

    #[test]
    fn tallies_come_within_the_smallest_weight_of_their_targets() {
        let weights: Vec<u64> = (1..=100).map(|rank| 1_000_000 / rank).collect();
        let target = |entry, for_, against, abstain| Target { entry, for_, against, abstain };
        let everybody = weights.iter().sum();
        let targets = [
            target(0, 2_000_000, 300_000, 100_000),
            target(7, 500_000, 600_000, 0),
            // So that no ballot is empty.
            target(9, 0, 0, everybody),
        ];
        let ballots = deal(&weights, &targets);
        let smallest = 10_000;
        for Target { entry, for_, against, abstain } in targets {
            let sums =
                [(Choice::For, for_), (Choice::Against, against), (Choice::Abstain, abstain)];
            for (choice, wanted) in sums {
                let got = tally(&weights, &ballots, entry, choice);
                assert!(got <= wanted && wanted - got <= smallest, "{entry} {choice:?}: {got}");
            }
        }
        assert_eq!(ballots, deal(&weights, &targets));
    }

    #[test]
    fn nobody_is_left_with_an_empty_ballot() {
        let target = Target { entry: 3, for_: 5, against: 0, abstain: 0 };
        let ballots = deal(&[100, 50, 5], &[target]);
        assert_eq!(ballots[2], [(3, Choice::For)]);
        assert_eq!(ballots[0], [(3, Choice::Abstain)]);
    }
}
