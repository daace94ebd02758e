//! An act: what will change, in words and numbers, before anyone signs; then the sending.

use std::io::{IsTerminal, stdin};

use anchor_lang::{prelude::Pubkey, solana_program::instruction::Instruction};
use base64::{Engine, prelude::BASE64_STANDARD};
use budget_rpc::{Draft, Landed, Preview};
use serde_json::{Value, json};
use solana_keypair::Keypair;
use solana_message::Message;
use solana_transaction::Transaction;

use crate::{
    context::{Actor, Context},
    exit::{Failure, Result},
    idl,
    quantity::sol,
};

/// What somebody is about to do.
pub struct Act {
    /// In one sentence, without a full stop: "Stake 1,200 RIVER".
    pub title: String,
    /// What changes, as pairs of a word and a figure.
    pub changes: Vec<(String, String)>,
    /// What `--json` shows beside the words: base units and full addresses.
    pub exact: Value,
    /// What cannot happen by it, and how it is undone.
    pub note: String,
    /// What is sent, as one transaction.
    pub instructions: Vec<Instruction>,
    /// Who acts.
    pub actors: Vec<Actor>,
    /// Who pays fee and rent.
    pub payer: Actor,
    /// Whether it is asked about first: it moves somebody's tokens, speaks for somebody or cannot
    /// be taken back.
    pub asks: bool,
}

/// What became of an act.
pub enum Done {
    /// It happened.
    Landed,
    /// It was only shown.
    Shown,
}

impl Act {
    /// An act of `actor` that changes nothing of theirs and that anyone may send.
    pub fn open_to_anyone(title: impl Into<String>, actor: Actor) -> Self {
        Self {
            title: title.into(),
            changes: Vec::new(),
            exact: Value::Null,
            note: String::new(),
            instructions: Vec::new(),
            actors: Vec::new(),
            payer: actor,
            asks: false,
        }
    }

    /// Adds a line to what changes.
    pub fn change(mut self, what: impl Into<String>, figure: impl Into<String>) -> Self {
        self.changes.push((what.into(), figure.into()));
        self
    }

    /// Says what `--json` shows beside the words.
    pub fn exact(mut self, figures: Value) -> Self {
        self.exact = figures;
        self
    }

    /// Adds an instruction.
    pub fn instruction(mut self, instruction: Instruction) -> Self {
        self.instructions.push(instruction);
        self
    }

    /// What is signed and sent.
    ///
    /// # Errors
    /// Exit code `input` when a key is elsewhere.
    pub fn draft(&self) -> Result<Draft<'_>> {
        let signers = self.actors.iter().map(signer).collect::<Result<Vec<_>>>()?;
        let payer = signer(&self.payer)?;
        Ok(Draft { instructions: self.instructions.clone(), payer, signers })
    }

    /// Says what cannot happen by it, and how it is undone.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }
}

impl Context {
    /// Shows the receipt of `act`, asks where it is dangerous, sends it and says what happened.
    ///
    /// # Errors
    /// Exit codes `declined`, `refused`, `funds`, `expired`, `unknown`, `unreachable`; nothing has
    /// happened in any of them but `unknown`.
    pub fn perform(&self, act: Act) -> Result<Done> {
        if self.globals.unsigned {
            return self.hand_over(&act);
        }
        let network = self.network()?;
        let draft = act.draft()?;
        let options = self.send_options();
        let preview = network.preview(&draft, &options)?;
        self.receipt(&act, &preview)?;
        if self.globals.dry_run {
            self.say(&act, &preview, None);
            return Ok(Done::Shown);
        }
        self.consent(&act)?;
        let landed = network.land(&draft, &options)?;
        self.say(&act, &preview, Some(&landed));
        Ok(Done::Landed)
    }

    /// The plain receipt.
    fn receipt(&self, act: &Act, preview: &Preview) -> Result<()> {
        if self.globals.json {
            return Ok(());
        }
        let page = &self.page;
        page.line(page.strong(&act.title));
        let mut lines = act.changes.clone();
        let touched = self.touched(&act.instructions)?;
        lines.push(("writes".to_owned(), touched.join(", ")));
        let priority = if self.globals.priority_fee > 0 { ", priority fee included" } else { "" };
        lines.push(("fee".to_owned(), format!("{}{priority}", sol(preview.fee))));
        lines.push((
            "compute".to_owned(),
            format!("{} units, limited to {}", preview.units, preview.limit),
        ));
        let width = lines.iter().map(|(what, _)| what.chars().count()).max().unwrap_or(0);
        for (what, figure) in lines {
            page.line(format!("  {}  {figure}", page.faint(&format!("{what:<width$}"))));
        }
        if !act.note.is_empty() {
            page.line(format!("  {}", act.note));
        }
        Ok(())
    }

