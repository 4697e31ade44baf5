use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

use super::mutation::{Mutant, mutants};
use super::{Finding, Workshop};
use crate::course::exercise::{Course, Exercise};
use crate::course::normalise;
use crate::course::trial::{Bench, End, Job, Place, Ran, several_at_once};
use crate::engine;
use crate::error::Result;
use crate::script::Source;

/// How exercises are examined.
#[derive(Clone, Debug)]
pub struct Plan {
    pub seed: u64,
    /// How often each runs as shipped and solved, every time with another seed.
    pub repeat: usize,
    pub mutations: bool,
    pub at_once: NonZeroUsize,
    /// How long a solution may take.
    pub timeout: Duration,
}

/// What came of one exercise.
#[derive(Clone, Debug, Default)]
pub struct Examination {
    pub name: String,
    /// In how many of the runs it failed as shipped with the message it quotes, and in how many its solution passed.
    pub failed_as_shipped: usize,
    pub solved: usize,
    pub runs: usize,
    /// How many mutations there were, how many the check noticed, and how many nobody needs to.
    pub mutations: usize,
    pub noticed: usize,
    pub excused: usize,
    pub took: Duration,
    pub findings: Vec<Finding>,
}

/// What is being done, for those who watch.
#[derive(Clone, Copy, Debug)]
pub enum Step<'a> {
    Runs {
        exercise: &'a str,
        run: usize,
        of: usize,
    },
    Mutations {
        exercise: &'a str,
        done: usize,
        of: usize,
    },
}

/// A mutation may take as much longer than the solution did.
const LONGER: u32 = 3;
/// And this, whatever the solution took.
const AT_LEAST: Duration = Duration::from_secs(8);

/// Runs an exercise as shipped, with its solution, and with its solution broken in every small way.
///
/// # Errors
/// `Server` where nothing can be run at all; `InvalidArgument` where the solution cannot be read.
pub fn examine(
    course: &Course,
    exercise: &Exercise,
    workshop: &Workshop,
    bench: &Bench,
    plan: &Plan,
    mut watch: impl FnMut(Step),
) -> Result<Examination> {
    let started = Instant::now();
    let mut found = Examination {
        name: exercise.name.clone(),
        ..Examination::default()
    };
    let examiner = Examiner {
        exercise,
        workshop,
        bench,
        plan,
    };
    let solution = course.solution(exercise)?;
    let mut longest = Duration::ZERO;
    for run in 0..plan.repeat {
        watch(Step::Runs {
            exercise: &exercise.name,
            run: run + 1,
            of: plan.repeat,
        });
        let seed = plan.seed.wrapping_add(run as u64);
        longest = longest.max(examiner.run(solution.as_ref(), seed, &mut found)?);
        if bench.is_called_off() {
            return Ok(found);
        }
    }
    let is_sound = found.solved == found.runs && found.failed_as_shipped == found.runs;
    if let Some(solution) = solution.filter(|_| plan.mutations && is_sound) {
        let limit = (longest * LONGER).max(AT_LEAST);
        examiner.mutate(&solution, limit, &mut found, &mut watch)?;
    }
    found.took = started.elapsed();
    Ok(found)
}

/// Somebody with an exercise before him, and all he needs.
struct Examiner<'a> {
    exercise: &'a Exercise,
    workshop: &'a Workshop,
    bench: &'a Bench,
    plan: &'a Plan,
}

