//! An explanation as text: the warnings first, then who signs, what it costs, and each instruction.

use anchor_lang::prelude::Pubkey;
use budget_client::{
    explain::{Account, Explanation, Place, Signature, Step},
    idl::Value,
};
use budget_words::{format, page::Page};
use community_budget::ID;

use super::{
    Tokens,
    quantities::{flat, foreign_unit, number, unit},
};
use crate::{
    exit::Result,
    files::plain,
    quantity::sol,
    view::{aligned, counted, pair},
};

/// What an explanation is told with.
pub struct Words<'a> {
    /// Where colours come from.
    pub page: &'a Page,
    /// What people call a key, with the whole key.
    pub name: &'a dyn Fn(&Pubkey) -> Result<String>,
    /// What amounts are counted in.
    pub tokens: &'a Tokens,
}

impl Words<'_> {
    /// The whole explanation.
    ///
    /// # Errors
    /// Exit code `file` or `input` when the file of names cannot be read.
    pub fn lines(&self, explanation: &Explanation) -> Result<Vec<String>> {
        let mut lines = self.warnings(explanation);
        lines.push(String::new());
        lines.extend(aligned(self.page, &self.head(explanation)?));
        for (index, step) in explanation.instructions.iter().enumerate() {
            lines.push(String::new());
            lines.extend(self.step(index, step)?);
        }
        Ok(lines)
    }

    /// The decision: what to be told before anything else.
    fn warnings(&self, explanation: &Explanation) -> Vec<String> {
        let count = explanation.warnings.len();
        if count == 0 {
            let steps = u64::try_from(explanation.instructions.len()).unwrap_or(u64::MAX);
            let what = counted(steps, "instruction");
            let sentence = format!("Understood completely, {what}; nothing to warn of.");
            return vec![self.page.good(&sentence)];
        }
        let what = counted(u64::try_from(count).unwrap_or(u64::MAX), "warning");
        let mut lines = vec![self.page.bad(&format!("{what}: read before you sign"))];
        lines.extend(
            explanation
                .warnings
                .iter()
                .map(|it| self.page.bad(&format!("  ! {}", plain(&it.to_string())))),
        );
        lines
    }

    fn head(&self, explanation: &Explanation) -> Result<Vec<(String, String)>> {
        let mut pairs = Vec::new();
        for signer in &explanation.signers {
            let pays = if signer.key == explanation.fee_payer { ", pays the fee" } else { "" };
            let signed = match signer.signature {
                Signature::NotGiven => "signs",
                Signature::Missing => "has not signed yet",
                Signature::Valid => "has signed",
                Signature::Invalid => "has an INVALID signature",
            };
            pairs.push(pair("signer", format!("{}  {signed}{pays}", (self.name)(&signer.key)?)));
        }
        let fee = &explanation.fee;
        let units = format::count(fee.compute_units);
        let limit = if fee.limit_is_set { "limited to" } else { "no limit set, so" };
        let priority = match fee.priority_lamports {
            0 => String::new(),
            lamports => format!(", {} of it for priority", sol(lamports)),
        };
        pairs.push(pair(
            "fee",
            format!(
                "{} at most{priority}; {limit} {units} compute units; rent for new accounts comes on \
                 top",
                sol(fee.most_lamports)
            ),
        ));
        pairs.push(pair("blockhash", explanation.recent_blockhash.clone()));
        pairs.push(pair("version", explanation.version));
        Ok(pairs)
    }

    fn step(&self, index: usize, step: &Step) -> Result<Vec<String>> {
        let program = step.program_name.map_or_else(|| step.program.to_string(), str::to_owned);
        let name = step.name.unwrap_or("an instruction that cannot be read");
        let heading = format!("{index}  {program}: {name}");
        let mut lines = vec![self.page.strong(&heading)];
        lines.extend(step.summary.as_ref().map(|summary| format!("   {summary}")));
        let mut pairs = self.arguments(step);
        if let Some(data) = &step.data {
            pairs.push(pair("data", data.clone()));
        }
        for (at, account) in step.accounts.iter().enumerate() {
            pairs.push(self.account(at, account)?);
        }
        lines.extend(aligned(self.page, &pairs).into_iter().map(|line| format!(" {line}")));
        Ok(lines)
    }

    fn arguments(&self, step: &Step) -> Vec<(String, String)> {
        let ours = step.program == ID;
        let treasury = step.accounts.iter().find(|account| account.name == Some("treasury"));
        let tokens = self.tokens.of(treasury.and_then(|account| account.key.as_ref()));
        let name = step.name.unwrap_or_default();
        let show = |field: &str, value: u64| {
            let unit = if ours { unit(name, field) } else { foreign_unit(field) };
            number(value, unit, tokens)
        };
        let mut pairs = Vec::new();
        for field in &step.arguments {
            // All of an instruction's arguments in one struct: its name says nothing.
            let path = if field.name == "args" { "" } else { field.name };
            for (path, text) in flat(path, field.name, &field.value, &show) {
                if path == "ballot" && step.choices.is_some() {
                    continue;
                }
                pairs.push((path.replace('_', " "), text));
            }
        }
        pairs.extend(step.choices.as_ref().map(|choices| pair("ballot", ballot(choices))));
        pairs
    }

    fn account(&self, at: usize, account: &Account) -> Result<(String, String)> {
        let word =
            account.name.map_or_else(|| format!("account {at}"), |name| name.replace('_', " "));
        let key = match (&account.key, &account.table) {
            (Some(key), _) => (self.name)(key)?,
            (None, Some(entry)) => {
                format!("UNKNOWN: entry {} of the lookup table {}", entry.index, entry.table)
            }
            (None, None) => "left out".to_owned(),
        };
        let mut marks = Vec::new();
        if account.signer {
            marks.push("signs".to_owned());
        }
        if account.writable {
            marks.push("written".to_owned());
        }
        match account.place {
            Some(Place::Derived { number: None }) => marks.push("derived".to_owned()),
            Some(Place::Derived { number: Some(number) }) => {
                marks.push(format!("derived, number {number}"));
            }
            Some(Place::Wrong { expected: Some(expected) }) => {
                marks.push(self.page.bad(&format!("WRONG: it must be {expected}")));
            }
            Some(Place::Wrong { expected: None }) => {
                marks.push(self.page.bad("WRONG: it lies at no address of its kind"));
            }
            Some(Place::NotCheckable) if self.tokens.of(account.key.as_ref()).is_some() => {
                marks.push("a treasury, the network says".to_owned());
            }
            Some(Place::NotCheckable) => marks.push("not checkable from these bytes".to_owned()),
            None => {}
        }
        let marks =
            if marks.is_empty() { String::new() } else { format!("  ({})", marks.join(", ")) };
        Ok((word, format!("{key}{marks}")))
    }
}

/// A ballot's choices by side, as `for 3, 7; against 2`.
fn ballot(choices: &Value<'_>) -> String {
    let Value::Struct(sides) = choices else { return choices.json().to_string() };
    let side = |field: &budget_client::idl::Field<'_>| {
        let Value::List(entries) = &field.value else { return None };
        let numbers: Vec<String> = entries.iter().map(|entry| entry.json().to_string()).collect();
        (!numbers.is_empty()).then(|| format!("{} {}", field.name, numbers.join(", ")))
    };
    let parts: Vec<String> = sides.iter().filter_map(side).collect();
    if parts.is_empty() { "no choice".to_owned() } else { parts.join("; ") }
}

#[cfg(test)]
mod tests;
