//! Settings as a struct: [`settings!`](crate::settings) declares it, and a group for it.

use std::str::FromStr;

use super::{Mistake, Mistakes, Values};

/// A type that a field of [`settings!`](crate::settings) may have without `of [...]`.
#[diagnostic::on_unimplemented(
    message = "a setting cannot be `{Self}`",
    note = "take `bool`, an unsigned number or a `String`, or say its words: `= \"info\" of [\"info\", \"debug\"]`"
)]
pub trait SettingValue: Sized {
    /// The value of the setting `name`; none where it does not fit this type.
    fn of(values: &Values, name: &str) -> Option<Self>;
}

impl SettingValue for bool {
    fn of(values: &Values, name: &str) -> Option<Self> {
        Some(values.flag(name))
    }
}

impl SettingValue for String {
    fn of(values: &Values, name: &str) -> Option<Self> {
        Some(values.text(name).unwrap_or_default().to_owned())
    }
}

macro_rules! numbers {
    ($($number:ty)*) => {
        $(impl SettingValue for $number {
            fn of(values: &Values, name: &str) -> Option<Self> {
                values.number(name)?.try_into().ok()
            }
        })*
    };
}

numbers!(u8 u16 u32 u64 usize);

/// The value of a field.
///
/// # Errors
/// When the range of the setting exceeds that of the type.
pub fn field<T: SettingValue>(values: &Values, name: &str) -> Result<T, Mistakes> {
    T::of(values, name).ok_or_else(|| misfit::<T>(values, name))
}

/// The value of a field that is one of some words.
///
/// # Errors
/// When the type does not know the word.
pub fn word<T: FromStr>(values: &Values, name: &str) -> Result<T, Mistakes> {
    let word = values.text(name).unwrap_or_default();
    word.parse().map_err(|_| misfit::<T>(values, name))
}

/// What any text fulfils.
///
/// # Errors
/// None.
pub fn any_text(_text: &str) -> Result<(), String> {
    Ok(())
}

fn misfit<T>(values: &Values, name: &str) -> Mistakes {
    let text = values.text(name).unwrap_or_default();
    let problem = format!("`{name}` is {text:?}, and that is no {}", std::any::type_name::<T>());
    Mistakes(vec![Mistake { source: values.source(name), problem }])
}

