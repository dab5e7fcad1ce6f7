//! `#[derive(TableRow)]`: a struct as a row of a data table.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Attribute, Data, DeriveInput, Error, Fields, Ident, LitStr, Result};

use crate::attr::library_option;
use crate::expand::{Scope, at};
use crate::model::{inside, mentions_deprecated, ungrouped, written};

/// Expands `#[derive(TableRow)]`.
pub(crate) fn expand(item: TokenStream) -> TokenStream {
    let input: DeriveInput = match syn::parse2(item) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    implementation(&input).unwrap_or_else(|error| error.to_compile_error())
}

fn implementation(input: &DeriveInput) -> Result<TokenStream> {
    let name = &input.ident;
    let fields = match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => &fields.named,
            _ => return Err(not_a_row(name)),
        },
        _ => return Err(not_a_row(name)),
    };
    if let Some(parameter) = input.generics.params.first() {
        return Err(Error::new(
            parameter.span(),
            "a row cannot be generic\nhelp: write the type itself",
        ));
    }
    let library = library(&input.attrs)?;
    let mut columns = TokenStream::new();
    let mut headers: Vec<(String, String)> = Vec::new();
    let mut values = TokenStream::new();
    for (index, field) in fields.iter().enumerate() {
        let Some(ident) = &field.ident else { continue };
        let column = Column::read(ident, &field.attrs)?;
        let header = &column.header;
        let plain = plain(header);
        if let Some((_, other)) = headers.iter().find(|(known, _)| *known == plain) {
            return Err(Error::new(
                ident.span(),
                format!(
                    "the column {header:?} is also that of the field `{other}`: case, blanks and punctuation do not count\n\
                     help: name another column with `#[column(\"…\")]`"
                ),
            ));
        }
        headers.push((plain, ident.to_string()));
        let (ty, optional) = match inside(&field.ty, "Option") {
            Some(inner) => (inner, true),
            None => (ungrouped(&field.ty), false),
        };
        let required = !optional && !column.default;
        columns.extend(quote!(__h::Column { name: #header, required: #required },));
        let written = written(ty);
        let value = if required {
            quote_spanned!(at(ty.span())=> __row.cell::<#ty>(#index, #written)?)
        } else {
            quote_spanned!(at(ty.span())=> __row.optional_cell::<#ty>(#index, #written)?)
        };
        let value =
            if column.default && !optional { quote!(#value.unwrap_or_default()) } else { value };
        values.extend(quote!(#ident: #value,));
    }
    let is_deprecated = |attributes: &[Attribute]| attributes.iter().any(mentions_deprecated);
    let scope = Scope {
        library: library.as_ref(),
        is_deprecated: is_deprecated(&input.attrs)
            || fields.iter().any(|field| is_deprecated(&field.attrs)),
    };
    Ok(scope.wrap(&quote! {
        impl __h::TableRow for #name {
            const COLUMNS: &'static [__h::Column] = &[#columns];
            fn from_row(__row: &__h::RowCells<'_>) -> __h::Result<Self, __h::CellError> {
                __h::Ok(Self { #values })
            }
        }
    }))
}

/// Reads `#[table_row(crate = path)]`.
fn library(attributes: &[Attribute]) -> Result<Option<TokenStream>> {
    let Some(attribute) = attributes.iter().find(|a| a.path().is_ident("table_row")) else {
        return Ok(None);
    };
    attribute.parse_args_with(library_option).map(Some)
}

/// Returns what of a header the runtime compares.
fn plain(header: &str) -> String {
    header.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The column of a field.
struct Column {
    header: String,
    default: bool,
}

impl Column {
    fn read(ident: &Ident, attributes: &[Attribute]) -> Result<Self> {
        let name = ident.to_string();
        let mut column = Self { header: name.trim_start_matches("r#").to_owned(), default: false };
        for attribute in attributes.iter().filter(|a| a.path().is_ident("column")) {
            attribute.meta.require_list().map_err(|_| {
                Error::new(
                    attribute.span(),
                    "`#[column]` takes a header\nhelp: write `#[column(\"Header\")]` or `#[column(default)]`",
                )
            })?;
            attribute.parse_args_with(|input: syn::parse::ParseStream<'_>| {
                while !input.is_empty() {
                    if input.peek(LitStr) {
                        column.header = input.parse::<LitStr>()?.value();
                    } else {
                        let key: Ident = input.parse()?;
                        if key != "default" {
                            return Err(Error::new(
                                key.span(),
                                format!("`#[column]` has no option `{key}`\nhelp: write `#[column(\"Header\")]` or `#[column(default)]`"),
                            ));
                        }
                        column.default = true;
                    }
                    if !input.is_empty() {
                        input.parse::<syn::Token![,]>()?;
                    }
                }
                Ok(())
            })?;
        }
        Ok(column)
    }
}

fn not_a_row(name: &Ident) -> Error {
    Error::new(
        name.span(),
        "a row has named fields, one for each column\nhelp: derive `TableRow` for a struct with named fields",
    )
}
