//! Enums whose values are words of a format.

/// An enum whose values are words, for code that works on any of them.
pub trait Word: Copy + 'static {
    /// Every value, in the order of the documentation.
    const ALL: &'static [Self];

    /// The word.
    fn as_str(self) -> &'static str;

    /// Every word.
    #[must_use]
    fn words() -> Vec<&'static str> {
        Self::ALL.iter().map(|word| word.as_str()).collect()
    }
}

/// Enums of words: `ALL`, `as_str`, [`Display`](std::fmt::Display), [`Word`], and serde and schema
/// support that reads and writes the word.
#[macro_export]
macro_rules! words {
    ($(
        $(#[$meta:meta])*
        $vis:vis enum $name:ident {
            $( $(#[$variant_meta:meta])* $variant:ident = $word:literal, )+
        }
    )+) => { $(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[derive(serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        $vis enum $name {
            $( $(#[$variant_meta])* #[serde(rename = $word)] $variant, )+
        }

        impl $name {
            /// Every value, in the order of the documentation.
            pub const ALL: [Self; [$( $name::$variant, )+].len()] = [$( Self::$variant, )+];

            /// The word.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $( Self::$variant => $word, )+
                }
            }
        }

        impl $crate::input::words::Word for $name {
            const ALL: &'static [Self] = &Self::ALL;

            fn as_str(self) -> &'static str {
                self.as_str()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }
    )+ };
}
