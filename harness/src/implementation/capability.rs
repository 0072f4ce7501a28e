//! The capabilities that a scenario may require of an implementation, besides the methods
//! themselves.

use peerstate_model::words;

words! {
    /// A capability that an implementation, or the way it is driven, may lack.
    pub enum Capability {
        /// The harness can cut the network between the peers, delay it and make it lossy.
        Network = "network",
        /// The harness can alter descriptions in flight.
        Sdp = "sdp",
        /// Audio and video sections can be negotiated.
        Media = "media",
        /// A connection can have several transports.
        SeveralTransports = "several-transports",
        /// `restartIce()` exists.
        RestartIce = "restartIce",
        /// `createOffer({iceRestart: true})` restarts ICE; `restartIce()` includes it.
        IceRestart = "iceRestart",
        /// Descriptions can be rolled back.
        Rollback = "rollback",
        /// `setLocalDescription()` without an argument creates the description itself.
        Parameterless = "parameterless",
        /// Provisional answers can be created and applied.
        Pranswer = "pranswer",
        /// `setConfiguration()` exists.
        SetConfiguration = "setConfiguration",
        /// `getStats()` exists.
        GetStats = "getStats",
        /// A peer can be an ICE-lite agent.
        IceLite = "iceLite",
        /// A peer can have several addresses.
        Addresses = "addresses",
        /// The kind of a peer's certificate can be chosen.
        Certificate = "certificate",
        /// Gathering uses the ICE servers.
        IceServers = "iceServers",
        /// `disconnected` is reported while consent still holds. When connectivity is lost is up to the
        /// implementation, so it may wait until consent expires.
        Disconnected = "disconnected",
        /// Refused calls throw the exceptions that the W3C names.
        Exceptions = "exceptions",
        /// `negotiationneeded` is dispatched.
        NegotiationNeeded = "negotiationneeded",
        /// `icecandidate` is dispatched.
        IceCandidate = "icecandidate",
    }
}

impl Capability {
    /// Returns the capability that includes this one.
    #[must_use]
    pub const fn included_in(self) -> Option<Self> {
        match self {
            Self::IceRestart => Some(Self::RestartIce),
            _ => None,
        }
    }
}
