//! Reviews of a community's streams.

use budget_client::address;
use community_budget::{
    FileUpdateArgs, ScoreUpdateArgs,
    constants::DAY_SECS,
    state::{Health, Review},
};

use super::{Act, Ask, Person, World};

/// Hash of the evidence in [`World::file_update`].
pub const EVIDENCE: [u8; 32] = [3; 32];

impl Ask {
    /// An ask of `amount` over `days` days, cut by so many checkpoints.
    pub fn with_reviews(amount: u64, days: u32, checkpoints: u8) -> Self {
        Self { duration_secs: days * DAY_SECS, checkpoints, ..Self::of(amount) }
    }
}

impl World {
    /// `file_update` at the stream's open checkpoint.
    pub fn file_update(&mut self, recipient: &Person, epoch: u32, index: u8) -> Act {
        let checkpoint = self.open_checkpoint(epoch, index);
        self.file_update_at(recipient, epoch, index, checkpoint)
    }

    /// `file_update` at `checkpoint`.
    pub fn file_update_at(
        &mut self,
        recipient: &Person,
        epoch: u32,
        index: u8,
        checkpoint: u8,
    ) -> Act {
        let args = FileUpdateArgs {
            checkpoint,
            health: Health::OnTrack,
            spent: 1_000,
            evidence_hash: EVIDENCE,
            evidence_uri: "https://example.org/update.json".to_owned(),
        };
        let (payer, stream) = (self.svm.fee_payer(), self.stream_key(epoch, index));
        self.send(self.community.file_update(recipient.key(), payer, stream, args), &[recipient])
    }

    /// `score_update` at the stream's open checkpoint, by `reviewer`.
    pub fn score_by(&mut self, reviewer: &Person, epoch: u32, index: u8, score_bps: u16) -> Act {
        let checkpoint = self.stream(epoch, index).passed;
        self.score_at(reviewer, epoch, index, checkpoint, score_bps)
    }

    /// `score_update` at `checkpoint`, by `reviewer`.
    pub fn score_at(
        &mut self,
        reviewer: &Person,
        epoch: u32,
        index: u8,
        checkpoint: u8,
        score_bps: u16,
    ) -> Act {
        let args = ScoreUpdateArgs { score_bps, evidence_hash: EVIDENCE, verdict_hash: [4; 32] };
        let stream = self.stream_key(epoch, index);
        let recipient = self.stream(epoch, index).recipient;
        let instruction =
            self.community.score_update(reviewer.key(), stream, checkpoint, recipient, args);
        self.send(instruction, &[reviewer])
    }

    /// `score_update` at the stream's open checkpoint, by the treasury's first reviewer.
    pub fn score(&mut self, epoch: u32, index: u8, score_bps: u16) -> Act {
        let reviewer = self.reviewer.clone();
        self.score_by(&reviewer, epoch, index, score_bps)
    }

    /// `hold_stream`.
    pub fn hold(&mut self, epoch: u32, index: u8) -> Act {
        let (stream, recipient) =
            (self.stream_key(epoch, index), self.stream(epoch, index).recipient);
        self.send(self.community.hold_stream(stream, recipient), &[])
    }

    /// `lapse_stream`; `ruling` names the epoch that could have ruled on it.
    pub fn lapse_stream(&mut self, epoch: u32, index: u8, ruling: Option<u32>) -> Act {
        let (stream, recipient) =
            (self.stream_key(epoch, index), self.stream(epoch, index).recipient);
        self.send(self.community.lapse_stream(stream, recipient, ruling), &[])
    }

    /// `pause_stream` by `guardian`.
    pub fn pause_stream(&mut self, guardian: &Person, epoch: u32, index: u8, secs: u32) -> Act {
        let stream = self.stream_key(epoch, index);
        self.send(self.community.pause_stream(guardian.key(), stream, secs), &[guardian])
    }

    /// `close_review`.
    pub fn close_review(&mut self, epoch: u32, index: u8, checkpoint: u8) -> Act {
        let (stream, rent_payer) = (self.stream_key(epoch, index), self.svm.fee_payer());
        self.send(self.community.close_review(stream, checkpoint, rent_payer), &[])
    }

    /// The review at a checkpoint.
    pub fn review(&self, epoch: u32, index: u8, checkpoint: u8) -> Review {
        self.svm.read(&address::review(&self.stream_key(epoch, index), checkpoint))
    }

    /// The checkpoint that an update would be about now: one further than stored, if the present
    /// one has passed by the reviewer's silence.
    fn open_checkpoint(&self, epoch: u32, index: u8) -> u8 {
        let mut stream = self.stream(epoch, index);
        let _ = stream.pass_by_silence(self.svm.now());
        stream.passed
    }
}
