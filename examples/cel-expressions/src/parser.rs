//! Tokens to a tree, by the precedence of the operators.

use crate::error::Error;
use crate::expression::{Expression, Operator};
use crate::lexer::{Spanned, Token, tokens};
use crate::value::Value;

/// The operators by precedence, those that bind weakest first.
const LEVELS: [&[(&str, Operator)]; 5] = [
    &[("||", Operator::Or)],
    &[("&&", Operator::And)],
    &[
        ("==", Operator::Equal),
        ("!=", Operator::NotEqual),
        ("<", Operator::Less),
        ("<=", Operator::LessOrEqual),
        (">", Operator::Greater),
        (">=", Operator::GreaterOrEqual),
        ("in", Operator::In),
    ],
    &[("+", Operator::Add), ("-", Operator::Subtract)],
    &[("*", Operator::Multiply), ("/", Operator::Divide), ("%", Operator::Modulus)],
];

/// Parses an expression.
///
/// # Errors
/// [`Error::Syntax`], with the offset of the first token that does not fit.
pub(crate) fn parse(text: &str) -> Result<Expression, Error> {
    let mut parser = Parser { tokens: tokens(text)?, at: 0, end: text.len() };
    let expression = parser.choice()?;
    match parser.at == parser.tokens.len() {
        true => Ok(expression),
        false => Err(parser.error()),
    }
}

struct Parser {
    tokens: Vec<Spanned>,
    at: usize,
    /// The length of the text.
    end: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at).map(|(_, token)| token)
    }

    fn error(&self) -> Error {
        Error::Syntax(self.tokens.get(self.at).map_or(self.end, |(at, _)| *at))
    }

    /// Consumes an operator or a bracket if it is the next token.
    fn take(&mut self, symbol: &str) -> bool {
        let is_next = match self.peek() {
            Some(Token::Symbol(next)) => *next == symbol,
            Some(Token::Name(next)) => symbol == "in" && next == "in",
            _ => false,
        };
        self.at += usize::from(is_next);
        is_next
    }

    fn expect(&mut self, symbol: &str) -> Result<(), Error> {
        if self.take(symbol) { Ok(()) } else { Err(self.error()) }
    }

    /// Parses an expression that may be `condition ? yes : no`.
    fn choice(&mut self) -> Result<Expression, Error> {
        let condition = self.level(0)?;
        if !self.take("?") {
            return Ok(condition);
        }
        let yes = self.level(0)?;
        self.expect(":")?;
        Ok(Expression::Choice(Box::new([condition, yes, self.choice()?])))
    }

    /// Parses the operators of a level, which group from the left.
    fn level(&mut self, level: usize) -> Result<Expression, Error> {
        let Some(operators) = LEVELS.get(level) else { return self.unary() };
        let mut left = self.level(level + 1)?;
        while let Some((_, operator)) = operators.iter().find(|(symbol, _)| self.take(symbol)) {
            left = Expression::Binary(*operator, Box::new([left, self.level(level + 1)?]));
        }
        Ok(left)
    }

    fn unary(&mut self) -> Result<Expression, Error> {
        if self.take("!") {
            return Ok(Expression::Not(Box::new(self.unary()?)));
        }
        if !self.take("-") {
            return self.member();
        }
        // The smallest number has no positive counterpart.
        if self.peek() == Some(&Token::Int(i64::MIN.unsigned_abs())) {
            self.at += 1;
            return Ok(Expression::Literal(Value::Int(i64::MIN)));
        }
        Ok(Expression::Negate(Box::new(self.unary()?)))
    }

    /// Parses a value with the fields, indexes and methods behind it.
    fn member(&mut self) -> Result<Expression, Error> {
        let mut value = self.primary()?;
        loop {
            if self.take(".") {
                let name = self.name()?;
                value = if self.take("(") {
                    let mut arguments = vec![value];
                    arguments.extend(self.list(")")?);
                    Expression::Call { name, is_method: true, arguments }
                } else {
                    Expression::Field(Box::new(value), name)
                };
            } else if self.take("[") {
                let index = self.choice()?;
                self.expect("]")?;
                value = Expression::Index(Box::new([value, index]));
            } else {
                return Ok(value);
            }
        }
    }

    fn primary(&mut self) -> Result<Expression, Error> {
        if self.take("(") {
            let inner = self.choice()?;
            self.expect(")")?;
            return Ok(inner);
        }
        if self.take("[") {
            return Ok(Expression::List(self.list("]")?));
        }
        if self.take("{") {
            return self.map();
        }
        let token = self.peek().cloned().ok_or(self.error())?;
        let value = match token {
            Token::Int(number) => Value::Int(number.try_into().map_err(|_| self.error())?),
            Token::Uint(number) => Value::Uint(number),
            Token::Double(number) => Value::Double(number),
            Token::Text(text) => Value::Text(text),
            Token::Bytes(bytes) => Value::Bytes(bytes),
            Token::Name(name) => return self.named(name),
            Token::Symbol(_) => return Err(self.error()),
        };
        self.at += 1;
        Ok(Expression::Literal(value))
    }

    /// Parses what begins with a name: a keyword, a call or a variable.
    fn named(&mut self, name: String) -> Result<Expression, Error> {
        self.at += 1;
        Ok(match name.as_str() {
            "true" => Expression::Literal(Value::Bool(true)),
            "false" => Expression::Literal(Value::Bool(false)),
            "null" => Expression::Literal(Value::Null),
            _ if self.take("(") => {
                let arguments = self.list(")")?;
                Expression::Call { name, is_method: false, arguments }
            }
            _ => Expression::Name(name),
        })
    }

    fn name(&mut self) -> Result<String, Error> {
        match self.peek().cloned() {
            Some(Token::Name(name)) => {
                self.at += 1;
                Ok(name)
            }
            _ => Err(self.error()),
        }
    }

    /// Parses expressions with commas between them up to a bracket.
    fn list(&mut self, end: &str) -> Result<Vec<Expression>, Error> {
        let mut items = Vec::new();
        while !self.take(end) {
            if !items.is_empty() {
                self.expect(",")?;
            }
            items.push(self.choice()?);
        }
        Ok(items)
    }

    fn map(&mut self) -> Result<Expression, Error> {
        let mut entries = Vec::new();
        while !self.take("}") {
            if !entries.is_empty() {
                self.expect(",")?;
            }
            let key = self.choice()?;
            self.expect(":")?;
            entries.push((key, self.choice()?));
        }
        Ok(Expression::Map(entries))
    }
}
