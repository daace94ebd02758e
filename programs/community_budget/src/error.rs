//! Every way an instruction can be refused.
//!
//! ABI: append only. Codes start at 6000 and clients match on them; `tests/suite/laws/error_codes.rs` pins each.

use anchor_lang::{
    error::{ERROR_CODE_OFFSET, Error, Fault},
    prelude::*,
};

/// Declares the errors once: for the interface description as Anchor does, for the program with one
/// table of names and sentences. Anchor's own code for it takes 55 KB of the object.
macro_rules! budget_errors {
    ($($(#[doc = $doc:literal])+ $name:ident: $message:literal,)+) => {
        /// What must have been true. One fact each.
        #[cfg(feature = "idl-build")]
        #[error_code]
        pub enum BudgetError {
            $($(#[doc = $doc])+ #[msg($message)] $name,)+
        }

        /// What must have been true. One fact each.
        #[cfg(not(feature = "idl-build"))]
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u32)]
        pub enum BudgetError {
            $($(#[doc = $doc])+ $name,)+
        }

        /// Name and sentence of every error, in the order of the codes.
        #[cfg(not(feature = "idl-build"))]
        const TEXTS: &[(&str, &str)] = &[$((stringify!($name), $message),)+];
    };
}

budget_errors! {
    // --- treasury and funds -------------------------------------------------------------------
    /// A policy value lies outside its hard bound; the log names the field.
    PolicyOutOfBounds: "Every policy value must lie within its hard bound",
    /// Two policy values contradict each other; the log names the rule.
    PolicyInconsistent: "Policy values must agree with each other",
    /// The mint carries an extension outside the allowlist, or one unknown to this program.
    MintExtensionNotAllowed: "The mint must have no extension other than metadata pointer and token metadata",
    /// The amount is zero.
    AmountIsZero: "The amount must be more than zero base units",
    /// The token program moved another amount than asked.
    TransferAmountMismatch: "The token balance must change by exactly the amount transferred",
    /// The vault holds no more than the treasury accounts for.
    NoSurplus: "The vault must hold tokens that are not accounted for yet",
    /// An epoch is between opening and settlement.
    EpochNotSettled: "The current epoch must be settled first",
    /// Arithmetic would leave the range of its type.
    ArithmeticOverflow: "The result must fit into 64 bits",
    /// An account does not keep its own books; nothing was changed.
    InvariantViolated: "The account's books must balance after the change",
    /// A token account does not belong to who must own it.
    WrongTokenAccount: "The token account must belong to the expected owner and hold the expected mint",
    /// The account passed is not the one that the other accounts name.
    AccountMismatch: "The account must be the one that the treasury, epoch or record names",

    // --- stake --------------------------------------------------------------------------------
    /// This owner already has a stake account in this treasury.
    StakeAlreadyOpen: "The owner must not have a stake account in this treasury yet",
    /// More tokens are asked for than are staked.
    InsufficientStake: "The amount must be at most what is staked",
    /// Nothing is cooling down.
    NothingCooling: "There must be tokens cooling down",
    /// The cool-down has not run yet.
    StillCooling: "The cool-down must have run",
    /// The lock is outside the policy's range.
    LockOutOfRange: "The lock must lie between the treasury's shortest and longest lock",
    /// The lock is the one already chosen.
    LockUnchanged: "The lock must differ from the present one",
    /// The stake account still holds tokens.
    StakeNotEmpty: "The stake must hold no tokens, staked or cooling",

    // --- epoch --------------------------------------------------------------------------------
    /// It is too early for the next epoch.
    TooEarlyToOpen: "The first opening time and one period since the last opening must have passed",
    /// The cap that free funds allow is below the policy's minimum.
    CapBelowMinimum: "The epoch's cap must reach the policy's minimum",
    /// Submission is not open.
    NotInSubmission: "The epoch must be in its submission phase",
    /// Voting is not open.
    NotInVoting: "The epoch must be in its voting phase",
    /// Voting has not closed, or the epoch is settled already.
    NotInTallying: "The epoch must be in its tallying phase",
    /// The epoch has been settled before, or has not been settled yet.
    NotSettled: "The epoch must be settled",

    // --- proposals ----------------------------------------------------------------------------
    /// All slots of the slate are taken.
    SlateFull: "The slate must have a free slot",
    /// This proposer has reached the policy's limit for this epoch.
    TooManyProposals: "The proposer must have submitted fewer proposals than the policy allows per epoch",
    /// The title is empty or longer than 64 bytes.
    TitleLength: "The title must have 1 to 64 bytes",
    /// The metadata URI is longer than 128 bytes.
    UriLength: "The metadata URI must have at most 128 bytes",
    /// The policy has no such category.
    UnknownCategory: "The category must be one of the policy's",
    /// A single ask above the large limit.
    AskTooLarge: "The ask must be at most the large limit of this epoch",
    /// The stream is shorter or longer than allowed.
    StreamLength: "The stream must last from one day to four years",
    /// Medium and large awards must stream past the next ruling (P2).
    StreamTooShortForTier: "A medium or large award must stream long enough for a later vote to stop a part of it.",
    /// The cliff lies behind the end of the stream.
    CliffAfterEnd: "The cliff must not lie behind the stream's end",
    /// More checkpoints than a stream can have.
    TooManyCheckpoints: "The award must have at most 12 checkpoints",
    /// The recipient is the treasury or one of its vaults.
    RecipientNotAllowed: "The recipient must not be the treasury, one of its vaults or the zero key",
    /// The recipient's record is needed to accept.
    RecipientRecordMissing: "The recipient's record must be given when the recipient signs the submission",
    /// The recipient has accepted before.
    AlreadyAccepted: "The award must not have been accepted yet",
    /// The proposal was withdrawn.
    AlreadyWithdrawn: "The proposal must not have been withdrawn",
    /// This person already has a record in this treasury.
    RecordAlreadyOpen: "The person must not have a record in this treasury yet",

    // --- ballots ------------------------------------------------------------------------------
    /// The slate is not the one that the ballot was filled in for.
    SlateChanged: "The ballot must carry the hash of the slate as it stands",
    /// The ballot has no choice, or is longer than the slate.
    BallotMalformed: "The ballot must have at least one choice and no byte beyond the slate",
    /// A choice on an entry that cannot be voted on.
    EntryNotVotable: "Every choice must be on an entry that stands for election",
    /// The stake had no weight when voting opened.
    NoVotingPower: "The stake must have had weight when voting opened, and still have it",
    /// This voter has a vote record in this epoch; revise it instead.
    AlreadyVoted: "The voter must not have cast a ballot in this epoch yet; revise it instead",
    /// The revised ballot equals the recorded one.
    BallotUnchanged: "The ballot must differ from the recorded one",
    /// In the last window no entry may be turned from failing to passing.
    LatePassRefused: "In the last window before the hard end no ballot may turn a failing entry into a passing one.",

    // --- awards and streams -------------------------------------------------------------------
    /// The entry was not funded, or has been executed or lapsed since.
    EntryNotFunded: "The entry must be funded and neither executed nor lapsed",
    /// The timelock still runs.
    StillTimelocked: "The entry's timelock must have run",
    /// The time to execute is over.
    GraceOver: "The entry must be within its execution grace",
    /// The time to execute is not over.
    GraceNotOver: "The entry's execution grace must be over",
    /// The award has a stream already.
    AlreadyExecuted: "The award must not have been executed yet",
    /// Nothing has been released that was not withdrawn.
    NothingToWithdraw: "The stream must have released tokens that were not withdrawn yet",
    /// The token account is neither the payout account nor, where that cannot be paid, the
    /// recipient's associated account.
    WrongPayoutAccount: "The payment must go to the stream's payout account or the recipient's associated account.",
    /// The payout account belongs to the treasury.
    PayoutNotAllowed: "The payout account must not belong to the treasury",

    // --- closing ------------------------------------------------------------------------------
    /// Rent goes back to who paid it, and nowhere else.
    WrongRentPayer: "The rent must go to the account that paid it",
    /// The entry still waits for execution or lapse.
    EntryNotFinal: "The entry must be executed, lapsed, failed, unfunded, withdrawn or unaccepted",
    /// The stream has not paid everything yet.
    StreamNotFinished: "The stream must have paid everything",
    /// Vote records or proposals of the epoch still exist.
    EpochNotEmpty: "All vote records and proposals of the epoch must be closed first",
    /// The bond cannot be paid to the proposer yet; two periods after settlement it goes to the vault.
    BondUnpayable: "The proposer's associated token account must be able to receive the bond, or two periods must have passed since settlement.",
    /// The bond can only be paid to the proposer's associated token account.
    WrongBondAccount: "The bond must be paid to the proposer's associated token account",

    // --- appended -----------------------------------------------------------------------------
    /// The founder already has a treasury of this id.
    TreasuryAlreadyExists: "The founder must not have a treasury of this id yet",
    /// The source holds less than the amount to be moved.
    InsufficientTokens: "The source token account must hold at least the amount",

    // --- roles and delegation -----------------------------------------------------------------
    /// The signer does not hold the role that this asks for.
    RoleRequired: "The signer must hold the role that this takes",
    /// A role's signature could be kept for later in a durable-nonce transaction.
    DurableNonceRefused: "The transaction must not use a durable nonce",
    /// The signer is neither the owner of the stake nor its delegate.
    NotOwnerOrDelegate: "The voter must be the stake's owner or delegate",
    /// The owner has voted, which locks the delegate out for this epoch.
    DelegateLockedOut: "The owner must not have voted in this epoch",
    /// The delegate is the one already chosen.
    DelegateUnchanged: "The delegate must differ from the present one",
    /// A change that nobody but the owner may bring about while votes are taken.
    VotingInProgress: "Voting must not have opened, or the epoch must be settled",
    /// The stake has no weight to lose.
    AlreadyDormant: "The stake must not be dormant yet",
    /// The stake took part, or the treasury has not had so many epochs.
    NotDormant: "The stake must have missed the last eight settled epochs",

    // --- acts ---------------------------------------------------------------------------------
    /// The last quarter of the slate is kept for acts.
    SlotReserved: "A slot of the last quarter must be taken by a constitutional action",
    /// A slot of the last quarter needs a stake of weight.
    StakeTooSmall: "A reserved slot must be taken with the proposer's stake of at least 1 % of the total",
    /// One reserved slot per stake and epoch.
    ReservedSlotUsed: "The stake must not have taken a reserved slot in this epoch yet",
    /// The proposal's action is not the one that this instruction takes.
    WrongAction: "The proposal must have the action that this instruction takes",
    /// A detail of the action that no execution could carry out.
    ActionOutOfRange: "Every detail of the action must lie within its range",
    /// The stream that the ruling is about must be given.
    StreamMissing: "The stream that the ruling names must be given",
    /// Fewer checkpoints than the tier of the ask needs.
    TooFewCheckpoints: "The award must have the checkpoints that its tier asks for",
    /// The entry was not approved, or has been executed, vetoed or lapsed since.
    EntryNotApproved: "The entry must be approved and neither executed, vetoed nor lapsed",
    /// The guardian's time to veto is over.
    TimelockOver: "The entry's timelock must still run",
    /// Roles, rulings, write-offs and the breaker are beyond the guardian.
    VetoNotAllowed: "The entry must be an award or a change of policy",
    /// Breaker or pause blocks awards and changes of policy.
    ExecutionBlocked: "Executions must not be blocked by the breaker or a pause",
    /// What the act would change has changed since it was settled.
    TargetChanged: "The act's target must not have changed since the settlement",
    /// A category with money out cannot change its class or go.
    CategoryInUse: "A category with a position must keep its place, name and class",

    // --- breaker and pause --------------------------------------------------------------------
    /// The breaker has tripped already.
    BreakerAlreadyTripped: "The breaker must not have tripped",
    /// The breaker rests for one period after each trip.
    BreakerResting: "One period must have passed since the last trip ended",
    /// Nothing gives reason to trip.
    TripConditionNotMet: "A drawdown or an outflow beyond the policy's limits must be at hand",
    /// The breaker has not tripped.
    BreakerNotTripped: "The breaker must have tripped",
    /// The guardian has no such time left.
    PauseExceedsAllowance: "The pause must be within what the guardian's allowance leaves, after the last one",
    /// Two pauses of one stream need a payout delay between them.
    PausedRecently: "Seven days must have passed since the stream's last pause ended",
    /// The outflow bucket is empty, and nothing of the claim has waited long enough.
    OutflowLimited: "The outflow limit must leave something, or the claim be older than the payout delay",

    // --- reviews ------------------------------------------------------------------------------
    /// The stream has been cancelled or has lapsed.
    StreamEnded: "The stream must not have ended",
    /// The stream is held.
    StreamHeld: "The stream must not be held",
    /// The stream is not held.
    StreamNotHeld: "The stream must be held",
    /// No checkpoint is waiting.
    NoCheckpointOpen: "The stream must have a checkpoint that has not passed, and must not be held or ended",
    /// It is too early or too late for the update, or it is there already.
    UpdateNotDue: "The checkpoint must be within the window for its update, which must not be filed yet",
    /// There is no update to score, or the time to do so is over.
    VerdictNotDue: "The checkpoint must have an update whose grace has not run out",
    /// The update came, or its window is still open.
    UpdateNotOverdue: "The checkpoint's window must have run out without an update",
    /// A score is a share.
    ScoreOutOfRange: "The score must be at most 10,000 basis points",
    /// The verdict is about other evidence than was filed.
    EvidenceChanged: "The verdict must name the evidence that was filed",
    /// The community can still rule on the stream.
    HoldNotOver: "The time in which a vote can rule on the held stream must be over",
    /// The review's checkpoint is undecided.
    ReviewNotDecided: "The review's checkpoint must be decided",
    /// Reviews of the stream still exist.
    ReviewsOpen: "All reviews of the stream must be closed first",

    // --- positions and rewards ----------------------------------------------------------------
    /// Only hedges and derivatives have positions.
    NotARiskCategory: "The category must be a hedge or a derivative",
    /// The reward can only be paid to the voter's associated token account.
    WrongRewardAccount: "The reward must be paid to the voter's associated token account",
    /// The reward cannot be paid yet; two periods after settlement the record closes without.
    RewardUnpayable: "The voter's associated token account must be able to receive the reward, or two periods must have passed since settlement.",
    /// Rewards can still be claimed.
    RewardsClaimable: "Two periods must have passed since settlement",
    /// Nothing was left of the rewards.
    NothingToReclaim: "The epoch must have rewards that nobody claimed",
    /// An assessment speaks of the epoch that can still award.
    EpochNotCurrent: "The epoch must be the current one and not settled yet",
}

#[cfg(not(feature = "idl-build"))]
impl BudgetError {
    /// Its name, as logs and clients write it.
    pub fn name(&self) -> String {
        self.texts().0.to_owned()
    }

    fn texts(&self) -> (&'static str, &'static str) {
        let texts = usize::try_from(self.position()).ok().and_then(|at| TEXTS.get(at));
        texts.copied().unwrap_or_default()
    }

    fn fault(self) -> Fault {
        let (name, message) = self.texts();
        Fault { code: self.into(), name, message }
    }

    fn position(&self) -> u32 {
        // Lossless: the discriminants of a `repr(u32)` enum.
        #[allow(clippy::as_conversions)]
        let position = *self as u32;
        position
    }
}

#[cfg(feature = "idl-build")]
impl BudgetError {
    fn fault(self) -> Fault {
        Fault { code: self.into(), name: "", message: "" }
    }
}

#[cfg(not(feature = "idl-build"))]
impl From<BudgetError> for u32 {
    fn from(error: BudgetError) -> u32 {
        error.position().saturating_add(ERROR_CODE_OFFSET)
    }
}

#[cfg(not(feature = "idl-build"))]
impl std::fmt::Display for BudgetError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.texts().1)
    }
}

/// What account constraints raise; Anchor's macros add the account's name.
#[cfg(not(feature = "idl-build"))]
impl From<BudgetError> for Error {
    #[cold]
    #[inline(never)]
    fn from(error: BudgetError) -> Error {
        error.fault().into()
    }
}

/// The error as an instruction returns it. The log names the place that raised it.
#[cold]
#[inline(never)]
#[track_caller]
pub fn fail(error: BudgetError) -> Error {
    Error::raised_at(error.fault(), std::panic::Location::caller())
}

/// Turns the `None` of a checked computation into [`BudgetError::ArithmeticOverflow`].
pub fn checked<T>(result: Option<T>) -> Result<T> {
    result.ok_or_else(|| fail(BudgetError::ArithmeticOverflow))
}

/// Returns the error unless the condition holds. These macros take the place of Anchor's, which
/// build an error's texts wherever one is raised.
macro_rules! require {
    ($condition:expr, $error:expr $(,)?) => {
        if !$condition {
            return Err($crate::error::fail($error));
        }
    };
}

/// Returns the error unless both are equal.
macro_rules! require_eq {
    ($left:expr, $right:expr, $error:expr $(,)?) => {
        $crate::error::require!($left == $right, $error)
    };
}

/// Returns the error if both are equal.
macro_rules! require_neq {
    ($left:expr, $right:expr, $error:expr $(,)?) => {
        $crate::error::require!($left != $right, $error)
    };
}

/// Returns the error unless the first is greater.
macro_rules! require_gt {
    ($left:expr, $right:expr, $error:expr $(,)?) => {
        $crate::error::require!($left > $right, $error)
    };
}

/// Returns the error if the first is less.
macro_rules! require_gte {
    ($left:expr, $right:expr, $error:expr $(,)?) => {
        $crate::error::require!($left >= $right, $error)
    };
}

pub(crate) use {require, require_eq, require_gt, require_gte, require_neq};
