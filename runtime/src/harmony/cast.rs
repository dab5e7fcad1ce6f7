//! The processes of one scenario by role: who plays, who is gone and why, and the end of all.

use std::time::Instant;

use super::combinations::Combination;
use super::exchanges::side_by_side;
use super::peer::{Peer, Scene};
use super::routing::Lifecycle;

/// What comes before the role in the label of a second process.
pub(super) const SECOND: &str = "second ";

/// A place in the cast.
enum Seat {
    Playing(Box<Peer>),
    /// Nobody, for this reason.
    Gone(String),
}

/// The processes of one scenario, sorted by name.
pub(super) struct Cast<'a> {
    scene: &'a Scene<'a>,
    combination: &'a Combination,
    /// By label, sorted.
    seats: Vec<(String, Seat)>,
    /// Those whose seat somebody else has taken.
    replaced: Vec<Peer>,
    /// Process ids.
    told_dead: Vec<u32>,
}

impl<'a> Cast<'a> {
    pub(super) fn new(scene: &'a Scene<'a>, combination: &'a Combination) -> Self {
        Self { scene, combination, seats: Vec::new(), replaced: Vec::new(), told_dead: Vec::new() }
    }

    /// Starts a process for `role` under `label`, in place of whoever has the seat.
    pub(super) fn start(&mut self, label: &str, role: &str) -> Result<&mut Peer, String> {
        if let Some(Seat::Playing(mut before)) = self.vacate(label) {
            // Two processes of one role would fight for what is the role's alone.
            before.end_input();
            before.end_by(Instant::now() + self.scene.stop_timeout);
            self.replaced.push(*before);
        }
        let started = match self.combination.platform(role) {
            Some(platform) => Peer::start(label, role, platform, self.scene),
            None => Err(format!("no platform plays the role '{role}'")),
        };
        let seat = match started {
            Ok(peer) => Seat::Playing(Box::new(peer)),
            Err(reason) => Seat::Gone(reason),
        };
        self.take_seat(label, seat);
        self.peer(label)
    }

    /// Whether somebody has, or had, this seat.
    pub(super) fn knows(&self, label: &str) -> bool {
        self.seats.iter().any(|(seated, _)| seated == label)
    }

    /// The platform of the process under `label`, also when it is gone.
    pub(super) fn platform(&self, label: &str) -> String {
        let role = label.strip_prefix(SECOND).unwrap_or(label);
        let platform = self.combination.platform(label).or_else(|| self.combination.platform(role));
        platform.map_or_else(String::new, |platform| platform.name.clone())
    }

    /// The process under `label`.
    pub(super) fn peer(&mut self, label: &str) -> Result<&mut Peer, String> {
        match self.seats.iter_mut().find(|(seated, _)| seated == label) {
            Some((_, Seat::Playing(peer))) => Ok(peer),
            Some((_, Seat::Gone(reason))) => Err(reason.clone()),
            None => Err(format!("there is no '{label}' process")),
        }
    }

    /// Who gets what goes to all, sorted by name: all that play. By the field's rules those that were
    /// stopped as well, since it keeps them in its table.
    pub(super) fn audience(&self) -> Vec<String> {
        let all = self.scene.lifecycle == Lifecycle::Harmony;
        let hears = |seat: &Seat| all || matches!(seat, Seat::Playing(_));
        self.seats.iter().filter(|(_, seat)| hears(seat)).map(|(label, _)| label.clone()).collect()
    }

    /// All that play, sorted by name.
    pub(super) fn playing(&mut self) -> impl Iterator<Item = (&str, &mut Peer)> {
        self.seats.iter_mut().filter_map(|(label, seat)| match seat {
            Seat::Playing(peer) => Some((label.as_str(), &mut **peer)),
            Seat::Gone(_) => None,
        })
    }

    /// Those that died without having been asked to, with their exit; each is told once.
    pub(super) fn newly_dead(&mut self) -> Vec<String> {
        let told = &mut self.told_dead;
        let mut dead = Vec::new();
        for (_, seat) in &self.seats {
            if let Seat::Playing(peer) = seat
                && let Some(exit) = peer.connection.process.exit()
                && !told.contains(&peer.connection.process.pid())
            {
                told.push(peer.connection.process.pid());
                dead.push(format!("{} ended by itself: {exit}", peer.connection));
            }
        }
        dead
    }

    /// Leaves the seat empty for `reason`; what was said before can still be shown.
    pub(super) fn leave(&mut self, label: &str, reason: String) {
        if let Some(Seat::Playing(peer)) = self.vacate(label) {
            self.replaced.push(*peer);
        }
        self.take_seat(label, Seat::Gone(reason));
    }

    fn vacate(&mut self, label: &str) -> Option<Seat> {
        let at = self.seats.iter().position(|(seated, _)| seated == label)?;
        Some(self.seats.remove(at).1)
    }

    /// Fills a seat that is vacant.
    fn take_seat(&mut self, label: &str, seat: Seat) {
        let at = self.seats.partition_point(|(seated, _)| seated.as_str() < label);
        self.seats.insert(at, (label.to_owned(), seat));
    }

    /// The last exchanges of everybody, for a failure.
    pub(super) fn exchanges(&self) -> String {
        let mut connections: Vec<_> = self.replaced.iter().map(|peer| &peer.connection).collect();
        for (_, seat) in &self.seats {
            if let Seat::Playing(peer) = seat {
                connections.push(&peer.connection);
            }
        }
        side_by_side(&connections)
    }

    /// Ends everybody at once and waits; whoever does not end in time is killed.
    pub(super) fn end(mut self) {
        let at_once = (self.scene.stopped)();
        let mut peers = std::mem::take(&mut self.replaced);
        for (_, seat) in std::mem::take(&mut self.seats) {
            if let Seat::Playing(peer) = seat {
                peers.push(*peer);
            }
        }
        for peer in &mut peers {
            peer.end_input();
        }
        let now = Instant::now();
        let deadline = if at_once { now } else { now + self.scene.stop_timeout };
        for peer in &mut peers {
            peer.end_by(deadline);
        }
    }
}
