//! `budget propose`: an ask for money or an act takes a slot of the slate.

mod checks;
mod options;
mod recipient;
mod resolve;

use std::path::PathBuf;

use anchor_lang::{prelude::Pubkey, solana_program::instruction::Instruction};
use budget_client::{address, instruction::Submission};
use budget_rules::outcome::Tier;
use budget_words::format;
use clap::Args;
use community_budget::{
    SubmitActionArgs, SubmitProposalArgs,
    state::{Action, Proposal, RecipientRecord, Terms, fold_proposal},
};
use serde_json::json;

use crate::{
    act::Act,
    bar::{Ask, Bar, threshold_lines},
    commands::assess::{assessment, refused_words, words},
    context::{Actor, Context, Round, Scene, open_associated},
    deeds::{describe, exact},
    entries::{cumulative_ask, require_submission},
    exit::{Failure, Result},
    proposal_file::{self, Proposed, Words},
    quantity::{sol, when},
    slate::terms_hash,
    streams::foreseen,
    view::{hex, tier},
};
use options::{ProposeKind, Sending};
use recipient::Recipient;

/// `budget propose`.
#[derive(Args)]
pub struct ProposeArgs {
    /// A proposal file in TOML; cli/examples has one of each kind.
    file: Option<PathBuf>,
    #[command(flatten)]
    sending: Sending,
    #[command(subcommand)]
    kind: Option<ProposeKind>,
}

/// `budget propose ...`.
pub fn run(context: &Context, args: ProposeArgs) -> Result<()> {
    let (proposed, sending) = match (args.file, args.kind) {
        (Some(file), None) => (proposal_file::read(&file)?, args.sending),
        (None, Some(kind)) => kind.proposed()?,
        (Some(_), Some(_)) => {
            return Err(Failure::input("give a proposal file, or say what you propose, not both."));
        }
        (None, None) => {
            return Err(Failure::input(
                "say what you propose: give a proposal file, or use `budget propose award` or `budget \
                 propose act`.",
            ));
        }
    };
    submit(context, &proposed, &sending)
}

/// A proposal that is ready to be submitted.
struct Draft {
    scene: Scene,
    round: Round,
    index: u8,
    terms: Terms,
    proposer: Actor,
    payer: Actor,
    /// Who receives an award, and whether that signs.
    recipient: Option<Recipient>,
    source: Pubkey,
    /// Base units: slot fee and bond.
    price: (u64, u64),
    /// What must be opened first.
    openings: Vec<(String, Instruction)>,
    with_stake: bool,
}

fn submit(context: &Context, proposed: &Proposed, sending: &Sending) -> Result<()> {
    let draft = Draft::prepare(context, proposed, sending)?;
    let act = draft.act(context, &proposed.words)?;
    context.perform(act).map(drop)
}

impl Draft {
    fn prepare(context: &Context, proposed: &Proposed, sending: &Sending) -> Result<Self> {
        let scene = context.scene()?;
        let network = context.network()?;
        let round = scene.round(network, None)?;
        let head = &round.head;
        require_submission(head, scene.now, "propose")?;
        let proposer = context.actor()?;
        let payer = context.payer(&proposer)?;
        proposed.words.check()?;
        let Words { title, uri, .. } = &proposed.words;
        foreseen(Terms::check_texts(title, uri))?;
        let action = resolve::action(context, &scene, head, &proposer.key, &proposed.matter)?;
        let terms = Terms {
            metadata_hash: proposed.words.hash()?,
            title: title.clone(),
            metadata_uri: uri.clone(),
            action,
        };
        let with_stake = match &terms.action {
            Action::Award(award) => {
                checks::award(&scene, head, award)?;
                false
            }
            action => checks::act(context, &scene, head, &proposer.key, action)?,
        };
        let recipient = match &terms.action {
            Action::Award(award) => {
                Some(Recipient::of(context, &scene, &award.recipient, &proposer, sending)?)
            }
            _ => None,
        };
        let source =
            sending.source.unwrap_or_else(|| scene.community.budget_account(&proposer.key));
        let fee = head.slot_fee().ok_or_else(|| {
            Failure::Funds("the next slot costs more than there can be tokens.".to_owned())
        })?;
        let price = (fee, head.policy.slate.bond);
        let mut draft = Self {
            index: head.entry_count,
            scene,
            round,
            terms,
            proposer,
            payer,
            recipient,
            source,
            price,
            openings: Vec::new(),
            with_stake,
        };
        draft.require_source(context)?;
        draft.require_records(context)?;
        Ok(draft)
    }

