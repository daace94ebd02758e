//! The curve that settlement follows.

/// `c * n * log2(n) + d * n + e`, in compute units for `n` entries.
#[derive(Clone, Copy, Debug)]
pub struct Curve {
    /// Per entry and doubling of the slate.
    pub c: f64,
    /// Per entry.
    pub d: f64,
    /// Whatever the slate.
    pub e: f64,
}

impl Curve {
    /// The curve with the least squares of relative differences from the points, so that a small
    /// slate counts as much as a full one.
    ///
    /// # Panics
    /// With fewer than three different sizes.
    pub fn through(points: &[(u32, u64)]) -> Self {
        let mut sums = [[0.0; 4]; 3];
        for (n, cu) in points {
            let value = number(*cu);
            let terms = terms(*n).map(|term| term / value);
            for (row, left) in sums.iter_mut().zip(terms) {
                for (cell, right) in row.iter_mut().zip(terms.into_iter().chain([1.0])) {
                    *cell += left * right;
                }
            }
        }
        let [c, d, e] = solve(sums);
        Self { c, d, e }
    }

    /// Compute units for `n` entries.
    pub fn at(&self, n: u32) -> f64 {
        let [first, second, third] = terms(n);
        self.c * first + self.d * second + self.e * third
    }

    /// The largest difference of a point from the curve, as a share of the point.
    pub fn worst(&self, points: &[(u32, u64)]) -> f64 {
        let share = |(n, cu): &(u32, u64)| (self.at(*n) / number(*cu) - 1.0).abs();
        points.iter().map(share).fold(0.0, f64::max)
    }
}

impl std::fmt::Display for Curve {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = |value: f64| if value < 0.0 { '-' } else { '+' };
        let Self { c, d, e } = self;
        let (before_d, before_e) = (sign(*d), sign(*e));
        write!(f, "{c:.1} n log2 n {before_d} {:.1} n {before_e} {:.0}", d.abs(), e.abs())
    }
}

/// What the three coefficients are multiplied with.
fn terms(n: u32) -> [f64; 3] {
    let n = f64::from(n);
    [n * n.log2(), n, 1.0]
}

/// A figure as a number that can be divided; figures are far below 2^32.
pub fn number(cu: u64) -> f64 {
    f64::from(u32::try_from(cu).expect("a transaction has 1.4 million units"))
}

/// Solves three equations, each with its right side last, by elimination.
fn solve(mut rows: [[f64; 4]; 3]) -> [f64; 3] {
    for pivot in 0..3 {
        let largest = (pivot..3)
            .max_by(|a, b| rows[*a][pivot].abs().total_cmp(&rows[*b][pivot].abs()))
            .expect("a row is left");
        rows.swap(pivot, largest);
        assert!(rows[pivot][pivot] != 0.0, "a curve goes through three sizes at least");
        for other in (0..3).filter(|other| *other != pivot) {
            let factor = rows[other][pivot] / rows[pivot][pivot];
            let above = rows[pivot];
            for (cell, above) in rows[other].iter_mut().zip(above) {
                *cell -= factor * above;
            }
        }
    }
    [0, 1, 2].map(|row| rows[row][3] / rows[row][row])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_is_found_again_from_its_points() {
        let points = [1, 2, 4, 8, 16, 128].map(|n: u32| {
            (n, 40 * u64::from(n) * u64::from(n.ilog2()) + 300 * u64::from(n) + 4_000)
        });
        let curve = Curve::through(&points);
        for (found, expected) in [(curve.c, 40.0), (curve.d, 300.0), (curve.e, 4_000.0)] {
            assert!((found - expected).abs() < 1e-6, "{found} is not {expected}");
        }
        assert!(curve.worst(&points) < 1e-9);
    }

    #[test]
    fn a_curve_is_written_with_its_signs() {
        let curve = Curve { c: 1.25, d: -3.0, e: 1_000.4 };
        assert_eq!(curve.to_string(), "1.2 n log2 n - 3.0 n + 1000");
    }

    #[test]
    fn the_worst_point_is_told_as_a_share_of_itself() {
        let curve = Curve { c: 0.0, d: 0.0, e: 110.0 };
        assert!((curve.worst(&[(1, 110), (2, 100), (4, 105)]) - 0.1).abs() < 1e-9);
    }
}
