pub(crate) mod runs;
