//! Tests of the launcher that confines a program; the program is a shell.

use std::fs;
use std::io::Write;
use std::net::TcpListener;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use seaworthy::server::confinement::{
    Accessible, ConfinementSettings, LaunchOrder, Layer, Layers, TcpPorts,
};

use crate::support::{Home, RunOutput, Scratch, eventually, processes_with};

fn order(folder: &Scratch, skip: &[Layer]) -> LaunchOrder {
    let root = folder.path().join("view");
    let inside = folder.path().join("inside");
    fs::create_dir_all(&root).unwrap();
    fs::create_dir_all(&inside).unwrap();
    LaunchOrder {
        accessible: Accessible::to_run(Path::new("/bin/sh")).and_write(inside),
        root,
        settings: ConfinementSettings {
            skip: skip.to_vec(),
            ..ConfinementSettings::default()
        },
        tcp: None,
        tell: None,
        parent: std::process::id(),
    }
}

/// Runs a program without the layers in `skip`. The output is without the launcher's first line.
fn confined(folder: &Scratch, skip: &[Layer], program: &[&str]) -> (Layers, String, Output) {
    let seaworthy = PathBuf::from(env!("CARGO_BIN_EXE_seaworthy"));
    let mut command = order(folder, skip).command(Some(&seaworthy), Path::new(program[0]));
    let output = command
        .args(&program[1..])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let out = String::from_utf8_lossy(&output.stdout).into_owned();
    let (first, rest) = out.split_once('\n').unwrap();
    (Layers::from_line(first).unwrap(), rest.to_owned(), output)
}

fn shell(folder: &Scratch, skip: &[Layer], script: &str) -> String {
    confined(folder, skip, &["/bin/sh", "-c", script]).1
}

/// All layers, and all but each single one.
fn all_but_one() -> Vec<Vec<Layer>> {
    let mut choices = vec![Vec::new()];
    choices.extend(Layer::ALL.map(|layer| vec![layer]));
    choices
}

#[test]
fn every_available_layer_is_active() {
    let folder = Scratch::new();
    let (layers, out, output) = confined(&folder, &[], &["/bin/echo", "here"]);
    let may_make_namespaces = Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "--net", "true"])
        .status()
        .is_ok_and(|status| status.success());
    assert_eq!(
        layers.is_active(Layer::Namespaces),
        may_make_namespaces,
        "{layers}"
    );
    assert!(
        layers.is_active(Layer::Landlock) && layers.is_active(Layer::Seccomp),
        "{layers}"
    );
    assert!(layers.suffice_for_scripts_of_others());
    assert_eq!((out.as_str(), output.status.code()), ("here\n", Some(0)));
}

#[test]
fn files_outside_are_not_accessible() {
    let folder = Scratch::new();
    folder.write("secret", "secret");
    let secret = folder.path().join("secret").display().to_string();
    let script = format!(
        "cat {secret} 2>&1; echo changed 2>/dev/null >{secret}; echo new 2>/dev/null >{secret}.new; \
         echo kept >inside/kept; cat inside/kept"
    );
    for skip in all_but_one() {
        let out = shell(&folder, &skip, &script);
        assert!(
            !out.contains("secret\n") || out.contains("annot") || out.contains("denied"),
            "{skip:?}: {out}"
        );
        assert!(out.ends_with("kept\n"), "{skip:?}: {out}");
        assert_eq!(fs::read_to_string(&secret).unwrap(), "secret", "{skip:?}");
        assert!(!Path::new(&format!("{secret}.new")).exists(), "{skip:?}");
    }
}

const CONNECT: &str = "
import socket, sys
def tried(name, family, address):
    try:
        s = socket.socket(family); s.settimeout(2); s.connect(address); print(name, 'reached')
    except OSError as error: print(name, 'refused')
tried('tcp', socket.AF_INET, ('127.0.0.1', int(sys.argv[1])))
tried('unix', socket.AF_UNIX, sys.argv[2])
tried('udp', socket.AF_INET6, ('::1', 9))
";

