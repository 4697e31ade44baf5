use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, thread};

use rand::random;
use serde_json::{Map, json};
use tokio::runtime::Builder;
use tokio::time::{sleep, timeout};

use super::message::{Message, MessageWriter};
use super::signature::Signer;
use super::transport::ask;
use crate::error::{Error, Kind, Result};

/// How long a kernel may take to answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long to wait before a kernel is asked again that does not listen yet.
const PAUSE: Duration = Duration::from_millis(20);

/// Starts an installed kernel as Jupyter does, and ends it. Returns the version that it names.
///
/// # Errors
/// `Server` if it does not start or answer.
pub fn version_of(command: &[String]) -> Result<String> {
    let failed = |cause: String| Error::new(Kind::Server, cause);
    let io = |cause: std::io::Error| failed(format!("the kernel cannot be started: {cause}"));
    let folder = tempfile::Builder::new()
        .prefix("swk-")
        .tempdir()
        .map_err(io)?;
    let file = folder.path().join("connection.json");
    let sockets = folder.path().join("k").display().to_string();
    let key = format!("{:032x}", random::<u128>());
    let connection = json!({
        "transport": "ipc", "ip": sockets, "signature_scheme": "hmac-sha256", "key": key,
        "shell_port": 1, "iopub_port": 2, "stdin_port": 3, "control_port": 4, "hb_port": 5,
    });
    fs::write(&file, connection.to_string()).map_err(io)?;
    let mut kernel = start(command, &file).map_err(io)?;
    let writer = MessageWriter::new(Signer::new(&key));
    let endpoint = format!("ipc://{sockets}-4");
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(io)?;
    let answer = runtime.block_on(async {
        let answer = timeout(PATIENCE, answer(&writer, &endpoint, &mut kernel)).await;
        let _ = timeout(PAUSE * 50, request(&writer, &endpoint, "shutdown_request")).await;
        answer
    });
    end(&mut kernel);
    match answer {
        Ok(answer) => answer.map_err(failed),
        Err(_) => Err(failed("the kernel does not answer".to_owned())),
    }
}

fn start(command: &[String], file: &Path) -> std::io::Result<Child> {
    let file = file.display().to_string();
    let mut words = command
        .iter()
        .map(|word| word.replace("{connection_file}", &file));
    let program = words.next().unwrap_or_default();
    Command::new(program)
        .args(words)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
}

/// Asks a kernel until it listens. Returns its version, or why there is none.
async fn answer(
    writer: &MessageWriter,
    endpoint: &str,
    kernel: &mut Child,
) -> std::result::Result<String, String> {
    loop {
        if let Some(message) = request(writer, endpoint, "kernel_info_request").await {
            return Ok(message.text("implementation_version").to_owned());
        }
        if let Ok(Some(status)) = kernel.try_wait() {
            return Err(format!("the kernel ended at once: {status}"));
        }
        sleep(PAUSE).await;
    }
}

async fn request(writer: &MessageWriter, endpoint: &str, kind: &str) -> Option<Message> {
    let frames = writer.frames(Vec::new(), kind, &Map::new(), &json!({ "restart": false }));
    Message::read(&ask(endpoint, frames).await?, writer.signer())
}

/// Waits for the end of a kernel. One that does not end is killed.
fn end(kernel: &mut Child) {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        if let Ok(Some(_)) = kernel.try_wait() {
            return;
        }
        thread::sleep(PAUSE);
    }
    let _ = kernel.kill();
    let _ = kernel.wait();
}
