//! The way out: from wherever the walk stops, time and what anybody may do finish everything.

use anchor_lang::prelude::Pubkey;
use budget_tests::*;
use community_budget::state::{Entry, Phase};

use super::Walk;
use crate::books::stream::Waits;

impl Walk {
    /// Settles the current epoch, if it is not settled.
    fn settle_current(&mut self) {
        let c = self.w.community;
        if let Some(header) = self.accounts.current(&c).map(|epoch| epoch.header)
            && header.settled_at == 0
        {
            self.travel_to(header.voting_closes_at);
            assert_eq!(header.phase(self.now()), Phase::Tallying);
            self.must("settle_epoch", c.settle_epoch(header.index));
        }
    }

    /// Nobody votes for nine epochs: whoever missed eight of them can be marked dormant, whatever
    /// else there is.
    pub fn fall_quiet(&mut self) {
        let (c, stranger) = (self.w.community, self.people[13].key());
        for _ in 0..9 {
            self.settle_current();
            let books = &self.accounts.treasury;
            let period = i64::from(books.policy.schedule.period_secs);
            let (index, opens) = (books.epoch_count, books.last_opened_at + period);
            self.travel_to(opens);
            self.must("open_epoch", c.open_epoch(stranger, index));
        }
        self.settle_current();
        let settled = self.accounts.treasury.settled_epochs();
        let stakes: Vec<_> = self.accounts.stakes.values().copied().collect();
        for stake in stakes.iter().filter(|stake| stake.dormant == 0) {
            self.must("mark_dormant", c.mark_dormant(stake.owner, settled));
        }
        assert_eq!(self.accounts.treasury.total_weight, 0, "R2: everybody sleeps");
    }

    /// I24 From wherever the walk stops, time and permissionless instructions pay and close every
    /// stream, review, record, proposal and epoch; nothing stays committed, reserved or bonded.
    pub fn wind_up(&mut self) {
        self.settle_current();
        for (epoch, index) in self.accounts.slots(Entry::awaits_execution) {
            self.resolve(epoch, index);
        }
        let streams: Vec<Pubkey> = self.accounts.streams.keys().copied().collect();
        for key in streams {
            self.finish(key);
        }
        self.close_slates();
        let books = &self.accounts.treasury;
        let promised = (books.committed, books.reserved_funds, books.bonded);
        assert_eq!(promised, (0, 0, 0), "I24: nothing stays promised");
        let pending = books.positions.iter().all(|position| position.pending == 0);
        assert!(pending, "I24: no position stays promised");
        self.leave();
        let left = self.accounts.raw.values().filter(|a| a.owner == community_budget::ID).count();
        let history = self.accounts.records.len();
        assert_eq!(left, history + 1, "I24: the treasury and its history are left");
    }

    /// Executes an entry that waits for it, or lets it lapse.
    fn resolve(&mut self, epoch: u32, index: u8) {
        let c = self.w.community;
        let header = self.accounts.epochs[&c.epoch(epoch)].header;
        let entry = self.accounts.epochs[&c.epoch(epoch)].slate[usize::from(index)];
        let name = self.execution_of(epoch, index);
        let execute = self.dice.chance(60);
        self.travel_to(header.executable_at(entry.tier).unwrap());
        let reaches = ["execute_award", "execute_set_policy"].contains(&name);
        while reaches && self.books.treasury.is_blocked(self.now()) {
            self.travel_to(self.now() + 3_600);
        }
        if execute && self.books.within_grace(&header, self.now()) {
            let instruction = self.execution_at(name, epoch, index);
            // Awards always go through; an act may find its target changed or gone.
            if name == "execute_award" {
                self.must(name, instruction);
                return;
            } else if self.step(name, instruction, true) {
                return;
            }
        }
        while self.books.within_grace(&header, self.now()) {
            self.travel_to(self.now() + DAY);
        }
        self.must("lapse_proposal", c.lapse_proposal(epoch, index));
    }

