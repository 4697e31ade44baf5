use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use seaworthy::server::{Archive, Archives};
use sha2::{Digest, Sha256};
use tar::{EntryType, Header};

/// How the mirror answers for one path.
#[derive(Clone)]
pub enum Serve {
    /// The whole file, with its correct length.
    Whole(Vec<u8>),
    /// The length of the whole file, but only this many bytes; then the connection is closed.
    CutOff(Vec<u8>, usize),
    /// The whole file, with a length that is this many bytes too small.
    TooShort(Vec<u8>, usize),
    /// This many bytes; then nothing more, on an open connection.
    Silent(Vec<u8>, usize),
    /// A redirection to this path.
    Moved(String),
}

/// A server for archives on this machine, over plain HTTP.
pub struct Mirror {
    pub archives: Archives,
    served: Arc<Mutex<HashMap<String, Serve>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Mirror {
    /// Returns a mirror without files.
    pub fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut archives = Archives::at(&format!("http://{}", listener.local_addr().unwrap()));
        // Short, because a test waits for it.
        archives.silence = Duration::from_millis(500);
        let mirror = Self {
            archives,
            served: Arc::default(),
            asked: Arc::default(),
        };
        let (served, asked) = (Arc::clone(&mirror.served), Arc::clone(&mirror.asked));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (served, asked) = (Arc::clone(&served), Arc::clone(&asked));
                // A client may close its connection early.
                thread::spawn(move || answer(stream, &served, &asked).unwrap_or_default());
            }
        });
        mirror
    }

    /// Returns a mirror with this machine's archive and its checksum.
    pub fn with(archive: Vec<u8>) -> Self {
        let mirror = Self::new();
        mirror.serve_sum(&format!("{}  {}\n", sum(&archive), path()));
        mirror.serve(Serve::Whole(archive));
        mirror
    }

    /// Changes the answer for this machine's archive.
    pub fn serve(&self, how: Serve) {
        self.serve_at(&path(), how);
    }

    /// Sets the text of the archive's checksum file.
    pub fn serve_sum(&self, text: &str) {
        let bytes = text.as_bytes().to_vec();
        self.serve_at(&format!("{}.sha256", path()), Serve::Whole(bytes));
    }

    pub fn serve_at(&self, path: &str, how: Serve) {
        self.served.lock().unwrap().insert(path.to_owned(), how);
    }

    /// The number of requests so far.
    pub fn requests(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

/// The path of this machine's archive.
fn path() -> String {
    format!("/{}", Archive::for_this_machine().unwrap().path)
}

/// Makes a `.tgz` of names with the text of a file, or `-> TARGET` for a link.
pub fn tgz(members: &[(&str, &str)]) -> Vec<u8> {
    let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (name, text) in members {
        let mut header = Header::new_gnu();
        // Not through the library's setter, which refuses invalid names.
        header.as_gnu_mut().unwrap().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_mode(0o755);
        if let Some(target) = text.strip_prefix("-> ") {
            header.set_entry_type(EntryType::Symlink);
            header.set_link_name(target).unwrap();
            header.set_size(0);
            header.set_cksum();
            tar.append(&header, std::io::empty()).unwrap();
        } else {
            header.set_size(text.len() as u64);
            header.set_cksum();
            tar.append(&header, text.as_bytes()).unwrap();
        }
    }
    tar.into_inner().unwrap().finish().unwrap()
}

fn sum(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn answer(
    stream: TcpStream,
    served: &Mutex<HashMap<String, Serve>>,
    asked: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let request = lines.next().unwrap_or(Ok(String::new()))?;
    while lines
        .next()
        .is_some_and(|line| line.is_ok_and(|line| !line.is_empty()))
    {}
    let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
    asked.lock().unwrap().push(path.clone());
    let how = served.lock().unwrap().get(&path).cloned();
    let mut out = stream;
    match how {
        None => write!(out, "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n"),
        Some(Serve::Moved(to)) => write!(
            out,
            "HTTP/1.1 302 Found\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n"
        ),
        Some(Serve::Whole(bytes)) => send(&mut out, bytes.len(), &bytes),
        Some(Serve::CutOff(bytes, count)) => send(&mut out, bytes.len(), &bytes[..count]),
        Some(Serve::TooShort(bytes, less)) => send(&mut out, bytes.len() - less, &bytes),
        Some(Serve::Silent(bytes, count)) => {
            send(&mut out, bytes.len(), &bytes[..count])?;
            // Until the client closes the connection.
            for _ in lines {}
            Ok(())
        }
    }
}

fn send(out: &mut TcpStream, length: usize, bytes: &[u8]) -> std::io::Result<()> {
    write!(out, "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n")?;
    out.write_all(bytes)?;
    out.flush()
}
