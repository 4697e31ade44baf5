use std::num::NonZeroUsize;
use std::time::Duration;

use super::finding::Finding;
use super::temp_course::TempCourse;
use crate::authoring::check::mutation::mutant::{Mutant, mutants};
use crate::authoring::normalise;
use crate::authoring::trial::child::{ChildExit, RunOutput};
use crate::authoring::trial::parallel_map;
use crate::authoring::trial::trial_runner::{TrialJob, TrialPlace, TrialRunner};
use crate::course::exercise::{Course, Exercise};
use crate::engine;
use crate::error::Result;
use crate::script::Source;

/// The options of an examination.
#[derive(Clone, Debug)]
pub struct CheckPlan {
    pub seed: u64,
    /// The number of runs as shipped and solved, each with another seed.
    pub repeat: usize,
    pub mutations: bool,
    /// The number of concurrent runs.
    pub at_once: NonZeroUsize,
    /// The time limit of a solution.
    pub timeout: Duration,
}

/// The result of examining one exercise.
#[derive(Clone, Debug, Default)]
pub struct Examination {
    pub name: String,
    /// Whether the exercise is meant to pass as shipped.
    pub passes_as_shipped: bool,
    /// The number of runs that ended as shipped as they should: with the quoted message.
    pub right_as_shipped: usize,
    /// The number of runs in which the solution passed.
    pub solved: usize,
    pub runs: usize,
    pub mutations: usize,
    /// The number of mutations that the check noticed.
    pub noticed: usize,
    /// The number of unnoticed mutations with an excuse.
    pub excused: usize,
    /// The sum of the durations of all runs.
    pub took: Duration,
    pub findings: Vec<Finding>,
    /// The longest duration of the solution.
    longest: Duration,
}

/// The progress of an examination.
#[derive(Clone, Copy, Debug)]
pub enum CheckProgress {
    Runs { done: usize, of: usize },
    Mutations { done: usize, of: usize },
}

/// The time limit of a mutation, as a multiple of the solution's duration.
const LONGER: u32 = 2;
/// The minimum time limit of a mutation.
const AT_LEAST: Duration = Duration::from_secs(8);

/// Runs each exercise as shipped, with its solution, and with each mutation of its solution.
///
/// Runs are concurrent, because most of a run is waiting for servers.
///
/// # Errors
/// `Server` if nothing can be run; `InvalidArgument` if a solution cannot be read.
pub fn examine(
    course: &Course,
    exercises: &[&Exercise],
    temp_course: &TempCourse,
    runner: &TrialRunner,
    plan: &CheckPlan,
    watch: impl FnMut(CheckProgress),
) -> Result<Vec<Examination>> {
    let solutions: Vec<Option<Source>> = exercises
        .iter()
        .map(|exercise| course.solution(exercise))
        .collect::<Result<_>>()?;
    let mut examiner = Examiner {
        exercises,
        solutions: &solutions,
        temp_course,
        runner,
        plan,
        found: exercises
            .iter()
            .map(|exercise| empty_examination(exercise))
            .collect(),
        watch,
    };
    examiner.run()?;
    if plan.mutations && !runner.is_cancelled() {
        examiner.mutate()?;
    }
    Ok(examiner.found)
}

fn empty_examination(exercise: &Exercise) -> Examination {
    Examination {
        name: exercise.name.clone(),
        passes_as_shipped: exercise.passes_as_shipped,
        ..Examination::default()
    }
}

/// The state of an examination.
struct Examiner<'a, W> {
    exercises: &'a [&'a Exercise],
    /// The solutions, in the order of `exercises`.
    solutions: &'a [Option<Source>],
    temp_course: &'a TempCourse,
    runner: &'a TrialRunner,
    plan: &'a CheckPlan,
    found: Vec<Examination>,
    watch: W,
}

/// One run of an answer.
struct Trial<'a> {
    /// The index of the exercise.
    exercise: usize,
    /// `None`: the exercise as shipped.
    answer: Option<&'a str>,
    seed: u64,
    limit: Duration,
}

