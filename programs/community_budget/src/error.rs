//! Every way an instruction can be refused.
//!
//! ABI: append only. Codes start at 6000 and clients match on them; `tests/suite/laws/error_codes.rs` pins each.

use anchor_lang::prelude::*;

/// What must have been true. One fact each.
#[error_code]
pub enum BudgetError {
    // --- treasury and funds -------------------------------------------------------------------
    /// A policy value lies outside its hard bound; the log names the field.
    #[msg("Every policy value must lie within its hard bound")]
    PolicyOutOfBounds,
    /// Two policy values contradict each other; the log names the rule.
    #[msg("Policy values must agree with each other")]
    PolicyInconsistent,
    /// The mint carries an extension outside the allowlist, or one unknown to this program.
    #[msg("The mint must have no extension other than metadata pointer and token metadata")]
    MintExtensionNotAllowed,
    /// The amount is zero.
    #[msg("The amount must be more than zero base units")]
    AmountIsZero,
    /// The token program moved another amount than asked.
    #[msg("The token balance must change by exactly the amount transferred")]
    TransferAmountMismatch,
    /// The vault holds no more than the treasury accounts for.
    #[msg("The vault must hold tokens that are not accounted for yet")]
    NoSurplus,
    /// An epoch is between opening and settlement.
    #[msg("The current epoch must be settled first")]
    EpochNotSettled,
    /// Arithmetic would leave the range of its type.
    #[msg("The result must fit into 64 bits")]
    ArithmeticOverflow,
    /// An account does not keep its own books; nothing was changed.
    #[msg("The account's books must balance after the change")]
    InvariantViolated,
    /// A token account does not belong to who must own it.
    #[msg("The token account must belong to the expected owner and hold the expected mint")]
    WrongTokenAccount,
    /// The account passed is not the one that the other accounts name.
    #[msg("The account must be the one that the treasury, epoch or record names")]
    AccountMismatch,

    // --- stake --------------------------------------------------------------------------------
    /// This owner already has a stake account in this treasury.
    #[msg("The owner must not have a stake account in this treasury yet")]
    StakeAlreadyOpen,
    /// More tokens are asked for than are staked.
    #[msg("The amount must be at most what is staked")]
    InsufficientStake,
    /// Nothing is cooling down.
    #[msg("There must be tokens cooling down")]
    NothingCooling,
    /// The cool-down has not run yet.
    #[msg("The cool-down must have run")]
    StillCooling,
    /// The lock is outside the policy's range.
    #[msg("The lock must lie between the treasury's shortest and longest lock")]
    LockOutOfRange,
    /// The lock is the one already chosen.
    #[msg("The lock must differ from the present one")]
    LockUnchanged,
    /// The stake account still holds tokens.
    #[msg("The stake must hold no tokens, staked or cooling")]
    StakeNotEmpty,

    // --- epoch --------------------------------------------------------------------------------
    /// It is too early for the next epoch.
    #[msg("The first opening time and one period since the last opening must have passed")]
    TooEarlyToOpen,
    /// The cap that free funds allow is below the policy's minimum.
    #[msg("The epoch's cap must reach the policy's minimum")]
    CapBelowMinimum,
    /// Submission is not open.
    #[msg("The epoch must be in its submission phase")]
    NotInSubmission,
    /// Voting is not open.
    #[msg("The epoch must be in its voting phase")]
    NotInVoting,
    /// Voting has not closed, or the epoch is settled already.
    #[msg("The epoch must be in its tallying phase")]
    NotInTallying,
    /// The epoch has been settled before, or has not been settled yet.
    #[msg("The epoch must be settled")]
    NotSettled,

