//! What a scenario may require of an implementation beyond the methods themselves.

use peerstate_model::words;

words! {
    /// Something an implementation, or the way it is driven, may be unable to do.
    pub enum Capability {
        /// The network between the peers can be cut, delayed and made lossy.
        Network = "network",
        /// Descriptions can be altered in flight.
        Sdp = "sdp",
        /// Audio and video sections can be negotiated.
        Media = "media",
        /// A connection can have several transports.
        SeveralTransports = "several-transports",
        /// `restartIce()` is there.
        RestartIce = "restartIce",
        /// Descriptions can be rolled back.
        Rollback = "rollback",
        /// `setLocalDescription()` without an argument makes the description itself.
        Parameterless = "parameterless",
        /// Provisional answers can be made and applied.
        Pranswer = "pranswer",
        /// `setConfiguration()` is there.
        SetConfiguration = "setConfiguration",
        /// `getStats()` is there.
        GetStats = "getStats",
        /// A peer can be an ICE-lite agent.
        IceLite = "iceLite",
        /// A peer can have several addresses.
        Addresses = "addresses",
        /// The kind of a peer's certificate can be chosen.
        Certificate = "certificate",
        /// ICE servers are used where candidates are gathered.
        IceServers = "iceServers",
        /// Calls are refused with the exceptions that W3C names.
        Exceptions = "exceptions",
        /// `negotiationneeded` is dispatched.
        NegotiationNeeded = "negotiationneeded",
        /// `icecandidate` is dispatched.
        IceCandidate = "icecandidate",
    }
}