    /// Names of the accounts that an act writes, as the interface description calls them.
    fn touched(&self, instructions: &[Instruction]) -> Result<Vec<String>> {
        let mut seen: Vec<Pubkey> = Vec::new();
        let mut names = Vec::new();
        for instruction in instructions {
            let known = idl::account_names(instruction);
            for (position, meta) in instruction.accounts.iter().enumerate() {
                if !meta.is_writable || seen.contains(&meta.pubkey) {
                    continue;
                }
                seen.push(meta.pubkey);
                let role = known.get(position).map_or("account", |name| name.as_str());
                names.push(format!("{role} {}", self.name(&meta.pubkey)?));
            }
        }
        Ok(names)
    }

    fn consent(&self, act: &Act) -> Result<()> {
        if act.asks { self.ask() } else { Ok(()) }
    }

    /// Asks whether to send what was shown, unless --yes answers.
    ///
    /// # Errors
    /// Exit code `declined`, also when nobody can be asked.
    pub fn ask(&self) -> Result<()> {
        if self.globals.yes {
            return Ok(());
        }
        if self.globals.json || !stdin().is_terminal() {
            return Err(Failure::Declined(
                "nothing was sent: this asks before it acts, and nobody is at the terminal; add \
                 --yes."
                    .to_owned(),
            ));
        }
        let asked = dialoguer::Confirm::new().with_prompt("Send it?").default(false).interact();
        match asked {
            Ok(true) => Ok(()),
            Ok(false) => Err(Failure::Declined("nothing was sent.".to_owned())),
            Err(error) => Err(Failure::Declined(format!("nothing was sent: {error}."))),
        }
    }

    fn say(&self, act: &Act, preview: &Preview, landed: Option<&Landed>) {
        if self.globals.json {
            // A list: several entries of a ballot may change in the same way.
            let changes: Vec<Value> = act
                .changes
                .iter()
                .map(|(what, figure)| json!({ "what": what, "figure": figure }))
                .collect();
            self.json(&json!({
                "act": act.title,
                "sent": landed.is_some(),
                "changes": changes,
                "exact": act.exact,
                "instructions": act.instructions.iter().map(idl::name).collect::<Vec<_>>(),
                "computeUnits": preview.units,
                "computeLimit": preview.limit,
                "feeLamports": preview.fee,
                "signature": landed.map(|landed| landed.signature.to_string()),
                "slot": landed.map(|landed| landed.slot),
            }));
            return;
        }
        match landed {
            None => self.page.line("Nothing was sent (--dry-run)."),
            Some(landed) => {
                let done = format!("Done in slot {}: {}", landed.slot, landed.signature);
                self.page.line(self.page.good(&done));
            }
        }
    }

    /// The transaction for keys that are elsewhere.
    fn hand_over(&self, act: &Act) -> Result<Done> {
        let text = self.unsigned(act)?;
        if self.globals.json {
            self.json(&json!({ "act": act.title, "transaction": text }));
        } else {
            self.page.line(text);
        }
        Ok(Done::Shown)
    }

    /// The transaction of `act` without signatures, in base64.
    ///
    /// # Errors
    /// Exit code `unreachable`.
    pub fn unsigned(&self, act: &Act) -> Result<String> {
        let network = self.network()?;
        let blockhash = network.ask(|| network.client().get_latest_blockhash())?;
        let message =
            Message::new_with_blockhash(&act.instructions, Some(&act.payer.key), &blockhash);
        Ok(BASE64_STANDARD.encode(wire(&Transaction::new_unsigned(message))))
    }

    /// Prints one JSON object.
    pub fn json(&self, value: &Value) {
        self.page.line(format!("{value:#}"));
    }
}

/// A transaction as wallets take it: the signatures, then the message.
fn wire(transaction: &Transaction) -> Vec<u8> {
    // At most 127 signatures fit a transaction, and so into one byte of its compact length.
    let count = u8::try_from(transaction.signatures.len()).unwrap_or(u8::MAX);
    let mut bytes = vec![count];
    for signature in &transaction.signatures {
        bytes.extend_from_slice(signature.as_ref());
    }
    bytes.extend_from_slice(&transaction.message.serialize());
    bytes
}

fn signer(actor: &Actor) -> Result<&Keypair> {
    actor.signer.as_ref().ok_or_else(|| {
        Failure::input(format!("the key of {} is not here; add --unsigned.", actor.key))
    })
}
