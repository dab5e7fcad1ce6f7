//! Settings as a struct: [`settings!`](crate::settings) declares it together with its group.

use std::str::FromStr;

use super::error::{ConfigError, ConfigErrors, ConfigProblem};
use super::group::InvalidValue;
use super::values::Values;

/// A type that a field of [`settings!`](crate::settings) may have without `of [...]`.
#[diagnostic::on_unimplemented(
    message = "a setting cannot be `{Self}`",
    note = "take `bool`, an unsigned number or a `String`, or list the words: `= \"info\" of [\"info\", \"debug\"]`"
)]
pub trait SettingValue: Sized {
    /// Returns the value of the setting `name`; `None` if it does not fit this type.
    fn from_values(values: &Values, name: &str) -> Option<Self>;
}

impl SettingValue for bool {
    fn from_values(values: &Values, name: &str) -> Option<Self> {
        Some(values.flag(name))
    }
}

impl SettingValue for String {
    fn from_values(values: &Values, name: &str) -> Option<Self> {
        Some(values.text(name).unwrap_or_default().to_owned())
    }
}

macro_rules! numbers {
    ($($number:ty)*) => {
        $(impl SettingValue for $number {
            fn from_values(values: &Values, name: &str) -> Option<Self> {
                values.number(name)?.try_into().ok()
            }
        })*
    };
}

numbers!(u8 u16 u32 u64 usize);

/// Returns the value of a field.
///
/// # Errors
/// [`ConfigProblem::InvalidField`] if the range of the setting exceeds that of the type.
pub fn field<T: SettingValue>(values: &Values, name: &str) -> Result<T, ConfigErrors> {
    T::from_values(values, name).ok_or_else(|| invalid_field::<T>(values, name))
}

/// Returns the value of a field with a list of words.
///
/// # Errors
/// [`ConfigProblem::InvalidField`] if the type does not accept the word.
pub fn word<T: FromStr>(values: &Values, name: &str) -> Result<T, ConfigErrors> {
    let word = values.text(name).unwrap_or_default();
    word.parse().map_err(|_| invalid_field::<T>(values, name))
}

/// Accepts any text.
///
/// # Errors
/// None.
pub fn any_text(_text: &str) -> Result<(), InvalidValue> {
    Ok(())
}

fn invalid_field<T>(values: &Values, name: &str) -> ConfigErrors {
    let problem = ConfigProblem::InvalidField {
        name: name.to_owned(),
        text: values.text(name).unwrap_or_default().to_owned(),
        type_name: std::any::type_name::<T>(),
    };
    ConfigError { source: values.source(name), problem }.into()
}

