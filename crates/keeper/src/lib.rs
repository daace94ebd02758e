//! Sends what anyone may send, when it is due.
