//! Where the tests by substitution begin: two treasuries with the same members, brought to the same
//! point at the same second, so that every account has a sibling that only its parent tells apart.
//!
//! Entry 0 of each round is Alice's ask, with one review; entry 1 is Bob's, in a risk category.
//! Acts follow.

use budget_tests::*;
use community_budget::state::Action;

/// Base units staked by the three voters.
const STAKES: [u64; 3] = [600, 300, 100];
/// What Alice and Bob ask for: at most 1 % of the funds.
pub const ASK: u64 = 5_000_000;
/// Category of Bob's ask.
pub const RISK_CATEGORY: u8 = 1;

/// Who acts, in both treasuries.
pub struct Cast {
    pub voters: Vec<Person>,
    pub alice: Person,
    pub bob: Person,
}

impl Cast {
    fn of(w: &mut World) -> Self {
        let voters = STAKES.map(|_| w.person()).into();
        Self { voters, alice: w.person(), bob: w.person() }
    }

    /// Stakes and records in the world's treasury.
    fn join(&self, w: &mut World) {
        let lock = w.treasury().policy.stake.min_lock_secs;
        for (voter, amount) in self.voters.iter().zip(STAKES) {
            w.open_stake(voter, lock).unwrap();
            w.stake(voter, amount).unwrap();
        }
        for person in [&self.alice, &self.bob] {
            w.open_recipient_record(person.key()).unwrap();
        }
    }

    /// Opens the next epoch and fills its slate.
    fn open_round(&self, w: &mut World, acts: Vec<Action>) {
        w.open_next_epoch();
        w.submit(&self.alice, &Ask::with_reviews(ASK, 60, 1)).unwrap();
        let risky = Ask { category: RISK_CATEGORY, ..Ask::of(ASK) };
        w.submit(&self.bob, &risky).unwrap();
        for act in acts {
            w.submit_action(&self.bob, act).unwrap();
        }
    }

    /// Everybody votes for everything.
    fn vote(&self, w: &mut World) {
        let count = w.epoch(w.current()).entry_count;
        let choices: Vec<_> = (0..count).map(|index| (index, For)).collect();
        for voter in &self.voters {
            w.cast(voter, &choices).unwrap();
        }
    }
}

/// A policy under which everything can happen: rewards, and a risk category.
fn policy() -> Policy {
    let mut policy = test_policy();
    policy.budget.reward_bps = 1_000;
    policy.risk.categories[usize::from(RISK_CATEGORY)].class = 2;
    policy.risk.categories[usize::from(RISK_CATEGORY)].exposure_limit_bps = 10_000;
    policy
}

/// One of two treasuries: its addresses, and who holds its roles.
struct Side {
    community: Community,
    guardian: Person,
    reviewer: Person,
    risk_reporter: Person,
}

impl Side {
    fn of(w: &World) -> Self {
        Self {
            community: w.community,
            guardian: w.guardian.clone(),
            reviewer: w.reviewer.clone(),
            risk_reporter: w.risk_reporter.clone(),
        }
    }

    fn take(&self, w: &mut World) {
        w.community = self.community;
        w.guardian = self.guardian.clone();
        w.reviewer = self.reviewer.clone();
        w.risk_reporter = self.risk_reporter.clone();
    }
}

/// Two treasuries in one SVM, with the same members and different holders of the roles.
pub struct Twins {
    /// Acts on the first.
    pub w: World,
    pub cast: Cast,
    /// The other, then the first.
    sides: [Side; 2],
}

impl Twins {
    /// Both treasuries exist, with funds and members.
    pub fn new() -> Self {
        let setup = Setup { policy: policy(), ..Setup::default() };
        let mut w = World::with(setup.clone());
        let cast = Cast::of(&mut w);
        let (own, own_founder) = (Side::of(&w), w.founder.clone());
        w.founder = w.person();
        w.community.treasury = Community::treasury_address(&w.founder.key(), 0);
        (w.guardian, w.reviewer, w.risk_reporter) = (w.person(), w.person(), w.person());
        w.create_treasury(&setup).unwrap();
        let depositor = std::mem::replace(&mut w.founder, own_founder);
        w.deposit(&depositor, setup.funds).unwrap();
        let sides = [Side::of(&w), own];
        let mut twins = Self { w, cast, sides };
        twins.each(|w, cast| cast.join(w));
        twins
    }

    /// `act` in both treasuries.
    pub fn each(&mut self, act: impl Fn(&mut World, &Cast)) {
        for side in &self.sides {
            side.take(&mut self.w);
            act(&mut self.w, &self.cast);
        }
    }

    /// The next round's slate is filled; submission is open.
    pub fn submission(mut self, acts: impl Fn(&World) -> Vec<Action>) -> Self {
        self.each(|w, cast| cast.open_round(w, acts(w)));
        self
    }

    /// Everybody has voted.
    pub fn voted(mut self) -> Self {
        self.w.to_voting();
        self.each(|w, cast| cast.vote(w));
        self
    }

    /// Everything is funded or approved, this very second.
    pub fn settled(mut self) -> Self {
        self.w.to_tallying();
        self.each(|w, _| drop(w.settle().unwrap()));
        self
    }

    /// The same, past all timelocks.
    pub fn executable(mut self) -> Self {
        self.w.to_execution(self.w.current());
        self
    }

    /// Both asks stream since this very second.
    pub fn streaming(mut self) -> Self {
        self.each(|w, _| {
            let epoch = w.current();
            w.execute(epoch, 0).unwrap();
            w.execute(epoch, 1).unwrap();
        });
        self
    }

    pub fn advance(mut self, secs: i64) -> Self {
        self.w.svm.advance(secs);
        self
    }
}

/// A round in submission, without acts.
pub fn submission() -> Twins {
    Twins::new().submission(|_| Vec::new())
}

/// A round past its timelocks, with one act.
pub fn executable(act: impl Fn(&World) -> Action) -> Twins {
    Twins::new().submission(|w| vec![act(w)]).voted().settled().executable()
}

/// A round whose asks stream.
pub fn streaming() -> Twins {
    submission().voted().settled().executable().streaming()
}

/// A single treasury in `w` whose first round is past its timelocks.
pub fn executable_in(mut w: World) -> World {
    let cast = Cast::of(&mut w);
    cast.join(&mut w);
    cast.open_round(&mut w, Vec::new());
    w.to_voting();
    cast.vote(&mut w);
    w.to_tallying();
    w.settle().unwrap();
    w.to_execution(0);
    w
}

/// The same, streaming.
pub fn streaming_in(w: World) -> World {
    let mut w = executable_in(w);
    w.execute(0, 0).unwrap();
    w.execute(0, 1).unwrap();
    w
}

/// Another token account of the budget mint at a fresh address.
pub fn token_account(w: &mut World, owner: &Person) -> anchor_lang::prelude::Pubkey {
    let key = w.person().key();
    let Community { budget_token_program, budget_mint, .. } = w.community;
    token::put_token_account(&mut w.svm, key, budget_token_program, budget_mint, owner.key(), 0);
    key
}
