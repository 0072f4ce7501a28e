//! The generated files that are checked in are up to date.

use rstest::rstest;
use xtask::GENERATED;

#[rstest]
fn every_generated_file_is_fresh(#[values(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)] place: usize) {
    let file = GENERATED[place];
    assert!(
        !file.is_stale(),
        "{} is stale: cargo xtask update",
        file.path
    );
}

#[test]
fn each_of_them_has_a_case() {
    assert_eq!(GENERATED.len(), 11);
}