    // --- proposals ----------------------------------------------------------------------------
    /// All slots of the slate are taken.
    #[msg("The slate must have a free slot")]
    SlateFull,
    /// This proposer has reached the policy's limit for this epoch.
    #[msg("The proposer must have submitted fewer proposals than the policy allows per epoch")]
    TooManyProposals,
    /// The title is empty or longer than 64 bytes.
    #[msg("The title must have 1 to 64 bytes")]
    TitleLength,
    /// The metadata URI is longer than 128 bytes.
    #[msg("The metadata URI must have at most 128 bytes")]
    UriLength,
    /// The policy has no such category.
    #[msg("The category must be one of the policy's")]
    UnknownCategory,
    /// A single ask above the large limit.
    #[msg("The ask must be at most the large limit of this epoch")]
    AskTooLarge,
    /// The stream is shorter or longer than allowed.
    #[msg("The stream must last from one day to four years")]
    StreamLength,
    /// Medium and large awards must stream past the next ruling (P2).
    #[msg("A medium or large award must stream long enough for a later vote to stop a part of it.")]
    StreamTooShortForTier,
    /// The cliff lies behind the end of the stream.
    #[msg("The cliff must not lie behind the stream's end")]
    CliffAfterEnd,
    /// More checkpoints than a stream can have.
    #[msg("The award must have at most 12 checkpoints")]
    TooManyCheckpoints,
    /// The recipient is the treasury or one of its vaults.
    #[msg("The recipient must not be the treasury, one of its vaults or the zero key")]
    RecipientNotAllowed,
    /// The recipient's record is needed to accept.
    #[msg("The recipient's record must be given when the recipient signs the submission")]
    RecipientRecordMissing,
    /// The recipient has accepted before.
    #[msg("The award must not have been accepted yet")]
    AlreadyAccepted,
    /// The proposal was withdrawn.
    #[msg("The proposal must not have been withdrawn")]
    AlreadyWithdrawn,
    /// This person already has a record in this treasury.
    #[msg("The person must not have a record in this treasury yet")]
    RecordAlreadyOpen,