impl Examiner<'_> {
    /// The exercise as shipped and solved, at a time: they have nothing in common. How long the solution took.
    fn run(
        &self,
        solution: Option<&Source>,
        seed: u64,
        found: &mut Examination,
    ) -> Result<Duration> {
        found.runs += 1;
        let answers: Vec<Option<&str>> = std::iter::once(None)
            .chain(solution.map(|solution| Some(&**solution.text())))
            .collect();
        let ran = several_at_once(
            self.plan.at_once,
            &answers,
            |answer| self.try_out(*answer, seed, self.plan.timeout),
            |_, _| (),
        );
        let mut ran = ran.into_iter();
        if let Some(shipped) = ran.next().transpose()? {
            judge_shipped(self.exercise, &shipped, seed, found);
        }
        let Some(solved) = ran.next().transpose()? else {
            return Ok(Duration::ZERO);
        };
        judge_solved(self.exercise, &solved, seed, found);
        Ok(solved.took)
    }

    fn try_out(&self, answer: Option<&str>, seed: u64, limit: Duration) -> Result<Ran> {
        let laid = self.workshop.lay(self.exercise, answer)?;
        self.bench.run(Job {
            script: &laid.script,
            place: if self.exercise.own_server {
                Place::Server
            } else {
                Place::Database
            },
            seed,
            limit,
            json: true,
        })
    }

    fn mutate(
        &self,
        solution: &Source,
        limit: Duration,
        found: &mut Examination,
        watch: &mut impl FnMut(Step),
    ) -> Result<()> {
        let engine = engine::to_parse();
        let broken = mutants(solution.text(), |text| {
            let composed = self.exercise.compose(&solution.with_text(text));
            composed.is_ok_and(|composed| engine.compile(&**composed.source.text()).is_ok())
        });
        found.mutations = broken.len();
        let mut done = 0;
        let ran = several_at_once(
            self.plan.at_once,
            &broken,
            |mutant| self.try_out(Some(&mutant.text), self.plan.seed, limit),
            |_, _| {
                done += 1;
                watch(Step::Mutations {
                    exercise: &self.exercise.name,
                    done,
                    of: broken.len(),
                });
            },
        );
        for (mutant, ran) in broken.iter().zip(ran) {
            match (ran?.succeeded(), &mutant.excuse) {
                (false, _) => found.noticed += 1,
                (true, Some(_)) => found.excused += 1,
                (true, None) => found.findings.push(survivor(self.exercise, mutant)),
            }
        }
        Ok(())
    }
}

fn judge_shipped(exercise: &Exercise, ran: &Ran, seed: u64, found: &mut Examination) {
    let file = format!("exercises/{}.rhai", exercise.name);
    let said = message(ran);
    if ran.end != End::Exit(1) {
        let how = how_it_ended(ran);
        found.findings.push(
            Finding::new(
                file,
                format!("as shipped it does not fail with exit code 1: {how}"),
            )
            .detail(format!("seed {seed}")),
        );
        return;
    }
    let quoted = exercise.shipped_message.as_deref().unwrap_or_default();
    if normalise(&said) == normalise(quoted) {
        found.failed_as_shipped += 1;
    } else {
        found.findings.push(
            Finding::new(
                file,
                "as shipped it fails with another message than it quotes",
            )
            .detail(format!("quoted: {quoted}"))
            .detail(format!("it says: {said}"))
            .detail(format!("seed {seed}")),
        );
    }
}

fn judge_solved(exercise: &Exercise, ran: &Ran, seed: u64, found: &mut Examination) {
    if ran.succeeded() {
        found.solved += 1;
        return;
    }
    found.findings.push(
        Finding::new(
            format!("solutions/{}.rhai", exercise.name),
            format!("the solution does not pass: {}", how_it_ended(ran)),
        )
        .detail(format!("seed {seed}")),
    );
}

fn survivor(exercise: &Exercise, mutant: &Mutant) -> Finding {
    let finding = Finding::new(
        format!("solutions/{}.rhai", exercise.name),
        format!("the check does not notice: {}", mutant.what),
    )
    .at(mutant.line)
    .detail(format!("- {}", mutant.before));
    if mutant.after.is_empty() {
        finding
    } else {
        finding.detail(format!("+ {}", mutant.after))
    }
}

/// What the script failed with, as the last line of JSON on its error stream says.
fn message(ran: &Ran) -> String {
    let reported = ran.errors.lines().rev().find_map(|line| {
        let line: serde_json::Value = serde_json::from_str(line).ok()?;
        Some(line.get("error")?.get("message")?.as_str()?.to_owned())
    });
    reported.unwrap_or_else(|| ran.errors.trim().to_owned())
}

fn how_it_ended(ran: &Ran) -> String {
    match ran.end {
        End::Exit(0) => "it passes".to_owned(),
        End::Exit(code) => format!("exit code {code}, {}", message(ran)),
        End::TimedOut => "it does not end in the time it has".to_owned(),
        End::TooMuch => "it prints more than 1 MiB".to_owned(),
        End::Killed(signal) => format!("signal {signal}"),
        End::CalledOff => "it was called off".to_owned(),
    }
}
