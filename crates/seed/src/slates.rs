//! What is asked for: submissions, consents, withdrawals, and the acts behind them.

use budget_client::instruction::Submission;
use community_budget::{
    SubmitActionArgs, SubmitProposalArgs,
    constants::DAY_SECS,
    state::{Action, Ruling},
};
use solana_signer::Signer;

use crate::{
    batch::Job,
    documents::act_document,
    policy::{DOLLAR, category_index, looser_breaker},
    population::Round,
    story::{Acceptance, Ask},
    town::Town,
    trouble::Result,
};

/// The stream that the review held, and that an act is about.
pub const HELD: &str = "mural";

/// Opens a round's epoch.
pub fn open(town: &mut Town<'_>, round: Round) -> Result<()> {
    let keys = town.keys;
    let open = town.community.open_epoch(keys.founder.pubkey(), round.epoch());
    town.send(&[Job::new(&keys.founder, vec![open])])
}

/// Submits everything that belongs to a batch of a round.
pub fn submit(town: &mut Town<'_>, round: Round, batch: u8) -> Result<()> {
    let slate = (0u8..).zip(town.asks(round)).filter(|(_, ask)| ask.batch == batch);
    let jobs: Vec<Job<'_>> =
        slate.map(|(index, ask)| submission(town, round, index, ask)).collect();
    town.send_in_order(&jobs)
}

fn submission<'a>(town: &Town<'a>, round: Round, index: u8, ask: &Ask) -> Job<'a> {
    let (proposer, recipient) = (town.keys.team(&ask.from), town.keys.team(ask.to()));
    let by = Submission {
        epoch: round.epoch(),
        index,
        proposer: proposer.pubkey(),
        payer: proposer.pubkey(),
        recipient: recipient.pubkey(),
        recipient_signs: ask.accepts == Acceptance::Signed,
        source: town.community.budget_account(&proposer.pubkey()),
    };
    let document = town.story.ask_document(ask);
    let args = SubmitProposalArgs {
        // Of a category that a test has looked up.
        category: category_index(&ask.category).unwrap_or_default(),
        checkpoints: ask.checkpoints,
        amount: ask.amount * DOLLAR,
        duration_secs: ask.days * DAY_SECS,
        cliff_secs: ask.cliff_days * DAY_SECS,
        metadata_hash: document.hash(),
        title: ask.title.clone(),
        metadata_uri: document.uri(),
    };
    let job = Job::new(proposer, vec![town.community.submit_proposal(by, args)]);
    if by.recipient_signs { job.signed_by(recipient) } else { job }
}

/// Recipients who did not sign a submission agree, except who never does.
pub fn accept(town: &mut Town<'_>, round: Round) -> Result<()> {
    let slate = (0u8..).zip(town.asks(round));
    let later = slate.filter(|(_, ask)| ask.accepts == Acceptance::Later);
    let accept = |(index, ask): (u8, &Ask)| {
        let recipient = town.keys.team(ask.to());
        let accept = town.community.accept_proposal(recipient.pubkey(), round.epoch(), index);
        Job::new(recipient, vec![accept])
    };
    let jobs: Vec<Job<'_>> = later.map(accept).collect();
    town.send(&jobs)
}

/// Proposers who think better of it take their asks back.
pub fn withdraw(town: &mut Town<'_>, round: Round) -> Result<()> {
    let slate = (0u8..).zip(town.asks(round)).filter(|(_, ask)| ask.withdrawn);
    let withdraw = |(index, ask): (u8, &Ask)| {
        let proposer = town.keys.team(&ask.from);
        let withdraw = town.community.withdraw_proposal(proposer.pubkey(), round.epoch(), index);
        Job::new(proposer, vec![withdraw])
    };
    let jobs: Vec<Job<'_>> = slate.map(withdraw).collect();
    town.send(&jobs)
}

/// Puts the two acts of the present round behind the asks, where the slate takes nothing else: each
/// by a member with a large stake.
pub fn submit_acts(town: &mut Town<'_>) -> Result<()> {
    let keys = town.keys;
    let ruling = Ruling::Resume { checkpoint: 0 };
    let acts = [
        (RESUME, Action::RuleOnStream { stream: town.stream(HELD), ruling }, &keys.members[1]),
        (BREAKER, Action::SetPolicy(looser_breaker()), &keys.members[2]),
    ];
    let first = u8::try_from(town.asks(Round::Present).len()).unwrap_or(u8::MAX);
    let mut jobs = Vec::new();
    for (index, (id, action, proposer)) in (first..).zip(acts) {
        let key = proposer.pubkey();
        let by = Submission {
            epoch: Round::Present.epoch(),
            index,
            proposer: key,
            payer: key,
            recipient: key,
            recipient_signs: false,
            source: town.community.budget_account(&key),
        };
        let act = &town.story.act[id];
        let document = act_document(id, act);
        let args = SubmitActionArgs {
            action,
            metadata_hash: document.hash(),
            title: act.title.clone(),
            metadata_uri: document.uri(),
        };
        jobs.push(Job::new(proposer, vec![town.community.submit_action(by, true, args)]));
    }
    town.send_in_order(&jobs)
}

/// Names of the acts, in the order of the slate.
pub const RESUME: &str = "resume";
/// See [`RESUME`].
pub const BREAKER: &str = "breaker";
