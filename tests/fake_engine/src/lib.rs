//! Plays a scripted Docker engine.
