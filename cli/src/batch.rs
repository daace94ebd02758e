//! Several acts of one kind: one receipt, one question, then one transaction after the other.
//!
//! What is done is on the chain, so a batch that was interrupted is resumed by running it again.

use budget_rpc::{Landed, Trouble};
use budget_words::progress::Progress;
use serde_json::{Value, json};

use crate::{
    act::Act,
    context::Context,
    exit::{Failure, Result},
    quantity::sol,
    view::{aligned, counted},
};

/// Acts that are shown and asked about together.
pub struct Batch {
    /// In one sentence, without a full stop.
    pub title: String,
    /// What changes, as pairs of a word and a figure.
    pub changes: Vec<(String, String)>,
    /// What cannot happen by it.
    pub note: String,
    /// What each act is about, in the singular and the plural.
    pub noun: (&'static str, &'static str),
    /// The acts, each a transaction of its own.
    pub acts: Vec<Act>,
}

/// What became of a batch.
#[derive(Default)]
struct Tally {
    landed: Vec<(String, Landed)>,
    refused: Vec<(String, Failure)>,
}

impl Context {
    /// Shows what a batch does, asks once, and sends its acts one after the other. An act that is
    /// refused does not stop the others; a network that gives no answer does.
    ///
    /// # Errors
    /// Exit code `declined`, nothing sent; otherwise that of the first act that failed, after a
    /// report of what was done. Running the command again goes on where it stopped.
    pub fn perform_all(&self, batch: Batch) -> Result<()> {
        if self.globals.unsigned {
            return self.hand_over_all(&batch);
        }
        self.show_batch(&batch)?;
        if self.globals.dry_run {
            return Ok(());
        }
        self.ask()?;
        let mut tally = Tally::default();
        let mut progress =
            Progress::new(batch.noun.1, u64::try_from(batch.acts.len()).unwrap_or(u64::MAX));
        let mut broken = None;
        for act in &batch.acts {
            match self.land(act) {
                Ok(landed) => tally.landed.push((act.title.clone(), landed)),
                Err(Failure::Trouble(trouble)) if trouble.is_passing() => {
                    broken = Some(trouble);
                    break;
                }
                Err(failure) => tally.refused.push((act.title.clone(), failure)),
            }
            progress.step();
        }
        drop(progress);
        self.report(&batch, &tally, broken.as_ref());
        let first = tally.refused.into_iter().next().map(|(_, failure)| failure);
        match broken.map(Failure::Trouble).or(first) {
            Some(failure) => Err(Failure::Told(Box::new(failure))),
            None => Ok(()),
        }
    }

    fn hand_over_all(&self, batch: &Batch) -> Result<()> {
        let texts =
            batch.acts.iter().map(|act| self.unsigned(act)).collect::<Result<Vec<String>>>()?;
        if self.globals.json {
            let acts = batch.acts.iter().zip(&texts);
            let listed: Vec<Value> =
                acts.map(|(act, text)| json!({ "act": act.title, "transaction": text })).collect();
            self.json(&json!({ "act": batch.title, "transactions": listed }));
        } else {
            for text in texts {
                self.page.line(text);
            }
        }
        Ok(())
    }

    /// The receipt; with --dry-run every act is simulated as well.
    fn show_batch(&self, batch: &Batch) -> Result<()> {
        let mut fees = 0u64;
        if self.globals.dry_run {
            let network = self.network()?;
            for act in &batch.acts {
                let preview = network.preview(&act.draft()?, &self.send_options())?;
                fees = fees.saturating_add(preview.fee);
            }
        }
        if self.globals.json {
            if self.globals.dry_run {
                let titles: Vec<&String> = batch.acts.iter().map(|act| &act.title).collect();
                self.json(&json!({
                    "act": batch.title,
                    "sent": false,
                    "acts": titles,
                    "feeLamports": fees,
                }));
            }
            return Ok(());
        }
        self.page.line(self.page.strong(&batch.title));
        let mut changes = batch.changes.clone();
        if self.globals.dry_run {
            changes.push(("fees".to_owned(), sol(fees)));
        }
        for line in aligned(&self.page, &changes) {
            self.page.line(line);
        }
        self.page.line(format!("  {}", batch.note));
        if self.globals.dry_run {
            self.page.line("Nothing was sent (--dry-run).");
        }
        Ok(())
    }

    fn land(&self, act: &Act) -> Result<Landed> {
        Ok(self.network()?.land(&act.draft()?, &self.send_options())?)
    }

    fn report(&self, batch: &Batch, tally: &Tally, broken: Option<&Trouble>) {
        let of = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        let (done, all) = (of(tally.landed.len()), of(batch.acts.len()));
        if self.globals.json {
            let landed = tally.landed.iter().map(|(title, landed)| {
                let signature = landed.signature.to_string();
                json!({ "act": title, "signature": signature, "slot": landed.slot })
            });
            let refused = tally.refused.iter().map(|(title, failure)| {
                json!({ "act": title, "kind": failure.kind().1, "why": failure.to_string() })
            });
            self.json(&json!({
                "act": batch.title,
                "sent": done > 0,
                "landed": landed.collect::<Vec<Value>>(),
                "refused": refused.collect::<Vec<Value>>(),
                "left": all.saturating_sub(done).saturating_sub(of(tally.refused.len())),
                "why": broken.map(ToString::to_string),
            }));
            return;
        }
        for (title, failure) in &tally.refused {
            self.page.line(self.page.bad(&format!("{title}: {failure}")));
        }
        let summary = format!("Done: {done} of {}.", counted(all, batch.noun.0));
        self.page.line(match (broken, tally.refused.is_empty()) {
            (None, true) => self.page.good(&summary),
            (None, false) => summary,
            (Some(_), _) => {
                format!("{summary} Run the command again: it goes on where it stopped.")
            }
        });
    }
}
