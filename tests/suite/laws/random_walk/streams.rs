//! What recipients, reviewers and everybody else do about streams.

use anchor_lang::{prelude::Pubkey, solana_program::instruction::Instruction};
use budget_client::address;
use community_budget::{
    FileUpdateArgs, ScoreUpdateArgs,
    state::{Health, Role},
};

use super::{Walk, acts::SPANS};
use crate::books::stream::{StreamBook, Waits};

impl Walk {
    /// Streams that `wanted` likes.
    pub fn streams(&self, wanted: impl Fn(&StreamBook) -> bool) -> Vec<Pubkey> {
        let liked = self.books.streams.iter().filter(|(_, book)| wanted(book));
        liked.map(|(key, _)| *key).collect()
    }

    /// A stream for which an instruction makes sense, mostly.
    fn stream_for(&mut self, name: &str) -> Option<Pubkey> {
        let now = self.now();
        let waits = |for_: Waits| move |book: &StreamBook| book.waits(now) == for_;
        let liked = match name {
            "file_update" => self.streams(waits(Waits::Update)),
            "score_update" => self.streams(waits(Waits::Verdict)),
            "hold_stream" => self.streams(waits(Waits::Hold)),
            "lapse_stream" => self.streams(StreamBook::is_held),
            "withdraw_stream" => self.streams(|book| book.released(now) > book.withdrawn),
            "close_stream" => self.streams(|book| book.withdrawn + book.returned == book.total),
            "close_review" => {
                let open = self.accounts.streams.iter().filter(|(_, s)| s.open_reviews > 0);
                open.map(|(key, _)| *key).collect()
            }
            _ => Vec::new(),
        };
        let all = self.streams(|_| true);
        let from = if self.dice.chance(85) && !liked.is_empty() { liked } else { all };
        self.dice.maybe(&from)
    }

    pub fn of_stream(&mut self, name: &'static str) -> Instruction {
        let c = self.w.community;
        let Some(key) = self.stream_for(name) else {
            let nobody = self.anyone();
            return self.without_a_stream(name, nobody);
        };
        let stream = self.accounts.streams[&key];
        let recipient = if self.dice.chance(96) { stream.recipient } else { self.anyone() };
        let passed = self.books.streams[&key].passed(self.now());
        match name {
            "file_update" => {
                let args = FileUpdateArgs {
                    checkpoint: if self.dice.chance(95) { passed } else { passed + 1 },
                    health: self.dice.pick(&[Health::OnTrack, Health::AtRisk, Health::OffTrack]),
                    spent: self.amount(stream.total),
                    evidence_hash: [u8::try_from(self.dice.below(256)).unwrap(); 32],
                    evidence_uri: "u".repeat(if self.dice.chance(3) { 129 } else { 20 }),
                };
                let payer = self.anyone();
                c.file_update(recipient, payer, key, args)
            }
            "score_update" => {
                let checkpoint = if self.dice.chance(95) { stream.passed } else { passed + 1 };
                let review = self.accounts.reviews.get(&address::review(&key, checkpoint));
                let seen = review.map_or([0; 32], |review| review.evidence_hash);
                let (pass, floor) = (stream.pass_bps, stream.floor_bps);
                let between = floor + (pass - floor) / 2;
                let score_bps = self.dice.pick(&[
                    pass,
                    10_000,
                    between,
                    between,
                    floor,
                    pass.saturating_sub(1),
                    floor.saturating_sub(1),
                    0,
                    10_001,
                ]);
                let evidence_hash = if self.dice.chance(95) { seen } else { [1; 32] };
                let args = ScoreUpdateArgs { score_bps, evidence_hash, verdict_hash: [4; 32] };
                let reviewer = self.office(Role::Reviewer);
                c.score_update(reviewer, key, checkpoint, recipient, args)
            }
            "hold_stream" => c.hold_stream(key, recipient),
            "lapse_stream" => {
                let epochs: Vec<u32> =
                    self.accounts.epochs.values().map(|epoch| epoch.header.index).collect();
                let epoch = self.dice.maybe(&epochs).filter(|_| self.dice.chance(80));
                c.lapse_stream(key, recipient, epoch)
            }
            "pause_stream" => {
                let (guardian, secs) = (self.office(Role::Guardian), self.dice.pick(&SPANS));
                c.pause_stream(guardian, key, secs)
            }
            "withdraw_stream" => self.claim(key),
            "redirect_payout" => {
                let other = self.anyone();
                let by = if self.dice.chance(90) { stream.recipient } else { other };
                let own = c.budget_account(&stream.recipient);
                let extra = self.dice.pick(&self.extra_accounts);
                let odd = [c.vault(), c.stake_token_account(&by)];
                let to = self.dice.pick(&[own, extra, extra, odd[0], odd[1]]);
                c.redirect_payout(by, key, to)
            }
            "close_review" => {
                let reviews = self.accounts.reviews.values().filter(|r| r.stream == key);
                let all: Vec<(u8, Pubkey)> =
                    reviews.map(|r| (r.checkpoint, r.rent_payer)).collect();
                let found = self.dice.maybe(&all);
                let payer = self.payer_of(found.map(|(_, payer)| payer));
                c.close_review(key, found.map_or(0, |(checkpoint, _)| checkpoint), payer)
            }
            _ => {
                let payer = self.payer_of(Some(stream.rent_payer));
                c.close_stream(key, recipient, payer)
            }
        }
    }

    fn claim(&mut self, key: Pubkey) -> Instruction {
        let c = self.w.community;
        let stream = self.accounts.streams[&key];
        let own = c.budget_account(&stream.recipient);
        if self.blocked.contains(&stream.payout_account) {
            return c.withdraw_stream(key, own, Some(stream.payout_account));
        }
        if self.dice.chance(90) {
            return c.withdraw_stream(key, stream.payout_account, None);
        }
        self.is_sound = false;
        let other = self.anyone();
        let shown = self.dice.pick(&[None, Some(stream.payout_account)]);
        let to = self.dice.pick(&[own, c.budget_account(&other), c.bond_vault()]);
        c.withdraw_stream(key, to, shown)
    }

    /// The same about an account that is no stream.
    fn without_a_stream(&mut self, name: &'static str, nobody: Pubkey) -> Instruction {
        let c = self.w.community;
        let key = c.stake(&nobody);
        match name {
            "hold_stream" => c.hold_stream(key, nobody),
            "lapse_stream" => c.lapse_stream(key, nobody, None),
            "pause_stream" => c.pause_stream(self.holder(Role::Guardian), key, 1),
            "close_review" => c.close_review(key, 0, nobody),
            "close_stream" => c.close_stream(key, nobody, nobody),
            "redirect_payout" => c.redirect_payout(nobody, key, c.budget_account(&nobody)),
            "file_update" => {
                let args = FileUpdateArgs {
                    checkpoint: 0,
                    health: Health::OnTrack,
                    spent: 0,
                    evidence_hash: [0; 32],
                    evidence_uri: String::new(),
                };
                c.file_update(nobody, nobody, key, args)
            }
            "score_update" => {
                let args =
                    ScoreUpdateArgs { score_bps: 0, evidence_hash: [0; 32], verdict_hash: [0; 32] };
                c.score_update(self.holder(Role::Reviewer), key, 0, nobody, args)
            }
            _ => c.withdraw_stream(key, c.budget_account(&nobody), None),
        }
    }
}
