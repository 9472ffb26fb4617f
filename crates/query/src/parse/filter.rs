//! What joins terms: blanks, `AND`, `OR`, `NOT`, parentheses.

use super::Parser;
use super::scope::Scope;
use crate::ast::{Filter, Span};
use crate::error::ErrorKind;
use crate::limits::MAX_DEPTH;
use crate::syntax::ends_word;

/// A word that joins terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    And,
    Or,
    Not,
}

/// How each is written; it stands alone, or before a parenthesis.
const OPERATORS: &[(&str, Operator)] = &[
    ("AND", Operator::And),
    ("&&", Operator::And),
    ("OR", Operator::Or),
    ("||", Operator::Or),
    ("NOT", Operator::Not),
];

impl Operator {
    const fn name(self) -> &'static str {
        match self {
            Self::And => "AND",
            Self::Or => "OR",
            Self::Not => "NOT",
        }
    }
}

impl Parser<'_> {
    /// `a b OR c`; nothing where there is no term, which is an error only if there is an `OR`.
    pub(super) fn disjunction(&mut self, scope: Option<&Scope>) -> Option<Filter> {
        let mut parts = Vec::new();
        loop {
            let part = self.conjunction(scope);
            let or = self.next_operator(Operator::Or);
            match (&part, or) {
                (None, Some(span)) if parts.is_empty() => {
                    self.no_term("before", Operator::Or, span);
                }
                (None, _) if !parts.is_empty() => self.no_term("after", Operator::Or, self.here()),
                _ => {}
            }
            parts.extend(part);
            if or.is_none() {
                return (!parts.is_empty()).then(|| Filter::or(parts));
            }
        }
    }

    /// `a b AND -c`; nothing where there is no term, which is an error only if there is an `AND`.
    fn conjunction(&mut self, scope: Option<&Scope>) -> Option<Filter> {
        let mut parts: Vec<Filter> = Vec::new();
        let mut pending = true;
        loop {
            if let Some(span) = self.next_operator(Operator::And) {
                if pending {
                    self.no_term("before", Operator::And, span);
                }
                pending = true;
                if self.is_at_term_end() {
                    self.no_term("after", Operator::And, self.here());
                    break;
                }
                continue;
            }
            if self.is_at_term_end() {
                break;
            }
            let part = self.negation(scope);
            match parts.last_mut() {
                Some(last)
                    if !pending && scope.is_some_and(|scope| scope.means_either(last, &part)) =>
                {
                    *last = Filter::or([std::mem::take(last), part]);
                }
                _ => parts.push(part),
            }
            pending = false;
        }
        (!parts.is_empty()).then(|| Filter::and(parts))
    }

    /// `-a`, `NOT a`, `!a`, `a`.
    fn negation(&mut self, scope: Option<&Scope>) -> Filter {
        let mut negated = false;
        while let Some(span) = self.eat_not() {
            negated = !negated;
            if self.is_at_term_end() || self.operator().is_some_and(|(it, _)| it != Operator::Not) {
                self.no_term("after", Operator::Not, span);
                return Filter::All;
            }
        }
        let part = self.primary(scope);
        if negated { Filter::not(part) } else { part }
    }

    fn primary(&mut self, scope: Option<&Scope>) -> Filter {
        match (self.cursor.peek(), scope) {
            (Some('('), _) => self.group(scope),
            (_, Some(scope)) => self.value(scope),
            (_, None) => self.term(),
        }
    }

    /// What stands in parentheses; the cursor is before the opening one.
    pub(super) fn group(&mut self, scope: Option<&Scope>) -> Filter {
        let start = self.cursor.at();
        self.cursor.bump();
        let open = self.cursor.since(start);
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            self.give_up(ErrorKind::TooDeep, open);
            return Filter::All;
        }
        let inner = self.disjunction(scope);
        self.depth -= 1;
        let is_closed = self.cursor.eat(")");
        if !is_closed && !self.gave_up {
            self.error(ErrorKind::Open('('), open);
        } else if is_closed && inner.is_none() {
            self.error(ErrorKind::Empty("parentheses"), self.cursor.since(start));
        }
        inner.unwrap_or_default()
    }

    fn no_term(&mut self, side: &'static str, operator: Operator, span: Span) {
        self.error(ErrorKind::NoTerm { side, operator: operator.name() }, span);
    }

    fn here(&self) -> Span {
        self.cursor.since(self.cursor.at())
    }

    /// Goes over this operator, if it is next, and says where it was.
    fn next_operator(&mut self, wanted: Operator) -> Option<Span> {
        self.cursor.skip_blanks();
        let (operator, length) = self.operator()?;
        let start = self.cursor.at();
        (operator == wanted).then(|| {
            self.cursor.advance(length);
            self.cursor.since(start)
        })
    }

    /// The operator that is next, and its length.
    fn operator(&self) -> Option<(Operator, usize)> {
        let rest = self.cursor.rest();
        OPERATORS.iter().find_map(|(name, operator)| {
            let after = rest.strip_prefix(name)?;
            after
                .chars()
                .next()
                .is_none_or(|c| *name == "||" || ends_word(c))
                .then_some((*operator, name.len()))
        })
    }

    /// Goes over `NOT`, `-` or `!`. A lone `-`, and one of several as in `--verbose`, belong to a word.
    fn eat_not(&mut self) -> Option<Span> {
        if let Some(span) = self.next_operator(Operator::Not) {
            self.cursor.skip_blanks();
            return Some(span);
        }
        let (sign, after) = (self.cursor.peek()?, self.cursor.peek_second());
        let negates = after.is_some_and(|c| c != sign && (c == '(' || !ends_word(c)));
        (matches!(sign, '-' | '!') && negates).then(|| {
            let start = self.cursor.at();
            self.cursor.bump();
            self.cursor.since(start)
        })
    }

    fn is_at_term_end(&mut self) -> bool {
        self.cursor.skip_blanks();
        matches!(self.cursor.peek(), None | Some(')' | '|'))
            || self.operator().is_some_and(|(operator, _)| operator == Operator::Or)
    }
}
