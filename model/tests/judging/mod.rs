pub(crate) mod acceptor;
pub(crate) mod corruptions;
pub(crate) mod runs;
