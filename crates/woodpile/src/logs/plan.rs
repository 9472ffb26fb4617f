use crate::cli::LogsArgs;
use crate::exit::usage;
use crate::query::{Asked, Flags};
use jiff::Zoned;
use jiff::tz::TimeZone;
use woodpile_query::{Pipe, Pipeline};
use woodpile_store::Order;

/// How many records are printed when nobody says.
const DEFAULT_LIMIT: usize = 100;

/// What was asked for.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) asked: Asked,
    pub(super) pipes: Vec<Pipe>,
    pub(super) limit: Option<usize>,
    pub(super) before: usize,
    pub(super) after: usize,
    pub(super) newest_first: bool,
    /// The zone in which days and hours begin.
    pub(super) zone: TimeZone,
}

impl Plan {
    pub(super) fn of(args: &LogsArgs, now: &Zoned) -> anyhow::Result<Self> {
        let flags = Flags {
            level: args.level.as_deref(),
            collection: Some(&args.collection),
            range: Some(&args.range),
        };
        let asked = Asked::read(&args.query, &flags, now)?;
        let mut plan = Self {
            pipes: asked.pipes().to_vec(),
            asked,
            limit: args.limit,
            before: args.before.or(args.context).unwrap_or(0),
            after: args.after.or(args.context).unwrap_or(0),
            newest_first: args.reverse,
            zone: now.time_zone().clone(),
        };
        plan.limit = plan.limit.or_else(|| plan.default_limit(args));
        plan.bound_rows();
        plan.check(args)?;
        Ok(plan)
    }

    /// Whether each record that matches is printed as it is found, whole or some of its fields.
    pub(super) fn is_streaming(&self) -> bool {
        self.pipeline().is_streaming()
    }

    pub(super) fn pipeline(&self) -> Pipeline {
        Pipeline::new(&self.pipes, &self.zone)
    }

    /// From which end records are read: the newest are found without reading the rest.
    pub(super) fn order(&self) -> Order {
        if self.newest_first || self.limit.is_some() || !self.is_streaming() {
            Order::NewestFirst
        } else {
            Order::OldestFirst
        }
    }

    /// Whether neighbours are printed, too.
    pub(super) fn has_context(&self) -> bool {
        self.before + self.after > 0
    }

    /// Results are as long as they are; records are many.
    fn default_limit(&self, args: &LogsArgs) -> Option<usize> {
        let says = args.range.since.is_some()
            || self.pipes.iter().any(|pipe| matches!(pipe, Pipe::Limit(_)));
        let gives_records = self.is_streaming() || self.pipeline().columns().is_none();
        (gives_records && !says).then_some(DEFAULT_LIMIT)
    }

    /// What pipes hold is bounded by what is printed of it.
    fn bound_rows(&mut self) {
        if let Some(limit) = self.limit.filter(|_| !self.is_streaming()) {
            self.pipes.push(Pipe::Limit(limit as u64));
        }
    }

    fn check(&self, args: &LogsArgs) -> anyhow::Result<()> {
        if self.has_context() && !self.is_streaming() {
            return Err(usage(
                "-A, -B and -C print what came around records: leave them out, or the pipes",
            ));
        }
        if args.follow && !self.is_streaming() {
            return Err(usage(
                "-f prints records as they arrive, and takes no pipe but fields: the others work on what is there",
            ));
        }
        Ok(())
    }
}