#[test]
fn the_network_and_foreign_sockets_are_not_accessible() {
    let python = Path::new("/usr/bin/python3");
    assert!(python.exists(), "this test needs Debian's python3");
    let folder = Scratch::new();
    let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = tcp.local_addr().unwrap().port().to_string();
    let socket = folder.path().join("other.sock");
    let _unix = UnixListener::bind(&socket).unwrap();
    let program = [
        "/usr/bin/python3",
        "-I",
        "-c",
        CONNECT,
        &port,
        socket.to_str().unwrap(),
    ];
    let free = confined(&folder, &Layer::ALL, &program).1;
    assert!(free.starts_with("tcp reached\nunix reached\n"), "{free}");
    for skip in all_but_one() {
        let out = confined(&folder, &skip, &program).1;
        assert!(out.contains("tcp refused"), "{skip:?}: {out}");
        if !skip.contains(&Layer::Namespaces) {
            assert!(out.contains("unix refused"), "{skip:?}: {out}");
        }
    }
}

#[test]
fn new_namespaces_give_no_rights() {
    let folder = Scratch::new();
    let script = "unshare -Ur true 2>&1; id -u; cat /proc/self/status | grep -E '^(CapEff|NoNewPrivs|Seccomp):'";
    let out = shell(&folder, &[], script);
    assert!(out.contains("unshare"), "{out}");
    assert!(out.contains("CapEff:\t0000000000000000"), "{out}");
    assert!(
        out.contains("NoNewPrivs:\t1") && out.contains("Seccomp:\t2"),
        "{out}"
    );
}

#[test]
fn a_confined_program_ends_with_its_parent() {
    let folder = Scratch::new();
    let (layers, _, output) = confined(&folder, &[], &["/bin/sh", "-c", "exit 7"]);
    assert_eq!(output.status.code(), Some(7), "{layers}");
    let mut wrong = order(&folder, &[]);
    wrong.parent = 1;
    let mut command = wrong.command(
        Some(Path::new(env!("CARGO_BIN_EXE_seaworthy"))),
        Path::new("/bin/echo"),
    );
    let output = command.arg("orphan").output().unwrap();
    assert!(!String::from_utf8_lossy(&output.stdout).contains("orphan"));
}

#[test]
fn the_program_confines_itself_too() {
    let home = Home::new();
    let folder = Scratch::new();
    folder.write("x.rhai", "print(db.things.count_documents()); sleep(60);");
    let mut supervisor: Command = home.command();
    let mut child = supervisor
        .args(["--quiet", "run", "--confined", "x.rhai"])
        .current_dir(folder.path())
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let confined = || -> Option<u32> {
        processes_with(&["--confined", "x.rhai"])
            .into_iter()
            .find(|pid| *pid != child.id() && status(*pid, "PPid:") == child.id().to_string())
    };
    eventually("the confined process runs", || {
        confined().is_some_and(|pid| status(pid, "Seccomp:") == "2")
    });
    let pid = confined().unwrap();
    assert_eq!(status(pid, "NoNewPrivs:"), "1");
    for namespace in ["user", "mnt", "net"] {
        let of = |pid: &str| fs::read_link(format!("/proc/{pid}/ns/{namespace}")).unwrap();
        assert_ne!(of(&pid.to_string()), of("self"), "{namespace}");
    }
    // After SIGKILL, the confined process and its server end too.
    child.kill().unwrap();
    child.wait().unwrap();
    home.wait_until_empty();
    eventually("the confined process ends", || confined_is_gone(pid));
    // The next run removes what was left.
    folder.write("y.rhai", "1");
    let mut next = home.command();
    next.args(["--quiet", "run", "--confined", "y.rhai"])
        .current_dir(folder.path());
    assert!(next.status().unwrap().success());
    let left: Vec<_> = fs::read_dir(home.folders.state.join("seaworthy/confined"))
        .unwrap()
        .flatten()
        .filter(|entry| entry.path().is_dir())
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

fn confined_is_gone(pid: u32) -> bool {
    !Path::new(&format!("/proc/{pid}")).exists()
}

fn status(pid: u32, field: &str) -> String {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(field));
    line.unwrap_or_default().trim().to_owned()
}

#[test]
fn without_the_required_layers_nothing_runs() {
    let home = Home::new();
    let folder = Scratch::new();
    folder.write("x.rhai", "print(\"ran\");");
    let run = |skip: &str, more: &[&str]| {
        let mut command = home.command();
        command
            .args(["--quiet", "run", "--confined", "x.rhai"])
            .args(more)
            .env("SEAWORTHY_SKIP_LAYERS", skip)
            .current_dir(folder.path());
        let ran: RunOutput = command.output().unwrap().into();
        ran
    };
    for skip in ["landlock", "seccomp,namespaces"] {
        let ran = run(skip, &[]);
        assert_eq!((ran.code, ran.out.as_str()), (Some(3), ""), "{skip}");
        for words in [
            "cannot confine",
            "--accept-missing-layers",
            skip.split(',').next().unwrap(),
        ] {
            assert!(ran.errors.contains(words), "{skip}: {}", ran.errors);
        }
        let ran = run(skip, &["--accept-missing-layers"]);
        assert_eq!(
            (ran.code, ran.out.as_str()),
            (Some(0), "ran\n"),
            "{skip}: {}",
            ran.errors
        );
    }
    for skip in ["seccomp", "namespaces"] {
        assert_eq!(run(skip, &[]).code, Some(0), "{skip}");
    }
    let ran = run("walls", &[]);
    assert_eq!(ran.code, Some(2), "{}", ran.errors);
    let _ = std::io::stdout().flush();
}

