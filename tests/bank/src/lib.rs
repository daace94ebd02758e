//! A thin suite on a real bank; see `tests/`.
