//! An invented community in mid-vote, on a local network.