impl<W: FnMut(CheckProgress)> Examiner<'_, W> {
    /// Runs all exercises as shipped and solved.
    fn run(&mut self) -> Result<()> {
        let solutions = self.solutions;
        let mut trials = Vec::new();
        for run in 0..self.plan.repeat {
            for (exercise, solution) in solutions.iter().enumerate() {
                let solution = solution.as_ref().map(|solution| Some(&**solution.text()));
                trials.extend([None].into_iter().chain(solution).map(|answer| Trial {
                    exercise,
                    answer,
                    seed: self.plan.seed.wrapping_add(run as u64),
                    limit: self.plan.timeout,
                }));
            }
        }
        let ran = self.try_out(&trials, |done, of| CheckProgress::Runs { done, of })?;
        for (trial, ran) in trials.iter().zip(ran) {
            let exercise = self.exercises[trial.exercise];
            let found = &mut self.found[trial.exercise];
            found.took += ran.took;
            if trial.answer.is_some() {
                found.longest = found.longest.max(ran.took);
                judge_solved(exercise, &ran, trial.seed, found);
            } else {
                found.runs += 1;
                judge_shipped(exercise, &ran, trial.seed, found);
            }
        }
        Ok(())
    }

    /// Runs the mutations of each exercise without findings so far.
    fn mutate(&mut self) -> Result<()> {
        let engine = engine::to_parse();
        let mut broken: Vec<(usize, Mutant)> = Vec::new();
        for (at, solution) in self.solutions.iter().enumerate() {
            let found = &self.found[at];
            let is_sound = found.solved == found.runs && found.right_as_shipped == found.runs;
            let Some(solution) = solution.as_ref().filter(|_| is_sound) else {
                continue;
            };
            let mutants = mutants(solution.text(), |text| {
                let composed = self.exercises[at].compose(&solution.with_text(text));
                composed.is_ok_and(|composed| engine.compile(&**composed.source.text()).is_ok())
            });
            broken.extend(mutants.into_iter().map(|mutant| (at, mutant)));
        }
        let trials: Vec<Trial> = broken
            .iter()
            .map(|(exercise, mutant)| Trial {
                exercise: *exercise,
                answer: Some(&mutant.text),
                seed: self.plan.seed,
                limit: (self.found[*exercise].longest * LONGER).max(AT_LEAST),
            })
            .collect();
        let ran = self.try_out(&trials, |done, of| CheckProgress::Mutations { done, of })?;
        for ((at, mutant), ran) in broken.iter().zip(ran) {
            let found = &mut self.found[*at];
            found.took += ran.took;
            found.mutations += 1;
            match (ran.succeeded(), &mutant.excuse) {
                (false, _) => found.noticed += 1,
                (true, Some(_)) => found.excused += 1,
                (true, None) => found.findings.push(survivor(self.exercises[*at], mutant)),
            }
        }
        Ok(())
    }

    fn try_out(
        &mut self,
        trials: &[Trial],
        step: impl Fn(usize, usize) -> CheckProgress,
    ) -> Result<Vec<RunOutput>> {
        let (exercises, temp_course, runner) = (self.exercises, self.temp_course, self.runner);
        let watch = &mut self.watch;
        let mut done = 0;
        watch(step(done, trials.len()));
        let ran = parallel_map(
            self.plan.at_once,
            trials,
            |trial| run_one(exercises[trial.exercise], trial, temp_course, runner),
            |_, _| {
                done += 1;
                watch(step(done, trials.len()));
            },
        );
        ran.into_iter().collect()
    }
}

fn run_one(
    exercise: &Exercise,
    trial: &Trial,
    temp_course: &TempCourse,
    runner: &TrialRunner,
) -> Result<RunOutput> {
    let written = temp_course.write(exercise, trial.answer)?;
    runner.run(TrialJob {
        script: &written.script,
        place: if exercise.own_server {
            TrialPlace::Server
        } else {
            TrialPlace::Database
        },
        seed: trial.seed,
        limit: trial.limit,
        json: true,
    })
}

fn judge_shipped(exercise: &Exercise, ran: &RunOutput, seed: u64, found: &mut Examination) {
    let file = format!("exercises/{}.rhai", exercise.name);
    let said = ran.message();
    if exercise.passes_as_shipped {
        if ran.succeeded() {
            found.right_as_shipped += 1;
        } else {
            let how = how_it_ended(ran);
            let finding = Finding::new(file, format!("as shipped it does not pass: {how}"));
            found.findings.push(finding.detail(format!("seed {seed}")));
        }
        return;
    }
    if ran.end != ChildExit::Exit(1) {
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
        found.right_as_shipped += 1;
    } else {
        found.findings.push(
            Finding::new(
                file,
                "as shipped it fails with a different message than it quotes",
            )
            .detail(format!("quoted: {quoted}"))
            .detail(format!("it says: {said}"))
            .detail(format!("seed {seed}")),
        );
    }
}

fn judge_solved(exercise: &Exercise, ran: &RunOutput, seed: u64, found: &mut Examination) {
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

fn how_it_ended(ran: &RunOutput) -> String {
    match ran.end {
        ChildExit::Exit(0) => "it passes".to_owned(),
        ChildExit::Exit(code) => format!("exit code {code}, {}", ran.message()),
        ChildExit::TimedOut => "it does not end within its time limit".to_owned(),
        ChildExit::TooMuch => "it prints more than 1 MiB".to_owned(),
        ChildExit::Killed(signal) => format!("signal {signal}"),
        ChildExit::Cancelled => "it was cancelled".to_owned(),
    }
}
