//! Events as the program logs them.

use anchor_lang::Event;
use community_budget::{
    events::{
        ActionSubmitted, BreakerTripped, EpochSettled, ProposalSubmitted, StreamRuled, UpdateFiled,
        VoteCast,
    },
    state::{Health, Ruling, TripCause},
};
use serde_json::Value;

use crate::{
    Section,
    actions::actions,
    addresses::key,
    json::{Json, hex},
    object, record,
};

record!(VoteCast { seq, epoch, owner, by_delegate, weight, turnout, voting_closes_at });
record!(ProposalSubmitted {
    seq,
    epoch,
    index,
    proposer,
    recipient,
    amount,
    slot_fee,
    bond,
    accepted,
    hex slate_hash
});
record!(ActionSubmitted { seq, epoch, index, proposer, action, slot_fee, bond, hex slate_hash });
record!(EpochSettled {
    seq,
    epoch,
    electorate,
    passing,
    funded,
    approved,
    allocated,
    settled_at,
    committed
});
record!(StreamRuled { seq, epoch, index, stream, ruling, returned, committed });
record!(BreakerTripped { seq, treasury, cause, until, high_water });
record!(UpdateFiled { seq, treasury, stream, checkpoint, health, spent, hex evidence_hash });

impl Json for TripCause {
    fn json(&self) -> Value {
        match self {
            TripCause::Drawdown => 0u8,
            TripCause::Outflow => 1,
        }
        .json()
    }
}

fn case(name: &str, event: &(impl Event + Json)) -> Value {
    object! { name: name, data: hex(&event.data()), is: event }
}

pub fn sections() -> Vec<Section> {
    let (seq, epoch, stream, treasury) = (1u64 << 40, key(60), key(61), key(62));
    let vote = VoteCast {
        seq,
        epoch,
        owner: key(4),
        by_delegate: true,
        weight: u64::MAX,
        turnout: 7,
        voting_closes_at: -1,
    };
    let proposal = ProposalSubmitted {
        seq,
        epoch,
        index: 127,
        proposer: key(4),
        recipient: key(7),
        amount: u64::MAX - 1,
        slot_fee: 1,
        bond: 0,
        accepted: false,
        slate_hash: [0x1f; 32],
    };
    let settled = EpochSettled {
        seq,
        epoch,
        electorate: 9,
        passing: 3,
        funded: 2,
        approved: 1,
        allocated: 1 << 60,
        settled_at: i64::MAX,
        committed: u64::MAX,
    };
    let ruling = Ruling::Reduce { keep_bps: 2_500 };
    let ruled = StreamRuled { seq, epoch, index: 3, stream, ruling, returned: 4, committed: 5 };
    let cause = TripCause::Outflow;
    let tripped = BreakerTripped { seq, treasury, cause, until: 6, high_water: 7 };
    let (checkpoint, health) = (11, Health::AtRisk);
    let evidence_hash = [0x2e; 32];
    let filed = UpdateFiled { seq, treasury, stream, checkpoint, health, spent: 8, evidence_hash };
    let mut cases = vec![
        case("VoteCast", &vote),
        case("ProposalSubmitted", &proposal),
        case("EpochSettled", &settled),
        case("StreamRuled", &ruled),
        case("BreakerTripped", &tripped),
        case("UpdateFiled", &filed),
    ];
    cases.extend(actions().into_iter().skip(1).step_by(4).map(|action| {
        let acted = ActionSubmitted {
            seq,
            epoch,
            index: 5,
            proposer: key(4),
            action,
            slot_fee: 2,
            bond: 3,
            slate_hash: [0x3d; 32],
        };
        case("ActionSubmitted", &acted)
    }));
    vec![Section::new("events", cases)]
}
