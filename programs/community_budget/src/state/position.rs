//! [`PositionState`]: money of one risk category that is out or promised, as the treasury keeps it.

use anchor_lang::prelude::*;
use budget_rules::risk::Position;

/// One category's position (R9). All zero for an operating category.
#[zero_copy]
#[derive(Debug, PartialEq, Eq)]
pub struct PositionState {
    /// Base units awarded, not paid out yet.
    pub pending: u64,
    /// Base units paid out and neither returned nor written off.
    pub cost: u64,
    /// Base units that `cost` is worth, by the mark that counts.
    pub mark: u64,
    /// Unix seconds of that mark.
    pub marked_at: i64,
    /// The risk reporter's latest mark, which counts from the next epoch on.
    pub reported_mark: u64,
    /// Unix seconds of that report; 0 once it counts.
    pub reported_at: i64,
}

impl PositionState {
    /// As the rules take it.
    pub fn position(&self) -> Position {
        Position {
            pending: self.pending,
            cost: self.cost,
            mark: self.mark,
            marked_at: self.marked_at,
        }
    }

    /// Replaces what the rules decide on.
    pub fn set(&mut self, position: Position) {
        self.pending = position.pending;
        self.cost = position.cost;
        self.mark = position.mark;
        self.marked_at = position.marked_at;
    }

    /// Books a payment into the position; a report on its way grows by it at cost.
    pub fn pay_out(&mut self, amount: u64, now: i64) -> Option<()> {
        self.set(self.position().pay_out(amount, now)?);
        if self.reported_at != 0 {
            // A report may be any number; it must not stop a claim.
            self.reported_mark = self.reported_mark.saturating_add(amount);
        }
        Some(())
    }

    /// Books what came back, and returns the profit in it.
    pub fn receive(&mut self, amount: u64) -> Option<u64> {
        let (after, profit) = self.position().receive(amount)?;
        self.set(after);
        self.reported_mark = self.reported_mark.saturating_sub(amount);
        Some(profit)
    }

    /// Books a loss, and returns how much of it was there. A report on its way does not bring it
    /// back.
    pub fn write_off(&mut self, amount: u64) -> Option<u64> {
        let (after, loss) = self.position().write_off(amount)?;
        self.set(after);
        self.reported_mark = self.reported_mark.min(after.cost);
        Some(loss)
    }

    /// Lets the latest report count.
    pub fn count_report(&mut self) {
        if self.reported_at != 0 {
            self.set(self.position().count_mark(self.reported_mark, self.reported_at));
            self.reported_at = 0;
            self.reported_mark = 0;
        }
    }
}