/// Declares the settings of a suite or of a crate of steps, as a struct.
///
/// They stand in a section of `harmony.toml`, in a file of variables beside it, in the environment
/// under a prefix of their own and on the command line (`--set ring.timeout_ms=200`); the later wins.
/// All mistakes of all sources are told at once, before a run begins, and `config show` tells where
/// each value comes from. A step takes them as it takes any state.
///
/// ```
/// use harmony_bdd::{StepArg, when};
///
/// harmony_bdd::settings! {
///     /// What this suite can be told.
///     pub struct RingSettings(
///         section = "ring",
///         prefix = "RING_TEST_",
///         variables_file = ".env.test",
///     ) {
///         /// How long a step waits for a frame, in milliseconds.
///         timeout_ms: u64 = 5000 in 100..=60_000 "ms",
///         /// How much is told.
///         detail: Detail = "some" of ["little", "some", "much"],
///         /// Where the traces go; nowhere if empty.
///         traces: String = "",
///         /// Whether steps are timed: turns `--stats` on.
///         tracking: bool = false => run.stats,
///     }
/// }
///
/// #[derive(StepArg, Debug, Clone, Copy, PartialEq)]
/// pub enum Detail { Little, Some, Much }
///
/// #[when("a frame is read")]
/// fn read(settings: &RingSettings) {
///     assert!((100..=60_000).contains(&settings.timeout_ms));
/// }
///
/// let settings = RingSettings::read()?;
/// assert_eq!((settings.timeout_ms, settings.detail), (5000, Detail::Some));
/// # read(&settings);
/// # Ok::<(), harmony_bdd::config::Mistakes>(())
/// ```
///
/// A field is a `bool`, a whole number (`u8` to `u64`, `usize`), perhaps with a range and a unit, a
/// `String`, or any type that is `FromStr` with the words it may be. `=> SECTION.FLAG` lets a `bool`
/// turn a flag of a command on, where nobody sets that one. A default outside its range does not
/// compile:
///
/// ```compile_fail
/// harmony_bdd::settings! {
///     /// What this suite can be told.
///     pub struct Settings(section = "own", prefix = "OWN_") {
///         /// How long to wait.
///         timeout_ms: u64 = 50 in 100..=60_000 "ms",
///     }
/// }
/// ```
///
/// The struct has three functions: `read` reads all sources, `shared` does so once for the whole
/// process, and `source_of` tells where a value comes from. Where a group is made by hand, `settings!(GROUP)` registers that
/// [`Group`](crate::config::Group).
#[macro_export]
macro_rules! settings {
    (
        $(#[doc = $doc:literal])*
        $visibility:vis struct $name:ident(
            section = $section:literal,
            prefix = $prefix:literal
            $(, variables_file = $file:literal)?
            $(,)?
        ) {
            $(
                $(#[doc = $help:literal])+
                $field:ident: $type:ident = $default:tt
                    $(in $min:literal ..= $max:literal $($unit:literal)?)?
                    $(of [$($word:literal),+ $(,)?])?
                    $(=> $target:ident.$flag:ident)?
            ),*
            $(,)?
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone)]
        $visibility struct $name {
            $(
                $(#[doc = $help])+
                $visibility $field: $type,
            )*
        }

        const _: () = {
            $($(
                const _: () = {
                    let (min, max, default): (u64, u64, u64) = ($min, $max, $default);
                    assert!(
                        min <= default && default <= max && max <= $type::MAX as u64,
                        ::core::concat!(
                            "the default of `", ::core::stringify!($field),
                            "` is outside its range, or the range outside its type"
                        )
                    );
                };
            )?)*

            static GROUP: $crate::config::Group = $crate::config::Group {
                section: $section,
                prefix: $prefix,
                variables_file: $crate::settings!(@file $($file)?),
                foreign_variables: &[],
                implied: &[$($(
                    $crate::config::Implied {
                        flag: ::core::stringify!($field),
                        section: ::core::stringify!($target),
                        setting: ::core::stringify!($flag),
                    },
                )?)*],
                settings: &[$(
                    $crate::config::Setting {
                        name: ::core::stringify!($field),
                        short: ::core::option::Option::None,
                        kind: $crate::settings!(
                            @kind $type $(in $min $max $($unit)?)? $(of $($word)+)?
                        ),
                        value: "VALUE",
                        default: $crate::settings!(@default $type $default $(of $($word)+)?),
                        help: ::core::concat!($($help),+).trim_ascii(),
                    },
                )*],
            };

            $crate::settings!(GROUP);

            impl $name {
                /// Reads the settings from all sources.
                ///
                /// # Errors
                /// Every value that cannot be and every name nobody knows, with its source.
                pub fn read() -> ::core::result::Result<Self, $crate::config::Mistakes> {
                    let values = $crate::config::read(&GROUP)?;
                    ::core::result::Result::Ok(Self {
                        $($field: $crate::settings!(@value values $field $(of $($word)+)?)?,)*
                    })
                }

                /// Where the value of the setting `name` comes from.
                ///
                /// # Errors
                /// As `read`.
                #[allow(dead_code, reason = "few ask for it")]
                pub fn source_of(
                    name: &str,
                ) -> ::core::result::Result<$crate::config::Source, $crate::config::Mistakes> {
                    ::core::result::Result::Ok($crate::config::read(&GROUP)?.source(name))
                }

                /// The settings, read once for the whole process.
                ///
                /// # Errors
                /// As `read`.
                #[allow(dead_code, reason = "there are two ways to read settings")]
                pub fn shared() -> ::core::result::Result<&'static Self, $crate::config::Mistakes> {
                    static SHARED: ::std::sync::OnceLock<
                        ::core::result::Result<$name, $crate::config::Mistakes>,
                    > = ::std::sync::OnceLock::new();
                    SHARED.get_or_init(Self::read).as_ref().map_err(::core::clone::Clone::clone)
                }
            }

            // By a name of this macro: what the attribute writes has to be in one scope with it.
            type Settings = $name;

            #[$crate::fixture(scope = suite)]
            fn settings() -> ::core::result::Result<Settings, $crate::config::Mistakes> {
                Settings::read()
            }
        };
    };

    (@file) => { ::core::option::Option::None };
    (@file $file:literal) => { ::core::option::Option::Some($file) };

    (@kind bool) => { $crate::config::Kind::Flag };
    (@kind String) => { $crate::config::Kind::Text($crate::macro_support::any_text) };
    (@kind $type:ident of $($word:literal)+) => { $crate::config::Kind::Choice(&[$($word),+]) };
    (@kind $type:ident in $min:literal $max:literal) => {
        $crate::settings!(@kind $type in $min $max "")
    };
    (@kind $type:ident in $min:literal $max:literal $unit:literal) => {
        $crate::config::Kind::Number { min: $min, max: $max, unit: $unit }
    };
    (@kind $type:ident) => {
        $crate::config::Kind::Number { min: 0, max: $type::MAX as u64, unit: "" }
    };

    (@default String $default:tt) => { $default };
    (@default $type:ident $default:tt) => { ::core::stringify!($default) };
    (@default $type:ident $default:tt of $($word:literal)+) => { $default };

    (@value $values:ident $field:ident) => {
        $crate::macro_support::field(&$values, ::core::stringify!($field))
    };
    (@value $values:ident $field:ident of $($word:literal)+) => {
        $crate::macro_support::word(&$values, ::core::stringify!($field))
    };

    ($group:path) => {
        $crate::macro_support::inventory::submit! {
            $crate::config::Registered(&$group)
        }
    };
}