    /// Proves that the source can pay; where nothing is to be paid it must exist all the same.
    fn require_source(&mut self, context: &Context) -> Result<()> {
        let owed = self.price.0.saturating_add(self.price.1);
        let purse = match owed {
            0 => context.purse(&self.source)?,
            owed => Some(context.require_tokens(&self.source, owed, &self.scene.budget)?),
        };
        let own = self.scene.community.budget_account(&self.proposer.key);
        if let Some(purse) = purse {
            return checks::source(&purse, &self.scene);
        }
        if self.source != own {
            return Err(Failure::input(format!("there is no token account at {}.", self.source)));
        }
        let community = &self.scene.community;
        let instruction = open_associated(
            &self.payer.key,
            &self.proposer.key,
            &community.budget_mint,
            &community.budget_token_program,
        );
        let words = format!("your token account for {}", self.scene.budget.symbol);
        self.openings.push((words, instruction));
        Ok(())
    }

    /// Opens the records that the submission needs and that do not exist yet.
    fn require_records(&mut self, context: &Context) -> Result<()> {
        let community = &self.scene.community;
        let network = context.network()?;
        let key = community.recipient_record(&self.proposer.key);
        let own = network.find::<RecipientRecord>(&key, "record")?;
        if let Some(record) = &own {
            checks::submissions(&record.value, &self.round.head)?;
        } else {
            let open = community.open_recipient_record(self.payer.key, self.proposer.key);
            let rent = sol(network.rent(RecipientRecord::SPACE)?);
            self.openings.push((format!("your record; {rent} stay in it for good"), open));
        }
        let Some(recipient) = &self.recipient else { return Ok(()) };
        let signs = recipient.actor.is_some() && recipient.key != self.proposer.key;
        if signs && recipient.record.is_none() {
            let open = community.open_recipient_record(self.payer.key, recipient.key);
            let rent = sol(network.rent(RecipientRecord::SPACE)?);
            let name = context.name(&recipient.key)?;
            let words = format!("the record of {name}; {rent} stay in it for good");
            self.openings.push((words, open));
        }
        Ok(())
    }

    fn act(self, context: &Context, words: &Words) -> Result<Act> {
        let head = &self.round.head;
        let (epoch, index) = (head.index, self.index);
        let canonical = foreseen(self.terms.canonical())?;
        let leaf = terms_hash(&self.scene.key, epoch, index, &canonical);
        let slate_hash = fold_proposal(&head.slate_hash, &self.scene.key, epoch, index, &canonical);
        let title = format!("Propose \"{}\" in epoch {epoch}", words.title);
        let mut act = Act::open_to_anyone(title, self.payer.clone())
            .change("entry", format!("number {index} of the slate"));
        let terms = describe(context, &self.scene, &head.policy, &self.terms.action)?;
        act.changes.extend(terms);
        let own_tier = match &self.terms.action {
            Action::Award(_) => self.award_lines(context, &mut act)?,
            _ => {
                act.changes.extend(threshold_lines(head, Tier::Constitutional));
                Some(Tier::Constitutional)
            }
        };
        act = self.cost_lines(context, act)?;
        let text = match (self.terms.metadata_hash == [0; 32], words.uri.is_empty()) {
            (true, _) => "none: the title is all that voters have".to_owned(),
            (false, true) => format!("SHA-256 {}, at no address", hex(&self.terms.metadata_hash)),
            (false, false) => {
                format!("SHA-256 {} at {}", hex(&self.terms.metadata_hash), words.uri)
            }
        };
        let proposal = address::proposal(&self.round.key, index);
        act = act
            .change("long text", text)
            .change("terms hash", hex(&leaf))
            .change("slate hash", format!("{}, with it folded in", hex(&slate_hash)))
            .exact(json!({
                "epoch": epoch,
                "entry": index,
                "proposal": proposal.to_string(),
                "title": words.title,
                "terms": exact(&self.terms.action),
                "metadataUri": words.uri,
                "metadataHash": hex(&self.terms.metadata_hash),
                "termsHash": hex(&leaf),
                "slateHash": hex(&slate_hash),
                "slotFee": self.price.0,
                "bond": self.price.1,
                "tier": own_tier.map(|own| tier(own.into())),
                "accepted": self.recipient.as_ref().map(|who| who.actor.is_some()),
            }))
            .note(format!(
                "Voters sign these terms; nothing of them changes afterwards. `budget proposal withdraw \
                 {index}` takes it off the slate until voting opens {}.",
                when(head.voting_opens_at, self.scene.now)
            ));
        for (_, instruction) in &self.openings {
            act = act.instruction(instruction.clone());
        }
        let mut actors = vec![self.proposer.clone()];
        let signs = self.recipient.as_ref().and_then(|who| who.actor.clone());
        actors.extend(signs.filter(|actor| actor.key != self.proposer.key));
        act = act.instruction(self.instruction());
        Ok(Act { actors, asks: true, ..act })
    }