    /// Brings a stream to its end, whoever keeps silent, pays it out and closes it.
    fn finish(&mut self, key: Pubkey) {
        let c = self.w.community;
        let stream = self.accounts.streams[&key];
        loop {
            let (now, book) = (self.now(), &self.books.streams[&key]);
            let over = book.ended_at() > 0 || book.released(now) == book.net();
            if over && book.waits(now) == Waits::Nothing {
                break;
            }
            if book.is_held() {
                let at = book.held_at() + 180 * DAY;
                self.travel_to(at);
                self.must("lapse_stream", c.lapse_stream(key, stream.recipient, None));
            } else if book.waits(now) == Waits::Hold {
                self.must("hold_stream", c.hold_stream(key, stream.recipient));
            } else {
                let next = book.moments(now).into_iter().filter(|at| *at > now).min();
                self.travel_to(next.expect("a stream that is not over has something ahead"));
            }
        }
        let book = &self.books.streams[&key];
        if book.withdrawn < book.net() {
            // P4: what has waited for the longest delay is paid at once, whatever the bucket holds.
            self.travel_to(self.now() + 7 * DAY);
            let own = c.budget_account(&stream.recipient);
            if self.blocked.contains(&own) {
                // Only who froze it can thaw it; no program pays a frozen account.
                self.freeze(own, false);
                self.look();
            }
            let blocked = self.blocked.contains(&stream.payout_account);
            let payout = if blocked { own } else { stream.payout_account };
            let shown = blocked.then_some(stream.payout_account);
            self.must("withdraw_stream", c.withdraw_stream(key, payout, shown));
        }
        let own = |(_, review): &(&Pubkey, &community_budget::state::Review)| review.stream == key;
        let reviews = self.accounts.reviews.iter().filter(own);
        let reviews: Vec<_> = reviews.map(|(_, r)| (r.checkpoint, r.rent_payer)).collect();
        for (checkpoint, payer) in reviews {
            self.must("close_review", c.close_review(key, checkpoint, payer));
        }
        let close = c.close_stream(key, stream.recipient, stream.rent_payer);
        self.must("close_stream", close);
    }

    fn close_slates(&mut self) {
        let c = self.w.community;
        // Whoever could not be paid a reward or a bond has had the time that there is.
        let headers: Vec<_> = self.accounts.epochs.values().map(|epoch| epoch.header).collect();
        let claims_end = headers.iter().filter_map(|header| header.claims_end_at()).max();
        self.travel_to(claims_end.unwrap_or(0));
        let records: Vec<_> = self.accounts.ballots.values().map(|b| b.record).collect();
        for record in records {
            let epoch = self.accounts.epochs[&record.epoch].header.index;
            let close = c.close_vote_record(epoch, record.owner, record.rent_payer);
            self.must("close_vote_record", close);
        }
        let proposals: Vec<_> = self.accounts.proposals.values().cloned().collect();
        for p in proposals {
            let epoch = self.accounts.epochs[&p.epoch].header.index;
            let close = c.close_proposal(epoch, p.index, p.proposer, p.rent_payer);
            self.must("close_proposal", close);
        }
        for header in headers {
            if header.reward_pool > header.rewards_paid && self.dice.chance(50) {
                self.must("reclaim_rewards", c.reclaim_rewards(header.index));
            }
            self.must("close_epoch", c.close_epoch(header.index, header.rent_payer));
        }
    }

    /// I25 Nobody can lock another out: every staker leaves with all tokens.
    fn leave(&mut self) {
        let c = self.w.community;
        for account in std::mem::take(&mut self.blocked) {
            self.freeze(account, false);
        }
        self.look();
        let stakes: Vec<_> = self.accounts.stakes.values().copied().collect();
        for stake in stakes.iter().filter(|stake| stake.amount > 0) {
            self.must("request_unstake", c.request_unstake(stake.owner, stake.amount));
        }
        let until = self.accounts.stakes.values().map(|stake| stake.cooling_until).max();
        self.travel_to(until.unwrap_or(0));
        for stake in stakes {
            let tokens = c.stake_token_account(&stake.owner);
            if !stake.is_empty() {
                let before = self.accounts.tokens(&tokens);
                self.must("withdraw_unstaked", c.withdraw_unstaked(stake.owner, tokens));
                let back = self.accounts.tokens(&tokens) - before;
                assert_eq!(back, stake.amount + stake.cooling, "I25: {} leaves", stake.owner);
            }
            self.must("close_stake", c.close_stake(stake.owner, stake.rent_payer));
        }
        let books = &self.accounts.treasury;
        assert_eq!((books.staked, books.total_weight), (0, 0), "I25: no stake is left behind");
        if self.books.donated[0] > 0 {
            self.must("absorb_surplus", c.absorb_surplus());
        }
        let books = &self.accounts.treasury;
        assert_eq!(self.accounts.tokens(&books.vault), books.tracked, "I24: all funds are free");
    }
}
