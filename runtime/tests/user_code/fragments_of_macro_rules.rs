//! Fragments of `macro_rules!` come in invisible groups.

use harmony_bdd::{
    DataTable, Outcome, StepContext, TableRow, after_scenario, before_scenario, fixture, given,
    param, when,
};

#[derive(Default)]
pub struct World;

macro_rules! whole_steps {
    ($($(#[$meta:meta])* $vis:vis fn $name:ident($($parameter:pat => $ty:ty),*) $(-> $out:ty)? $body:block)*) => {
        $($(#[$meta])* $vis fn $name($($parameter: $ty),*) $(-> $out)? $body)*
    };
}

whole_steps! {
    #[given(expr = "state and {int}")]
    pub fn state_and_number(_world => &mut World, _number => u32) {}
    #[when(expr = "patterns {int} {word}")]
    fn patterns(mut _number => u32, _ => String) -> Result<(), String> { Ok(()) }
    #[given("an outcome")]
    fn outcome() -> Outcome { Outcome::Passed }
}

macro_rules! items { ($($text:literal $item:item)*) => { $(#[given($text)] $item)* }; }

items! {
    "an item"
    fn item(_world: &mut World) {}
}

macro_rules! types {
    ($state:ty, $str:ty, $table:ty, $context:ty, $number:ty, $option:ty, $row:ty, $error:ty) => {
        #[given("types of state")]
        fn state(_: &mut $state, _: &$table, _: &$context) {}
        #[given(expr = "a type of text {string}")]
        fn text(_: &$str) {}
        #[given("a type of row")]
        fn rows(_: Vec<$row>, _: &$state) {}
        #[given("perhaps a type of row")]
        fn perhaps_rows(_: Option<Vec<$row>>) {}
        #[given(regex = "an option( .)?")]
        fn option_of(_: Option<$number>) {}
        #[given(regex = "another option( .)?")]
        fn option(_: $option) {}
        #[given("an error", catch($error))]
        fn error() -> Result<(), $error> {
            Ok(())
        }
        #[after_scenario]
        fn hook(_: &Outcome, _: &$state) {}
    };
}

#[derive(TableRow)]
pub struct Row {
    pub number: u32,
}

types!(World, str, DataTable, StepContext, u8, Option<u8>, Row, std::io::Error);

macro_rules! arguments {
    ($name:ident, $hook:ident, $text:expr, $milliseconds:expr, $tag:ident, $quoted:literal) => {
        #[given($text, timeout_ms = $milliseconds, warn_after_ms = $milliseconds)]
        fn $name() {}
        #[before_scenario(order = $milliseconds, tags($tag and not ($quoted or c-d)))]
        fn $hook() {}
    };
}

arguments!(with_options, with_tags, "arguments", 50, slow, "@e-f");

macro_rules! fixtures {
    ($($(#[$meta:meta])* $name:ident -> $ty:ty $body:block)*) => { $($(#[$meta])* fn $name() -> $ty $body)* };
}

pub struct Server;
pub struct Client;

fixtures! {
    #[fixture] server -> Server { Server }
    #[fixture(scope = suite)] client -> Result<Client, std::io::Error> { Ok(Client) }
}

macro_rules! parameters {
    ($name:literal, $regex:literal, $function:ident, $ty:ty, $text:ty) => {
        #[param(name = $name, regex = $regex)]
        fn $function(_: $text) -> $ty {
            unreachable!()
        }
    };
}

parameters!("server", "s+", a_server, Server, &str);
parameters!("client", "c+", a_client, Result<Client, String>, &str);

macro_rules! enums {
    ($param:literal, $name:ident { $($variant:ident = $text:literal),* }) => {
        #[param(name = $param)]
        pub enum $name { $(#[text($text)] $variant),* }
    };
}

enums!("colour", Colour { Red = "rot", Blue = "blau" });

macro_rules! rows {
    ($name:ident { $($field:ident: $ty:ty = $header:literal),* }) => {
        #[derive(TableRow)]
        pub struct $name { $(#[column($header)] pub $field: $ty),* }
    };
}

rows!(Wide { number: u32 = "No", optional: Option<u8> = "Perhaps", text: String = "Text" });

#[when(expr = "{server} {client} {colour}")]
fn made(_: Server, _: Client, _: Colour, _: Vec<Wide>) {}
