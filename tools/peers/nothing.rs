// Only so that cargo has something to lock.
