//! The long texts that proposals and reports lead to, and their hashes.

use serde_json::{Value, json};
use solana_sha256_hasher::hash;

use crate::story::{Act, Ask, Report, Story};

/// Where the texts would be published. Nobody owns a name under `.example`: clients on this machine
/// read the files beside the keys instead, and check their hashes.
pub const BASE: &str = "https://open-harbour.example/metadata/";

/// A text.
pub struct Document {
    /// Name of its file.
    pub file: String,
    pub bytes: Vec<u8>,
}

impl Document {
    fn new(id: &str, content: &Value) -> Self {
        let text = format!("{content:#}\n");
        Self { file: format!("{id}.json"), bytes: text.into_bytes() }
    }

    /// What a proposal or report names.
    pub fn uri(&self) -> String {
        format!("{BASE}{}", self.file)
    }

    /// SHA-256 of its bytes.
    pub fn hash(&self) -> [u8; 32] {
        hash(&self.bytes).to_bytes()
    }
}

impl Story {
    /// All texts, each under its own name.
    pub fn documents(&self) -> Vec<Document> {
        let asks = self.past.iter().chain(&self.present).map(|ask| self.ask_document(ask));
        let acts = self.act.iter().map(|(id, act)| act_document(id, act));
        let reports = self.report.iter().map(|(id, report)| report_document(id, report));
        let verdicts = self.report.iter().filter_map(|(id, report)| verdict_document(id, report));
        asks.chain(acts).chain(reports).chain(verdicts).collect()
    }

    /// What somebody asks for, at length.
    pub fn ask_document(&self, ask: &Ask) -> Document {
        let name = |id: &str| self.team.iter().find(|team| team.id == id).map(|team| &team.name);
        Document::new(
            &ask.id,
            &json!({
                "kind": "ask",
                "title": ask.title,
                "category": ask.category,
                "proposer": name(&ask.from),
                "recipient": name(ask.to()),
                "summary": ask.summary,
                "deliverables": ask.deliverables,
            }),
        )
    }
}

/// Why something is to change.
pub fn act_document(id: &str, act: &Act) -> Document {
    let content = json!({ "kind": "act", "title": act.title, "summary": act.summary });
    Document::new(&format!("act-{id}"), &content)
}

/// What a recipient reports.
pub fn report_document(id: &str, report: &Report) -> Document {
    let content = json!({ "kind": "update", "about": id, "text": report.text });
    Document::new(&format!("report-{id}"), &content)
}

/// What the reviewer says to it, once there is a score.
pub fn verdict_document(id: &str, report: &Report) -> Option<Document> {
    let content = json!({ "kind": "verdict", "about": id, "score_bps": report.score?, "text": report.verdict });
    Some(Document::new(&format!("verdict-{id}"), &content))
}

#[cfg(test)]
mod tests {
    use super::*;
    use community_budget::constants::MAX_URI_BYTES;
    use std::collections::BTreeSet;

    #[test]
    fn every_text_has_a_file_an_address_that_fits_and_the_hash_of_its_bytes() {
        let story = Story::read();
        let documents = story.documents();
        let files: BTreeSet<&str> = documents.iter().map(|it| it.file.as_str()).collect();
        assert_eq!(files.len(), documents.len(), "a file is written twice");
        // 38 asks, 2 acts, 4 reports, 3 verdicts.
        assert_eq!(documents.len(), 47);
        for document in &documents {
            assert!(document.uri().len() <= MAX_URI_BYTES, "{}", document.uri());
            assert_eq!(document.hash(), hash(&document.bytes).to_bytes());
            let content: Value = serde_json::from_slice(&document.bytes).unwrap();
            assert!(content["kind"].is_string());
        }
        let ask = story.ask_document(&story.past[0]);
        assert!(documents.iter().any(|it| it.file == ask.file && it.bytes == ask.bytes));
    }
}
