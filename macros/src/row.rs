//! `#[derive(TableRow)]`: a struct as a row of a data table.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Attribute, Data, DeriveInput, Error, Fields, Ident, LitStr, Result};

use crate::model::inside;

/// What `#[derive(TableRow)]` writes.
pub(crate) fn derive(item: TokenStream) -> TokenStream {
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
    let mut columns = TokenStream::new();
    let mut values = TokenStream::new();
    for (index, field) in fields.iter().enumerate() {
        let Some(ident) = &field.ident else { continue };
        let column = Column::read(ident, &field.attrs)?;
        let header = &column.header;
        let (ty, optional) = match inside(&field.ty, "Option") {
            Some(inner) => (inner, true),
            None => (&field.ty, false),
        };
        let required = !optional && !column.default;
        columns.extend(quote!(__h::Column { name: #header, required: #required },));
        let written = quote!(#ty).to_string();
        let value = if required {
            quote_spanned!(ty.span()=> row.cell::<#ty>(#index, #written)?)
        } else {
            quote_spanned!(ty.span()=> row.optional_cell::<#ty>(#index, #written)?)
        };
        let value =
            if column.default && !optional { quote!(#value.unwrap_or_default()) } else { value };
        values.extend(quote!(#ident: #value,));
    }
    Ok(quote! {
        const _: () = {
            use ::harmony_bdd::macro_support as __h;
            impl __h::TableRow for #name {
                const COLUMNS: &'static [__h::Column] = &[#columns];
                fn from_row(row: &__h::Row<'_>) -> Result<Self, String> {
                    Ok(Self { #values })
                }
            }
        };
    })
}

/// What `#[column]` says of a field.
struct Column {
    header: String,
    default: bool,
}

impl Column {
    fn read(ident: &Ident, attributes: &[Attribute]) -> Result<Self> {
        let name = ident.to_string();
        let mut column = Self { header: name.trim_start_matches("r#").to_owned(), default: false };
        for attribute in attributes.iter().filter(|a| a.path().is_ident("column")) {
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
