//! The script type `Sequence`: values that are made one by one, when they are needed. A file, the
//! lines of standard input, and what `map` and `filter` make of them and of cursors.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rhai::{Array, Dynamic, Engine, EvalAltResult, FnPtr, Module, NativeCallContext};

use super::recorded_loop::RecordedLoop;
use crate::api::call::arguments::Call;
use crate::api::call::function_error::FunctionError;
use crate::api::call::methods;
use crate::error::Result;
use crate::record::CallScope;
use crate::values::closure;
use crate::values::thrown::{RhaiResult, kind_of};

/// Makes the next value; `None` at the end.
type Next = Box<dyn FnMut() -> RhaiResult<Option<Dynamic>> + Send + Sync>;

/// A sequence in a script. Copies share their position.
#[derive(Clone)]
pub struct Sequence {
    what: Arc<str>,
    next: Arc<Mutex<Next>>,
    /// The loop over this handle.
    recorded: RecordedLoop,
}

impl Sequence {
    /// Returns a sequence that shows as `what`.
    pub fn new(
        what: &str,
        next: impl FnMut() -> RhaiResult<Option<Dynamic>> + Send + Sync + 'static,
    ) -> Self {
        Self {
            what: what.into(),
            next: Arc::new(Mutex::new(Box::new(next))),
            recorded: RecordedLoop::default(),
        }
    }

    /// Returns the handle as the result of `call`.
    fn made_by(self, call: &Call) -> Self {
        Self {
            recorded: RecordedLoop::over_result_of(call),
            ..self
        }
    }

    /// Returns a sequence of what the function returns for each value.
    pub fn map(mut self, call: &Call, function: FnPtr) -> Result<Self> {
        let function = StoredFunction::new(call, function)?;
        let what = format!("{}, mapped", self.what);
        Ok(Self::new(&what, move || {
            self.next_value()?
                .map(|value| function.call(value))
                .transpose()
        })
        .made_by(call))
    }

    /// Returns a sequence of the values for which the function returns `true`.
    pub fn filter(mut self, call: &Call, function: FnPtr) -> Result<Self> {
        let function = StoredFunction::new(call, function)?;
        let what = format!("{}, filtered", self.what);
        Ok(Self::new(&what, move || {
            while let Some(value) = self.next_value()? {
                if function.call(value.clone())?.as_bool().unwrap_or(false) {
                    return Ok(Some(value));
                }
            }
            Ok(None)
        })
        .made_by(call))
    }

    /// Calls the function with each value.
    pub fn for_each(
        mut self,
        call: &Call,
        function: &FnPtr,
    ) -> std::result::Result<(), FunctionError> {
        while let Some(value) = self.next_value()? {
            let _ = call.invoke(function, [value])?;
        }
        Ok(())
    }

    /// Returns the next value, or `None` at the end.
    pub fn next_value(&mut self) -> RhaiResult<Option<Dynamic>> {
        (self.lock())()
    }

    fn lock(&self) -> MutexGuard<'_, Next> {
        self.next.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A function of the script that is called later, when a value is needed: a `for` loop does not say
/// from where.
#[allow(
    deprecated,
    reason = "Rhai marks the stored context as volatile in this way; an iterator gets no context"
)]
struct StoredFunction {
    function: FnPtr,
    store: rhai::NativeCallContextStore,
    engine: Engine,
}

#[allow(
    deprecated,
    reason = "Rhai marks the stored context as volatile in this way; an iterator gets no context"
)]
impl StoredFunction {
    fn new(call: &Call, function: FnPtr) -> Result<Self> {
        Ok(Self {
            function,
            store: call.context.store_data(),
            engine: call.session.tasks().engine(&call.session)?,
        })
    }

    fn call(&self, value: Dynamic) -> RhaiResult<Dynamic> {
        let context: NativeCallContext = self.store.create_context(&self.engine);
        closure::call(&context, &self.function, [value])
    }
}

impl fmt::Display for Sequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}>", self.what)
    }
}

methods! { Sequence, "Sequence";
    /// Returns the next value, or `()` at the end.
    ///
    /// ```rhai
    /// db.n.insert_one(#{ _id: 1 });
    /// let ids = db.n.find().map(|d| d._id);
    /// assert_eq(ids.next(), 1);
    /// assert_eq(ids.next(), ());
    /// ```
    method next(this, _call) {
        Ok(this.clone().next_value()?.unwrap_or(Dynamic::UNIT))
    }

    /// Returns all remaining values as an array.
    ///
    /// ```rhai
    /// db.n.insert_many([#{ _id: 1 }, #{ _id: 2 }]);
    /// assert_eq(db.n.find().map(|d| d._id).to_array(), [1, 2]);
    /// ```
    method to_array(this, _call) -> "Array" {
        let mut values = Array::new();
        let mut rest = this.clone();
        while let Some(value) = rest.next_value()? {
            values.push(value);
        }
        Ok(values.into())
    }

    /// Calls the function with each value.
    ///
    /// ```rhai
    /// db.n.insert_many([#{ _id: 1 }, #{ _id: 2 }]);
    /// let sum = 0;
    /// db.n.find().map(|d| d._id).for_each(|id| { sum += id; });
    /// assert_eq(sum, 3);
    /// ```
    method for_each(this, call, function: Function) {
        let function = call.function()?;
        this.clone().for_each(call, &function)?;
        Ok(Dynamic::UNIT)
    }

    /// Returns a sequence of what the function returns for each value. The function is called when
    /// a value is needed.
    ///
    /// ```rhai
    /// db.n.insert_many([#{ _id: 1 }, #{ _id: 2 }]);
    /// assert_eq(db.n.find().map(|d| d._id).map(|id| id * 10).to_array(), [10, 20]);
    /// ```
    method map(this, call, function: Function) -> "Sequence" {
        let function = call.function()?;
        Ok(Dynamic::from(this.clone().map(call, function)?))
    }

    /// Returns a sequence of the values for which the function returns `true`.
    ///
    /// ```rhai
    /// db.n.insert_many([#{ _id: 1 }, #{ _id: 2 }]);
    /// assert_eq(db.n.find().map(|d| d._id).filter(|id| id > 1).to_array(), [2]);
    /// ```
    method filter(this, call, function: Function) -> "Sequence" {
        let function = call.function()?;
        Ok(Dynamic::from(this.clone().filter(call, function)?))
    }

    /// Returns a short description of the sequence.
    ///
    /// ```rhai
    /// assert_eq(client.shop.orders.find().map(|d| d._id).to_string(), "<cursor on shop.orders, mapped>");
    /// ```
    method to_string(this, _call) -> "string" {
        Ok(this.to_string().into())
    }
}

/// Registers `for value in sequence`.
pub fn register_iterator(module: &mut Module) {
    module.set_iterable_result::<Sequence, Dynamic>();
}

impl IntoIterator for Sequence {
    type Item = std::result::Result<Dynamic, Box<EvalAltResult>>;
    type IntoIter = Values;

    fn into_iter(self) -> Values {
        let scope = self.recorded.begin();
        Values {
            sequence: self,
            scope,
        }
    }
}

/// The values of a sequence, for a `for` loop.
pub struct Values {
    sequence: Sequence,
    /// The loop in the recording of the run.
    scope: Option<CallScope>,
}

impl Iterator for Values {
    type Item = std::result::Result<Dynamic, Box<EvalAltResult>>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = self.sequence.next_value();
        if let Err(error) = &next
            && let Some(scope) = self.scope.take()
        {
            scope.fail(kind_of(error));
        }
        next.transpose()
    }
}
