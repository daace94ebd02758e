//! The law of Community Budget.
#![no_std]
