//! The snapshots of the project, in its folder `snapshots`.

/// Compares a text with the snapshot of a name, in which `{variables}` have their values.
macro_rules! snapshot {
    ($name:literal, $text:expr) => {
        insta::with_settings!({
            snapshot_path => concat!(env!("CARGO_MANIFEST_DIR"), "/../snapshots"),
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, {
            insta::assert_snapshot!(format!($name), $text);
        })
    };
}
