use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;

use seaworthy::server::confinement::Layer;
use seaworthy::server::{self, Silent};

use crate::support::{Certificates, Home, Lab, RunOutput, command, free_port, shared_mongod};

/// The start of the scripts below: a set of five, a collection on all members, and a function that
/// returns the members that served some reads.
const FIVE: &str = r#"
    let rs = replica_set(#{ members: 5 });
    let uri = rs.uri;
    let all = #{ write_concern: #{ w: 5, wtimeout: 60000 } };
    let orders = connect(rs).shop.orders.with_options(all);
    let fifty = [];
    for n in 0..50 { fifty.push(#{ _id: n }); }
    orders.insert_many(fifty);
    // Every member has the documents, also for a read with the read concern `local`.
    for member in rs.members {
        let address = member.address;
        address.replace("/", "%2F");
        let login = uri.split("@")[0];
        let direct = connect(`${login}@${address}/?directConnection=true`).shop.orders;
        eventually(60, || direct.count_documents() == 50);
    }
    // The members whose pool had a checkout for these reads, from the driver's pool events.
    fn served(client, count) {
        client.shop.orders.find_one();
        client.pool.reset();
        for n in 0..count { assert_eq(client.shop.orders.find_one(n % 50)._id, n % 50); }
        set(client.pool.events().filter(|e| e.type == "ConnectionCheckedOut").map(|e| e.address))
    }
    let secondaries = || set(rs.secondaries.map(|member| member.address));
    let primary = || set([rs.wait_for_primary(60).address]);
    eventually(60, || secondaries.call().len() == 4);
"#;

fn prints(script: &str) -> String {
    Lab::new().prints(&format!("{FIVE}{script}"))
}

#[test]
fn reads_follow_the_read_preference() {
    let out = prints(
        r#"
        print(served(connect(uri), 20) == primary.call());
        let secondary = connect(uri + "&readPreference=secondary");
        print(served(secondary, 20).intersection(primary.call()).is_empty());
        eventually(60, || served(secondary, 40).len() > 1);
        let preferred = connect(rs, #{ read_preference: "secondaryPreferred" });
        print(served(preferred, 20).difference(secondaries.call()).is_empty());
        // Two secondaries are paused; the client reads from the others.
        for member in rs.secondaries.extract(0, 2) { member.pause(); }
        // Until the client notices, a read may still go to a paused member.
        eventually(60, || {
            try { served(preferred, 10); } catch (err) { if err.kind != "PoolCleared" { throw; } return false; }
            true
        });
        print(served(preferred, 10).difference(secondaries.call()).is_empty());
        for member in rs.members { if member.state == "PAUSED" { member.resume(); } }
        "#,
    );
    assert_eq!(out, "true\ntrue\ntrue\ntrue\n");
}

#[test]
fn each_member_has_its_own_pool() {
    let out = prints(
        r#"
        let client = connect(rs, #{ read_preference: "nearest", max_pool_size: 2 });
        // Reads until more than one member has served some.
        eventually(60, || served(client, 100).len() > 1);
        parallel(400, 32, |n| client.shop.orders.find_one(n % 50));
        let open = #{};
        for e in client.pool.events() {
            if e.type == "ConnectionCreated" { open[e.address] = (open[e.address] ?? 0) + 1; }
            if e.type == "ConnectionClosed" { open[e.address] = (open[e.address] ?? 0) - 1; }
        }
        print(client.pool.max_size);
        print(open.values().filter(|n| n > 2));
        print(client.pool.size <= 10);
        "#,
    );
    assert_eq!(out, "2\n[]\ntrue\n");
}

/// A private server that also accepts TLS, with a certificate of a new authority for `localhost`.
struct TlsServer {
    lease: seaworthy::server::Lease,
    port: u16,
    certificates: Certificates,
    _home: Home,
    _files: tempfile::TempDir,
}

impl TlsServer {
    fn start() -> Self {
        let home = Home::new();
        let files = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let certificates = Certificates::new();
        let port = free_port();
        // A wrapper around `mongod` adds the TLS options, as an administrator would.
        let wrapper = files.path().join("mongod");
        let text = format!(
            r#"#!/bin/sh
plain=1
for arg; do
    shift
    case "$arg" in *.sock) arg="$arg,127.0.0.1"; plain= ;; esac
    set -- "$@" "$arg"
done
[ -n "$plain" ] || set -- "$@" --port {port} --tlsMode allowTLS --tlsAllowConnectionsWithoutCertificates \
    --tlsCertificateKeyFile '{}' --tlsCAFile '{}'
exec '{}' "$@"
"#,
            certificates.server().display(),
            certificates.authority().display(),
            shared_mongod().display(),
        );
        std::fs::write(&wrapper, text).unwrap();
        std::fs::set_permissions(&wrapper, Permissions::from_mode(0o755)).unwrap();
        let mut settings = home.settings();
        settings.mongod = Some(wrapper);
        // A confined server cannot listen on a TCP port.
        settings.confinement.skip = Layer::ALL.to_vec();
        let lease = server::join(&settings, &Silent).unwrap();
        Self {
            lease,
            port,
            certificates,
            _home: home,
            _files: files,
        }
    }

    /// Runs code on it through TLS, reached under the name `host`.
    fn eval(&self, host: &str, options: &str, code: &str) -> RunOutput {
        let uri = self.lease.uri().expose();
        let login = uri
            .strip_prefix("mongodb://")
            .and_then(|rest| rest.split('@').next());
        let uri = format!(
            "mongodb://{}@{host}:{}/?authSource=admin&directConnection=true&tls=true&serverSelectionTimeoutMS=3000{options}",
            login.unwrap(),
            self.port,
        );
        let ran = command()
            .env("MONGODB_URI", uri)
            .args(["eval", code])
            .output();
        ran.unwrap().into()
    }
}

#[test]
fn tls_requires_the_authority_and_the_host_name() {
    let server = TlsServer::start();
    let known = format!("&tlsCAFile={}", server.certificates.authority().display());
    let ran = server.eval(
        "localhost",
        &known,
        r#"
        db.fruit.insert_one(#{ _id: 1 });
        let seen = client.admin.command(#{ serverStatus: 1 }).transportSecurity;
        [db.fruit.find_one()._id, seen["1.2"] + seen["1.3"] > 0]
        "#,
    );
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (Some(0), "[1, true]\n"),
        "{}",
        ran.errors
    );
    // Without the authority, and under a name that is not in the certificate of the server.
    for (host, options) in [("localhost", ""), ("127.0.0.1", known.as_str())] {
        let ran = server.eval(host, options, "client.ping()");
        assert_eq!(ran.code, Some(3), "{host}: {}{}", ran.out, ran.errors);
        assert!(ran.errors.contains("certificate"), "{}", ran.errors);
    }
}
