//! Progress of a campaign.

/// Progress of a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The number of trials of this round that have ended.
    pub finished: usize,
    /// The number of trials of this round.
    pub total: usize,
    /// The round.
    pub round: Round,
}

/// A round of a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Round {
    /// The originals, twice.
    Originals,
    /// The first trial of each mutant.
    Mutants,
    /// The other trials of mutants that no step has noticed.
    FurtherTrials,
    /// The trials in which a step exceeded its deadline, with a longer one.
    Waiting,
    /// The Thens that no mutant has made fail.
    Probes,
}
