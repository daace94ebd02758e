//! R7: what a stream has released, part by part.

use crate::bps::mul_div_floor;

/// The most checkpoints a stream may have; it then has one part more.
pub const MAX_CHECKPOINTS: u8 = 12;

/// What a stream pays over which time. Requires `cliff_secs <= duration_secs` and at most
/// [`MAX_CHECKPOINTS`].
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Base units of the budget mint over the whole stream.
    pub total: u64,
    /// Seconds from start to end.
    pub duration_secs: u32,
    /// Seconds from the start during which nothing is released; all that accrued is released when
    /// they have passed.
    pub cliff_secs: u32,
    /// Checkpoints n that cut the stream into n + 1 parts equal in time.
    pub checkpoints: u8,
}

/// R7: base units of part `part` (from 0) of n + 1, by cumulative floor: `floor(total * (k + 1) /
/// (n + 1)) - floor(total * k / (n + 1))`. The parts sum exactly to `total`.
///
/// `None` if there is no such part or too many checkpoints.
pub fn part_amount(total: u64, checkpoints: u8, part: u8) -> Option<u64> {
    let parts = parts(checkpoints)?;
    let part = u64::from(part);
    if part >= parts {
        return None;
    }
    let before = mul_div_floor(total, part, parts)?;
    mul_div_floor(total, part.checked_add(1)?, parts)?.checked_sub(before)
}

/// R7: seconds from the start at which part `part` (from 0) begins, `floor(duration * k / (n +
/// 1))`; `part = n + 1` gives the duration, the end of the last part.
///
/// `None` beyond that or with too many checkpoints.
pub fn part_start_secs(duration_secs: u32, checkpoints: u8, part: u8) -> Option<u32> {
    let parts = parts(checkpoints)?;
    let part = u64::from(part);
    if part > parts {
        return None;
    }
    u32::try_from(mul_div_floor(u64::from(duration_secs), part, parts)?).ok()
}

/// R7: base units released `elapsed_secs` after the start: the finished parts and, of the current
/// one, `floor(part * elapsed in part / part length)`. Nothing before the start and the cliff,
/// everything from the end on; rounding leaves the dust in the vault until then.
///
/// `None` if the cliff lies beyond the end or with too many checkpoints.
pub fn released(terms: &Terms, elapsed_secs: i64) -> Option<u64> {
    let parts = parts(terms.checkpoints)?;
    if terms.cliff_secs > terms.duration_secs {
        return None;
    }
    let Ok(elapsed) = u64::try_from(elapsed_secs) else {
        return Some(0); // before the start
    };
    let duration = u64::from(terms.duration_secs);
    if elapsed >= duration {
        return Some(terms.total);
    }
    if elapsed < u64::from(terms.cliff_secs) {
        return Some(0);
    }
    // The last part k that has begun: floor(duration * k / parts) <= elapsed exactly when
    // k < (elapsed + 1) * parts / duration. Since 1 <= elapsed + 1 <= duration, k is in 0..parts.
    let part = elapsed.checked_add(1)?.checked_mul(parts)?.checked_sub(1)?.checked_div(duration)?;
    let next = part.checked_add(1)?;
    let starts = duration.checked_mul(part)?.checked_div(parts)?;
    let ends = duration.checked_mul(next)?.checked_div(parts)?;
    let finished = mul_div_floor(terms.total, part, parts)?;
    let amount = mul_div_floor(terms.total, next, parts)?.checked_sub(finished)?;
    let accrued = mul_div_floor(amount, elapsed.checked_sub(starts)?, ends.checked_sub(starts)?)?;
    finished.checked_add(accrued)
}

/// R7: base units a claim pays, `released - withdrawn`.
///
/// `None` as in [`released`], and if more was withdrawn than released: no honest history leads
/// there, so it is refused rather than hidden as zero.
pub fn claimable(terms: &Terms, elapsed_secs: i64, withdrawn: u64) -> Option<u64> {
    released(terms, elapsed_secs)?.checked_sub(withdrawn)
}

/// R7: how a cancellation divides the total, `(kept, returned)` in base units: what is released
/// stays claimable, the rest goes back to the vault. Together exactly the total. `None` as in
/// [`released`].
pub fn cancel(terms: &Terms, elapsed_secs: i64) -> Option<(u64, u64)> {
    let kept = released(terms, elapsed_secs)?;
    Some((kept, terms.total.checked_sub(kept)?))
}

fn parts(checkpoints: u8) -> Option<u64> {
    if checkpoints > MAX_CHECKPOINTS {
        return None;
    }
    u64::from(checkpoints).checked_add(1)
}
