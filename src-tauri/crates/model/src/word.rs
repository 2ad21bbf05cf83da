//! Words by which the store and JSON know the values of a type.

/// Gives an enum all its values, and each of them its word.
macro_rules! words {
    ($name:ident { $($value:ident = $word:literal,)+ }) => {
        impl $name {
            /// All of them.
            pub const ALL: [Self; [$(Self::$value),+].len()] = [$(Self::$value),+];

            /// Its word in the store and in JSON.
            pub const fn key(self) -> &'static str {
                match self {
                    $(Self::$value => $word,)+
                }
            }

            /// The one with this word.
            pub fn from_key(key: &str) -> Option<Self> {
                Self::ALL.into_iter().find(|value| value.key() == key)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.key())
            }
        }
    };
}

pub(crate) use words;