/// As in a container without user namespaces.
#[test]
fn without_user_namespaces_the_other_layers_confine() {
    let home = Home::new();
    let folder = Scratch::new();
    folder.write(
        "x.rhai",
        "print(db.things.insert_one(#{ _id: 1 }).inserted_id);",
    );
    let root = folder.path().join("view");
    fs::create_dir_all(&root).unwrap();
    let outer = LaunchOrder {
        accessible: Accessible::default(),
        root,
        settings: ConfinementSettings {
            // The seccomp filter forbids user namespaces, as such a container does.
            skip: vec![Layer::Namespaces, Layer::Landlock],
            ..ConfinementSettings::default()
        },
        tcp: None,
        tell: None,
        parent: std::process::id(),
    };
    let inside = |args: &[&str]| {
        let seaworthy = Path::new(env!("CARGO_BIN_EXE_seaworthy"));
        let mut command = outer.command(Some(seaworthy), seaworthy);
        let of_home = home.command();
        let variables = of_home
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?)));
        let output = command
            .args(args)
            .envs(variables)
            .current_dir(folder.path())
            .output()
            .unwrap();
        RunOutput::from(output)
    };
    let doctor = inside(&["--quiet", "doctor"]);
    assert_eq!(doctor.code, Some(0), "{}", doctor.out);
    for words in [
        "seccomp; without namespaces: the system does not let programs make user namespaces",
        "scripts of others can run",
    ] {
        assert!(doctor.out.contains(words), "{}", doctor.out);
    }
    let confined = inside(&["--quiet", "run", "--confined", "x.rhai"]);
    assert_eq!(confined.code, Some(0), "{}", confined.errors);
    assert!(confined.out.ends_with("1\n"), "{}", confined.out);
    home.wait_until_empty();
}

const PORTS: &str = "
import socket, sys
own, other, foreign = map(int, sys.argv[1:])
def tried(name, act):
    try: act(); print(name, 'allowed')
    except OSError: print(name, 'refused')
def tcp(): return socket.socket(socket.AF_INET, socket.SOCK_STREAM)
tried('listen own', lambda: tcp().bind(('127.0.0.1', own)))
tried('listen foreign', lambda: tcp().bind(('127.0.0.1', 0)))
tried('connect other', lambda: tcp().connect(('127.0.0.1', other)))
tried('connect foreign', lambda: tcp().connect(('127.0.0.1', foreign)))
tried('udp', lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
tried('raw', lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 255))
tried('ipv6', lambda: socket.socket(socket.AF_INET6, socket.SOCK_STREAM))
";

#[test]
fn a_server_with_ports_uses_only_its_own() {
    let folder = Scratch::new();
    let listen = || TcpListener::bind("127.0.0.1:0").unwrap();
    let port = |open: &TcpListener| open.local_addr().unwrap().port();
    let (other, foreign) = (listen(), listen());
    let own = port(&listen());
    let order = LaunchOrder {
        tcp: Some(TcpPorts {
            own,
            others: vec![port(&other)],
        }),
        ..order(&folder, &[])
    };
    let seaworthy = PathBuf::from(env!("CARGO_BIN_EXE_seaworthy"));
    let output = order
        .command(Some(&seaworthy), Path::new("/usr/bin/python3"))
        .args(["-I", "-c", PORTS])
        .args([own, port(&other), port(&foreign)].map(|port| port.to_string()))
        .current_dir(folder.path())
        .output()
        .unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    let (layers, out) = out.split_once('\n').unwrap();
    let landlock = Layers::from_line(layers).unwrap();
    assert!(landlock.is_active(Layer::Landlock), "{landlock}");
    assert_eq!(
        out,
        "listen own allowed\nlisten foreign refused\nconnect other allowed\nconnect foreign refused\n\
         udp refused\nraw refused\nipv6 refused\n"
    );
}
