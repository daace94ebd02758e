//! All tests of the program as a real object, in one binary.

mod flow_epoch;
