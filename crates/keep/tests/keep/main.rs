//! What a keeper and an intake promise, in one binary that links once.

#[cfg(test)]
mod drops;
#[cfg(test)]
mod forgetting;
#[cfg(test)]
mod intake;
#[cfg(test)]
mod intake_outages;
#[cfg(test)]
mod outages;
#[cfg(test)]
mod packing;
#[cfg(test)]
mod quota;
#[cfg(test)]
mod random;
#[cfg(test)]
mod rules;
#[cfg(test)]
mod support;