    // --- ballots ------------------------------------------------------------------------------
    /// The slate is not the one that the ballot was filled in for.
    #[msg("The ballot must carry the hash of the slate as it stands")]
    SlateChanged,
    /// The ballot has no choice, or is longer than the slate.
    #[msg("The ballot must have at least one choice and no byte beyond the slate")]
    BallotMalformed,
    /// A choice on an entry that cannot be voted on.
    #[msg("Every choice must be on an entry that stands for election")]
    EntryNotVotable,
    /// The stake had no weight when voting opened.
    #[msg("The stake must have had weight when voting opened, and still have it")]
    NoVotingPower,
    /// This voter has a vote record in this epoch; revise it instead.
    #[msg("The voter must not have cast a ballot in this epoch yet; revise it instead")]
    AlreadyVoted,
    /// The revised ballot equals the recorded one.
    #[msg("The ballot must differ from the recorded one")]
    BallotUnchanged,
    /// In the last window no entry may be turned from failing to passing.
    #[msg(
        "In the last window before the hard end no ballot may turn a failing entry into a passing one."
    )]
    LatePassRefused,

    // --- awards and streams -------------------------------------------------------------------
    /// The entry was not funded, or has been executed or lapsed since.
    #[msg("The entry must be funded and neither executed nor lapsed")]
    EntryNotFunded,
    /// The timelock still runs.
    #[msg("The entry's timelock must have run")]
    StillTimelocked,
    /// The time to execute is over.
    #[msg("The entry must be within its execution grace")]
    GraceOver,
    /// The time to execute is not over.
    #[msg("The entry's execution grace must be over")]
    GraceNotOver,
    /// The award has a stream already.
    #[msg("The award must not have been executed yet")]
    AlreadyExecuted,
    /// Nothing has been released that was not withdrawn.
    #[msg("The stream must have released tokens that were not withdrawn yet")]
    NothingToWithdraw,
    /// The token account is neither the payout account nor, where that cannot be paid, the
    /// recipient's associated account.
    #[msg(
        "The payment must go to the stream's payout account or the recipient's associated account."
    )]
    WrongPayoutAccount,
    /// The payout account belongs to the treasury.
    #[msg("The payout account must not belong to the treasury")]
    PayoutNotAllowed,

    // --- closing ------------------------------------------------------------------------------
    /// Rent goes back to who paid it, and nowhere else.
    #[msg("The rent must go to the account that paid it")]
    WrongRentPayer,
    /// The entry still waits for execution or lapse.
    #[msg("The entry must be executed, lapsed, failed, unfunded, withdrawn or unaccepted")]
    EntryNotFinal,
    /// The stream has not paid everything yet.
    #[msg("The stream must have paid everything")]
    StreamNotFinished,
    /// Vote records or proposals of the epoch still exist.
    #[msg("All vote records and proposals of the epoch must be closed first")]
    EpochNotEmpty,
    /// The bond cannot be paid to the proposer yet; two periods after settlement it goes to the vault.
    #[msg(
        "The proposer's associated token account must be able to receive the bond, or two periods must have passed since settlement."
    )]
    BondUnpayable,
    /// The bond can only be paid to the proposer's associated token account.
    #[msg("The bond must be paid to the proposer's associated token account")]
    WrongBondAccount,

    // --- appended -----------------------------------------------------------------------------
    /// The founder already has a treasury of this id.
    #[msg("The founder must not have a treasury of this id yet")]
    TreasuryAlreadyExists,
    /// The source holds less than the amount to be moved.
    #[msg("The source token account must hold at least the amount")]
    InsufficientTokens,

    // --- roles and delegation -----------------------------------------------------------------
    /// The signer does not hold the role that this asks for.
    #[msg("The signer must hold the role that this takes")]
    RoleRequired,
    /// A role's signature could be kept for later in a durable-nonce transaction.
    #[msg("The transaction must not use a durable nonce")]
    DurableNonceRefused,
    /// The signer is neither the owner of the stake nor its delegate.
    #[msg("The voter must be the stake's owner or delegate")]
    NotOwnerOrDelegate,
    /// The owner has voted, which locks the delegate out for this epoch.
    #[msg("The owner must not have voted in this epoch")]
    DelegateLockedOut,
    /// The delegate is the one already chosen.
    #[msg("The delegate must differ from the present one")]
    DelegateUnchanged,
    /// A change that nobody but the owner may bring about while votes are taken.
    #[msg("Voting must not have opened, or the epoch must be settled")]
    VotingInProgress,
    /// The stake has no weight to lose.
    #[msg("The stake must not be dormant yet")]
    AlreadyDormant,
    /// The stake took part, or the treasury has not had so many epochs.
    #[msg("The stake must have missed the last eight settled epochs")]
    NotDormant,

    // --- acts ---------------------------------------------------------------------------------
    /// The last quarter of the slate is kept for acts.
    #[msg("A slot of the last quarter must be taken by a constitutional action")]
    SlotReserved,
    /// A slot of the last quarter needs a stake of weight.
    #[msg("A reserved slot must be taken with the proposer's stake of at least 1 % of the total")]
    StakeTooSmall,
    /// One reserved slot per stake and epoch.
    #[msg("The stake must not have taken a reserved slot in this epoch yet")]
    ReservedSlotUsed,
    /// The proposal's action is not the one that this instruction takes.
    #[msg("The proposal must have the action that this instruction takes")]
    WrongAction,
    /// A detail of the action that no execution could carry out.
    #[msg("Every detail of the action must lie within its range")]
    ActionOutOfRange,
    /// The stream that the ruling is about must be given.
    #[msg("The stream that the ruling names must be given")]
    StreamMissing,
    /// Fewer checkpoints than the tier of the ask needs.
    #[msg("The award must have the checkpoints that its tier asks for")]
    TooFewCheckpoints,
    /// The entry was not approved, or has been executed, vetoed or lapsed since.
    #[msg("The entry must be approved and neither executed, vetoed nor lapsed")]
    EntryNotApproved,
    /// The guardian's time to veto is over.
    #[msg("The entry's timelock must still run")]
    TimelockOver,
    /// Roles, rulings, write-offs and the breaker are beyond the guardian.
    #[msg("The entry must be an award or a change of policy")]
    VetoNotAllowed,
    /// Breaker or pause blocks awards and changes of policy.
    #[msg("Executions must not be blocked by the breaker or a pause")]
    ExecutionBlocked,
    /// What the act would change has changed since it was settled.
    #[msg("The act's target must not have changed since the settlement")]
    TargetChanged,
    /// A category with money out cannot change its class or go.
    #[msg("A category with a position must keep its place, name and class")]
    CategoryInUse,

    // --- breaker and pause --------------------------------------------------------------------
    /// The breaker has tripped already.
    #[msg("The breaker must not have tripped")]
    BreakerAlreadyTripped,
    /// The breaker rests for one period after each trip.
    #[msg("One period must have passed since the last trip ended")]
    BreakerResting,
    /// Nothing gives reason to trip.
    #[msg("A drawdown or an outflow beyond the policy's limits must be at hand")]
    TripConditionNotMet,
    /// The breaker has not tripped.
    #[msg("The breaker must have tripped")]
    BreakerNotTripped,
    /// The guardian has no such time left.
    #[msg("The pause must be within what the guardian's allowance leaves, after the last one")]
    PauseExceedsAllowance,
    /// Two pauses of one stream need a payout delay between them.
    #[msg("Seven days must have passed since the stream's last pause ended")]
    PausedRecently,
    /// The outflow bucket is empty, and nothing of the claim has waited long enough.
    #[msg("The outflow limit must leave something, or the claim be older than the payout delay")]
    OutflowLimited,

    // --- reviews ------------------------------------------------------------------------------
    /// The stream has been cancelled or has lapsed.
    #[msg("The stream must not have ended")]
    StreamEnded,
    /// The stream is held.
    #[msg("The stream must not be held")]
    StreamHeld,
    /// The stream is not held.
    #[msg("The stream must be held")]
    StreamNotHeld,
    /// No checkpoint is waiting.
    #[msg("The stream must have a checkpoint that has not passed, and must not be held or ended")]
    NoCheckpointOpen,
    /// It is too early or too late for the update, or it is there already.
    #[msg("The checkpoint must be within the window for its update, which must not be filed yet")]
    UpdateNotDue,
    /// There is no update to score, or the time to do so is over.
    #[msg("The checkpoint must have an update whose grace has not run out")]
    VerdictNotDue,
    /// The update came, or its window is still open.
    #[msg("The checkpoint's window must have run out without an update")]
    UpdateNotOverdue,
    /// A score is a share.
    #[msg("The score must be at most 10,000 basis points")]
    ScoreOutOfRange,
    /// The verdict is about other evidence than was filed.
    #[msg("The verdict must name the evidence that was filed")]
    EvidenceChanged,
    /// The community can still rule on the stream.
    #[msg("The time in which a vote can rule on the held stream must be over")]
    HoldNotOver,
    /// The review's checkpoint is undecided.
    #[msg("The review's checkpoint must be decided")]
    ReviewNotDecided,
    /// Reviews of the stream still exist.
    #[msg("All reviews of the stream must be closed first")]
    ReviewsOpen,

    // --- positions and rewards ----------------------------------------------------------------
    /// Only hedges and derivatives have positions.
    #[msg("The category must be a hedge or a derivative")]
    NotARiskCategory,
    /// The reward can only be paid to the voter's associated token account.
    #[msg("The reward must be paid to the voter's associated token account")]
    WrongRewardAccount,
    /// The reward cannot be paid yet; two periods after settlement the record closes without.
    #[msg(
        "The voter's associated token account must be able to receive the reward, or two periods must have passed since settlement."
    )]
    RewardUnpayable,
    /// Rewards can still be claimed.
    #[msg("Two periods must have passed since settlement")]
    RewardsClaimable,
    /// Nothing was left of the rewards.
    #[msg("The epoch must have rewards that nobody claimed")]
    NothingToReclaim,
    /// An assessment speaks of the epoch that can still award.
    #[msg("The epoch must be the current one and not settled yet")]
    EpochNotCurrent,
}

/// Turns the `None` of a checked computation into [`BudgetError::ArithmeticOverflow`].
pub fn checked<T>(result: Option<T>) -> Result<T> {
    result.ok_or_else(|| error!(BudgetError::ArithmeticOverflow))
}
