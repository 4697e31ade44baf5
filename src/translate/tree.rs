//! The tree that all source languages share.

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Expr {
    pub kind: ExprKind,
    /// The start in the source, in bytes.
    pub at: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum ExprKind {
    Null,
    Bool(bool),
    /// A number, as the writer prints it.
    Number(String),
    Text(String),
    Bytes(Vec<u8>),
    Template(Vec<TemplatePart>),
    Regex {
        pattern: String,
        flags: String,
    },
    Name(String),
    List(Items<Expr>),
    /// Values in round brackets: `("a", 1)` in Python.
    Tuple(Vec<Expr>),
    Document(Items<(String, Expr)>),
    Member {
        of: Box<Expr>,
        name: String,
        /// `a?.b`.
        optional: bool,
    },
    Index {
        of: Box<Expr>,
        index: Box<Expr>,
    },
    Call(Call),
    Unary {
        operator: Unary,
        of: Box<Expr>,
    },
    Binary {
        operator: Binary,
        left: Box<Expr>,
        right: Box<Expr>,
    },
    Conditional {
        condition: Box<Expr>,
        then: Box<Expr>,
        otherwise: Box<Expr>,
    },
    Function {
        parameters: Vec<String>,
        /// Whether the parameters are the parts of one array: `([k, v]) => …`.
        unpacks: bool,
        body: Body,
    },
    Comprehension(Box<Comprehension>),
    /// A block that is an expression. Only the translation makes it.
    Block(Vec<Stmt>),
    /// `from..to`. Only the translation makes it.
    Range {
        from: Box<Expr>,
        to: Box<Expr>,
        inclusive: bool,
    },
}

/// The parts of a literal in brackets.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Items<T> {
    pub items: Vec<T>,
    /// Whether each part has its own line in the source.
    pub multiline: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Call {
    pub callee: Box<Expr>,
    pub args: Vec<Expr>,
    /// Python's `name=value`.
    pub named: Vec<(String, Expr)>,
    pub multiline: bool,
    /// Whether the source has `new` before it.
    pub is_new: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum TemplatePart {
    Text(String),
    Value(Expr),
}

/// The body of a function without a name.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Body {
    Value(Box<Expr>),
    Block(Vec<Stmt>),
}

/// `[value for variable in over if condition]`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Comprehension {
    pub value: Expr,
    pub variable: String,
    pub over: Expr,
    pub condition: Option<Expr>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unary {
    Not,
    Minus,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Binary {
    Or,
    And,
    Coalesce,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

impl Binary {
    pub(super) fn symbol(self) -> &'static str {
        match self {
            Self::Or => "||",
            Self::And => "&&",
            Self::Coalesce => "??",
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::In => "in",
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Remainder => "%",
        }
    }

    /// Returns how strongly the operator binds, in all three languages.
    pub(super) fn strength(self) -> u8 {
        match self {
            Self::Or => 1,
            Self::And => 2,
            Self::Equal | Self::NotEqual => 3,
            Self::In => 4,
            Self::Less | Self::LessOrEqual | Self::Greater | Self::GreaterOrEqual => 5,
            Self::Coalesce => 6,
            Self::Add | Self::Subtract => 7,
            Self::Multiply | Self::Divide | Self::Remainder => 8,
        }
    }

    /// Returns whether the result is always `true` or `false`.
    pub(super) fn compares(self) -> bool {
        matches!(self.strength(), 3..=5)
    }
}

/// A statement.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stmt {
    pub kind: StmtKind,
    pub at: usize,
    /// Whether an empty line is before it in the source.
    pub after_gap: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum StmtKind {
    Comment {
        text: String,
        /// Whether it stands behind code on the same line.
        trailing: bool,
    },
    /// A declaration, or Python's first assignment.
    Let {
        name: String,
        value: Option<Expr>,
    },
    Assign {
        target: Expr,
        /// The operator of `+=` and the like.
        operator: Option<Binary>,
        value: Expr,
    },
    Expr(Expr),
    If {
        condition: Expr,
        then: Vec<Stmt>,
        otherwise: Vec<Stmt>,
    },
    For {
        /// One variable, or two.
        variables: Vec<String>,
        over: Expr,
        body: Vec<Stmt>,
    },
    While {
        condition: Expr,
        body: Vec<Stmt>,
    },
    Try {
        body: Vec<Stmt>,
        handlers: Vec<Handler>,
    },
    Throw(Option<Expr>),
    Return(Option<Expr>),
    Break,
    Continue,
    Function {
        name: String,
        parameters: Vec<String>,
        body: Vec<Stmt>,
    },
    /// mongosh's `use shop` and `show dbs`.
    Command {
        word: String,
        argument: String,
    },
}

/// What happens after an error.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Handler {
    /// Python's classes of errors; none for all errors.
    pub classes: Vec<Expr>,
    pub variable: Option<String>,
    pub body: Vec<Stmt>,
}

impl Expr {
    pub(super) fn new(kind: ExprKind, at: usize) -> Self {
        Self { kind, at }
    }

    pub(super) fn name(name: &str, at: usize) -> Self {
        Self::new(ExprKind::Name(name.to_owned()), at)
    }

    pub(super) fn text(text: &str, at: usize) -> Self {
        Self::new(ExprKind::Text(text.to_owned()), at)
    }

    pub(super) fn number(number: impl ToString, at: usize) -> Self {
        Self::new(ExprKind::Number(number.to_string()), at)
    }

    pub(super) fn list(items: Vec<Self>, at: usize) -> Self {
        let multiline = false;
        Self::new(ExprKind::List(Items { items, multiline }), at)
    }

    pub(super) fn document(fields: Vec<(String, Self)>, at: usize) -> Self {
        let items = Items {
            items: fields,
            multiline: false,
        };
        Self::new(ExprKind::Document(items), at)
    }

    pub(super) fn member(self, name: &str) -> Self {
        let at = self.at;
        let member = ExprKind::Member {
            of: Box::new(self),
            name: name.to_owned(),
            optional: false,
        };
        Self::new(member, at)
    }

    pub(super) fn call(self, args: Vec<Self>) -> Self {
        let at = self.at;
        let call = Call {
            callee: Box::new(self),
            args,
            named: Vec::new(),
            multiline: false,
            is_new: false,
        };
        Self::new(ExprKind::Call(call), at)
    }

    pub(super) fn method(self, name: &str, args: Vec<Self>) -> Self {
        self.member(name).call(args)
    }

    pub(super) fn binary(operator: Binary, left: Self, right: Self) -> Self {
        let at = left.at;
        let binary = ExprKind::Binary {
            operator,
            left: Box::new(left),
            right: Box::new(right),
        };
        Self::new(binary, at)
    }

    pub(super) fn not(self) -> Self {
        let at = self.at;
        let of = Box::new(self);
        let operator = Unary::Not;
        Self::new(ExprKind::Unary { operator, of }, at)
    }

    /// Returns the name, if it is one.
    pub(super) fn as_name(&self) -> Option<&str> {
        match &self.kind {
            ExprKind::Name(name) => Some(name),
            _ => None,
        }
    }

    /// Returns the string, if it is a literal one.
    pub(super) fn as_text(&self) -> Option<&str> {
        match &self.kind {
            ExprKind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the integer, if it is a literal one.
    pub(super) fn as_integer(&self) -> Option<i64> {
        match &self.kind {
            ExprKind::Number(number) => number.parse().ok(),
            ExprKind::Unary {
                operator: Unary::Minus,
                of,
            } => of.as_integer().map(|number| -number),
            _ => None,
        }
    }
}

impl Stmt {
    pub(super) fn new(kind: StmtKind, at: usize) -> Self {
        Self {
            kind,
            at,
            after_gap: false,
        }
    }
}