    /// What an award will be held to, and what it would do to the treasury; returns its tier.
    fn award_lines(&self, context: &Context, act: &mut Act) -> Result<Option<Tier>> {
        let head = &self.round.head;
        let award = foreseen(self.terms.award())?;
        let record = self.recipient.as_ref().and_then(|who| who.record.as_ref());
        let ask = Ask {
            amount: award.amount,
            cumulative: cumulative_ask(&self.round, record, award.amount),
            category: award.category,
            duration_secs: award.duration_secs,
            checkpoints: award.checkpoints,
            weak_record: record.is_some_and(|it| it.is_weak(head.policy.tiers.record_floor_bps)),
        };
        let bar = Bar::of(head, &ask);
        let lines = bar.map(|bar| bar.lines(head, &ask, &self.scene.budget));
        act.changes.extend(lines.unwrap_or_default());
        let accepted = match self.recipient.as_ref().is_some_and(|who| who.actor.is_some()) {
            true => "by its recipient's signature, at once".to_owned(),
            false => format!(
                "not yet: its recipient must run `budget proposal accept {}` before voting opens",
                self.index
            ),
        };
        act.changes.push(("accepted".to_owned(), accepted));
        if !context.globals.unsigned {
            let payer = Some(self.payer.key);
            let found = assessment(context, &self.scene, &self.round, payer, &ask)?;
            let verdict = match found.refused {
                0 => "would fit, if nothing ranked above it".to_owned(),
                reason => format!("would not fit: {}", refused_words(reason)),
            };
            act.changes.push(("assessment".to_owned(), verdict));
            act.changes.extend(words(&found, head, &ask, &self.scene.budget));
        }
        Ok(bar.and_then(|bar| bar.tier))
    }

    /// Fee, bond and rent.
    fn cost_lines(&self, context: &Context, act: Act) -> Result<Act> {
        let head = &self.round.head;
        let budget = &self.scene.budget;
        let (fee, bond) = self.price;
        let spam = format::bps(head.policy.slate.spam_support_bps);
        let bond = match bond {
            0 => "none".to_owned(),
            bond => format!(
                "{}, back when it is closed, unless it fails with less than {spam} of all weight for it",
                budget.show(bond)
            ),
        };
        let space = match &self.terms.action {
            Action::Award(_) => Proposal::AWARD_SPACE,
            action => Proposal::space(action.stored_bytes()),
        };
        let rent = context.network()?.rent(space)?;
        let mut act = act
            .change("slot fee", format!("{}, kept by the treasury", budget.show(fee)))
            .change("bond", bond)
            .change("rent", format!("{}, back when it is closed", sol(rent)));
        for (what, _) in &self.openings {
            act = act.change("opens first", what.clone());
        }
        Ok(act)
    }

    fn instruction(&self) -> Instruction {
        let proposer = self.proposer.key;
        let recipient = self.recipient.as_ref();
        let by = Submission {
            epoch: self.round.head.index,
            index: self.index,
            proposer,
            payer: self.payer.key,
            recipient: recipient.map_or(proposer, |who| who.key),
            recipient_signs: recipient.is_some_and(|who| who.actor.is_some()),
            source: self.source,
        };
        let Terms { action, metadata_hash, title, metadata_uri } = self.terms.clone();
        match action {
            Action::Award(award) => {
                let args = SubmitProposalArgs {
                    category: award.category,
                    checkpoints: award.checkpoints,
                    amount: award.amount,
                    duration_secs: award.duration_secs,
                    cliff_secs: award.cliff_secs,
                    metadata_hash,
                    title,
                    metadata_uri,
                };
                self.scene.community.submit_proposal(by, args)
            }
            action => {
                let args = SubmitActionArgs { action, metadata_hash, title, metadata_uri };
                self.scene.community.submit_action(by, self.with_stake, args)
            }
        }
    }
}
