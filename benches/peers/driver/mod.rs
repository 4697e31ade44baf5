//! What talks to the server: the work on the bare driver, what a row needs beforehand, and what it must leave behind.
//!
//! This is how a Rust program on the driver is written: what `#[tokio::main]` makes, typed or raw documents as the row asks.

pub mod data;
mod prepare;
mod work;

use std::process::Stdio;

use mongodb::Client;

use super::Result;
use super::server::Server;

/// `driver TASK ROW SIZE`, on the server of `MONGODB_URI`.
pub fn main(args: &[String]) -> Result<()> {
    tokio::runtime::Runtime::new()?.block_on(task(args))
}

async fn task(args: &[String]) -> Result<()> {
    let [task, row, size] = args else {
        return Err("`driver` takes a task, a row and a size".into());
    };
    let size = size.parse()?;
    let client = Client::with_uri_str(std::env::var("MONGODB_URI")?).await?;
    match task.as_str() {
        "prepare" => prepare::prepare(&client.database("bench"), row, size).await,
        "check" => prepare::check(&client.database("bench"), row, size).await,
        "work" => work::work(&client, row, size).await,
        other => Err(format!("the driver has no task `{other}`").into()),
    }
}

/// Does that in a process of its own, which is not measured.
pub fn in_a_process(task: &str, row: &str, size: usize, server: &Server) -> Result<()> {
    let mut command = server.command(&std::env::current_exe()?);
    command
        .args(["driver", task, row, &size.to_string()])
        .env("MONGODB_URI", &server.uri);
    let output = command.stdin(Stdio::null()).output()?;
    if !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(why.trim().to_owned().into());
    }
    Ok(())
}