/// Declares the settings of a suite or of a crate of steps, as a struct.
///
/// Their sources are a section of `harmony.toml`, a variables file next to it, environment variables
/// with their own prefix, and the command line (`--set ring.timeout_ms=200`); a later source overrides
/// an earlier one. All errors are reported together, before a run begins, and `config show` prints the
/// source of each value. Steps take the settings as they take any state.
///
/// ```
/// use harmony_bdd::{StepArg, when};
///
/// harmony_bdd::settings! {
///     /// Settings of this suite.
///     pub struct RingSettings(
///         section = "ring",
///         prefix = "RING_TEST_",
///         variables_file = ".env.test",
///     ) {
///         /// Time a step waits for a frame, in milliseconds.
///         timeout_ms: u64 = 5000 in 100..=60_000 "ms",
///         /// Amount of logging.
///         detail: Detail = "some" of ["little", "some", "much"],
///         /// Folder for traces; none if empty.
///         traces: String = "",
///         /// Times the steps: turns `--stats` on.
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
/// # Ok::<(), harmony_bdd::config::ConfigErrors>(())
/// ```
///
/// A field is a `bool`, an integer (`u8` to `u64`, `usize`) with an optional range and unit, a `String`,
/// or any `FromStr` type with a list of accepted words. `=> SECTION.FLAG` makes a `bool` turn on a flag of
/// a command, unless that flag is set itself. A default outside its range does not compile:
///
/// ```compile_fail
/// harmony_bdd::settings! {
///     /// Settings of this suite.
///     pub struct Settings(section = "own", prefix = "OWN_") {
///         /// Time to wait.
///         timeout_ms: u64 = 50 in 100..=60_000 "ms",
///     }
/// }
/// ```
///
/// The struct has three functions: `read` reads all sources, `shared` reads them once per process, and
/// `source_of` returns the source of a value. For a group that is declared by hand, `settings!(GROUP)`
/// registers that [`SettingsGroup`](crate::config::SettingsGroup).
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
                    // Items, because a constant of the user could have the name of a variable.
                    const MIN: ::core::primitive::u64 = $min;
                    const MAX: ::core::primitive::u64 = $max;
                    const DEFAULT: ::core::primitive::u64 = $default;
                    ::core::assert!(
                        MIN <= DEFAULT && DEFAULT <= MAX
                            && MAX <= $type::MAX as ::core::primitive::u64,
                        ::core::concat!(
                            "the default of `", ::core::stringify!($field),
                            "` is outside its range, or the range outside its type"
                        )
                    );
                };
            )?)*

            static GROUP: $crate::config::SettingsGroup = $crate::config::SettingsGroup {
                section: $section,
                prefix: $prefix,
                variables_file: $crate::settings!(@file $($file)?),
                ignored_env_vars: &[],
                implied_flags: &[$($(
                    $crate::config::ImpliedFlag {
                        flag: ::core::stringify!($field),
                        section: ::core::stringify!($target),
                        setting: ::core::stringify!($flag),
                    },
                )?)*],
                settings: &[$(
                    $crate::config::Setting {
                        name: ::core::stringify!($field),
                        aliases: &[],
                        kind: $crate::settings!(
                            @kind $type $(in $min $max $($unit)?)? $(of $($word)+)?
                        ),
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
                /// All invalid values and all unknown names, each with its source.
                pub fn read() -> ::core::result::Result<Self, $crate::config::ConfigErrors> {
                    let __values = $crate::config::read(&GROUP)?;
                    ::core::result::Result::Ok(Self {
                        $($field: $crate::settings!(@value __values $field $(of $($word)+)?)?,)*
                    })
                }

                /// Returns the source of the value of the setting `setting_name`.
                ///
                /// # Errors
                /// As `read`.
                #[allow(dead_code, reason = "not every suite calls it")]
                pub fn source_of(
                    setting_name: &::core::primitive::str,
                ) -> ::core::result::Result<$crate::config::Source, $crate::config::ConfigErrors> {
                    ::core::result::Result::Ok($crate::config::read(&GROUP)?.source(setting_name))
                }

                /// Reads the settings once per process.
                ///
                /// # Errors
                /// As `read`.
                #[allow(dead_code, reason = "not every suite calls it")]
                pub fn shared() -> ::core::result::Result<&'static Self, $crate::config::ConfigErrors> {
                    static SHARED: ::std::sync::OnceLock<
                        ::core::result::Result<$name, $crate::config::ConfigErrors>,
                    > = ::std::sync::OnceLock::new();
                    SHARED.get_or_init(Self::read).as_ref().map_err(::core::clone::Clone::clone)
                }
            }

            // A name of this macro's hygiene: the code that the attribute emits must resolve it.
            type __Settings = $name;

            #[$crate::fixture(scope = suite, crate = $crate)]
            fn settings() -> ::core::result::Result<__Settings, $crate::config::ConfigErrors> {
                __Settings::read()
            }
        };
    };

    (@file) => { ::core::option::Option::None };
    (@file $file:literal) => { ::core::option::Option::Some($file) };

    (@kind bool) => { $crate::config::ValueKind::Flag };
    (@kind String) => { $crate::config::ValueKind::Text($crate::macro_support::any_text) };
    (@kind $type:ident of $($word:literal)+) => { $crate::config::ValueKind::Choice(&[$($word),+]) };
    (@kind $type:ident in $min:literal $max:literal) => {
        $crate::settings!(@kind $type in $min $max "")
    };
    (@kind $type:ident in $min:literal $max:literal $unit:literal) => {
        $crate::config::ValueKind::Number { min: $min, max: $max, unit: $unit }
    };
    (@kind $type:ident) => {
        $crate::config::ValueKind::Number { min: 0, max: $type::MAX as ::core::primitive::u64, unit: "" }
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
            $crate::config::RegisteredGroup(&$group)
        }
    };
}
