//! `open_recipient_record`: a treasury begins to remember a person.

use anchor_lang::prelude::*;
use budget_rules::snapshot::NEVER;

use crate::{
    constants::*,
    create::{Creation, mark},
    error::BudgetError,
    events::RecipientRecordOpened,
    state::{RecipientRecord, Treasury, split_mut},
};

/// Accounts of `open_recipient_record`.
#[derive(Accounts)]
pub struct OpenRecipientRecord<'info> {
    #[account(mut)]
    pub payer: Signer<'info>,
    /// CHECK: only a key; anyone may open the record of anyone, it holds nothing to lose.
    pub person: UncheckedAccount<'info>,
    #[account(mut)]
    pub treasury: AccountLoader<'info, Treasury>,
    /// CHECK: `Creation` proves that its address is that of the seeds, and that nothing is there yet.
    #[cfg_attr(feature = "idl-build", account(mut, seeds = [RECIPIENT_SEED, treasury.key().as_ref(), person.key().as_ref()], bump))]
    #[cfg_attr(not(feature = "idl-build"), account(mut))]
    pub record: UncheckedAccount<'info>,
    pub system_program: Program<'info, System>,
}

pub fn handle_open_recipient_record(ctx: Context<OpenRecipientRecord>) -> Result<()> {
    let OpenRecipientRecord { payer, person, treasury, record, system_program: _ } = ctx.accounts;
    let (treasury_key, person_key) = (treasury.key(), person.key());
    let bump = Creation {
        account: record,
        payer,
        owner: &crate::ID,
        space: RecipientRecord::SPACE,
        seeds: &[RECIPIENT_SEED, treasury_key.as_ref(), person_key.as_ref()],
        exists: BudgetError::RecordAlreadyOpen,
    }
    .run()?;
    mark::<RecipientRecord>(record)?;
    {
        let (mut opened, _) = split_mut::<RecipientRecord>(record.try_borrow_mut_data()?)?;
        opened.version = ACCOUNT_VERSION;
        opened.bump = bump;
        opened.submitted_epoch = NEVER;
        opened.accepted_epoch = NEVER;
        opened.treasury = treasury_key;
        opened.person = person_key;
    }
    let seq = treasury.load_mut()?.next_seq()?;

    emit!(RecipientRecordOpened { seq, treasury: treasury_key, person: person_key });
    Ok(())
}
