use crate::server::mongod::Version;

/// MongoDB's archive of one version for one platform, with the name from the download page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Archive {
    /// The path below the base address: `linux/mongodb-linux-x86_64-ubuntu2204-6.0.5.tgz`.
    pub path: String,
    pub version: Version,
}

impl Archive {
    /// The version to download. It is the same as in the wheel, so that both can open the same data
    /// folder.
    const VERSION: Version = Version {
        major: 6,
        minor: 0,
        patch: 5,
    };

    /// Returns the archive for this machine, or `None` if there is none.
    pub fn for_this_machine() -> Option<Self> {
        let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
        Self::choose(std::env::consts::OS, std::env::consts::ARCH, &release)
    }

    /// Returns the archive for a system, a processor (both as Rust names them) and the text of
    /// `/etc/os-release`.
    ///
    /// macOS is not tested.
    pub fn choose(system: &str, processor: &str, release: &str) -> Option<Self> {
        let version = Self::VERSION;
        let path = match (system, processor) {
            ("linux", "x86_64") => {
                let build = build_for(release, &Release::X86);
                format!("linux/mongodb-linux-x86_64-{build}-{version}.tgz")
            }
            ("linux", "aarch64") => {
                let build = build_for(release, &Release::ARM);
                format!("linux/mongodb-linux-aarch64-{build}-{version}.tgz")
            }
            ("macos", "x86_64") => format!("osx/mongodb-macos-x86_64-{version}.tgz"),
            ("macos", "aarch64") => format!("osx/mongodb-macos-arm64-{version}.tgz"),
            _ => return None,
        };
        Some(Self { path, version })
    }

    /// Returns the name of the file.
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }
}

/// One of MongoDB's builds, and the oldest release of a distribution that it supports.
struct Release {
    distribution: &'static str,
    since: u32,
    build: &'static str,
}

impl Release {
    const fn new(distribution: &'static str, since: u32, build: &'static str) -> Self {
        Self {
            distribution,
            since,
            build,
        }
    }

    /// Newest first. Releases are major numbers, because those decide the version of OpenSSL.
    const X86: [Self; 8] = [
        Self::new("ubuntu", 22, UNIVERSAL),
        Self::new("ubuntu", 20, "ubuntu2004"),
        Self::new("ubuntu", 18, "ubuntu1804"),
        Self::new("debian", 12, UNIVERSAL),
        Self::new("debian", 11, "debian11"),
        Self::new("rhel", 9, "rhel90"),
        Self::new("rhel", 8, "rhel80"),
        Self::new("amzn", 2, "amazon2"),
    ];
    const ARM: [Self; 6] = [
        Self::new("ubuntu", 22, UNIVERSAL),
        Self::new("ubuntu", 20, "ubuntu2004"),
        Self::new("debian", 12, UNIVERSAL),
        Self::new("rhel", 9, "rhel90"),
        Self::new("rhel", 8, "rhel82"),
        Self::new("amzn", 2, "amazon2"),
    ];
}

/// Runs on every newer system: it needs OpenSSL 3 and an older C library. Debian 12 does not have
/// its own build.
const UNIVERSAL: &str = "ubuntu2204";

fn build_for(release: &str, builds: &[Release]) -> &'static str {
    let value = |key: &str| {
        release
            .lines()
            .find_map(|line| line.strip_prefix(key)?.strip_prefix('='))
            .map(|value| value.trim_matches('"'))
            .unwrap_or_default()
    };
    let number: u32 = value("VERSION_ID")
        .split('.')
        .next()
        .and_then(|major| major.parse().ok())
        .unwrap_or(u32::MAX);
    // For example, `rocky` says that it is like `rhel`. Amazon Linux from 2023 on is like none of
    // these.
    let names = || std::iter::once(value("ID")).chain(value("ID_LIKE").split(' '));
    if value("ID") == "amzn" && number > 2 {
        return UNIVERSAL;
    }
    // A derived distribution has its own release numbers (Mint 21 is Ubuntu 22.04), unless it is a
    // rebuild.
    let number_means = |distribution: &str| value("ID") == distribution || distribution == "rhel";
    names()
        .find_map(|name| {
            builds.iter().find(|build| {
                build.distribution == name && (!number_means(name) || build.since <= number)
            })
        })
        .map_or(UNIVERSAL, |build| build.build)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_system_gets_its_archive() {
        let chosen = |processor: &str, release: &str| {
            Archive::choose("linux", processor, release).unwrap().path
        };
        let cases = [
            (
                "x86_64",
                "ID=ubuntu\nVERSION_ID=\"24.04\"",
                "x86_64-ubuntu2204",
            ),
            (
                "x86_64",
                "ID=ubuntu\nVERSION_ID=\"20.04\"",
                "x86_64-ubuntu2004",
            ),
            (
                "x86_64",
                "ID=debian\nVERSION_ID=\"12\"",
                "x86_64-ubuntu2204",
            ),
            ("x86_64", "ID=debian\nVERSION_ID=\"11\"", "x86_64-debian11"),
            (
                "x86_64",
                "ID=linuxmint\nID_LIKE=\"ubuntu debian\"\nVERSION_ID=\"21\"",
                "x86_64-ubuntu2204",
            ),
            (
                "aarch64",
                "ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\nVERSION_ID=\"9.3\"",
                "aarch64-rhel90",
            ),
            (
                "aarch64",
                "ID=amzn\nVERSION_ID=\"2023\"",
                "aarch64-ubuntu2204",
            ),
            ("x86_64", "ID=arch", "x86_64-ubuntu2204"),
            ("x86_64", "", "x86_64-ubuntu2204"),
        ];
        for (processor, release, build) in cases {
            assert_eq!(
                chosen(processor, release),
                format!("linux/mongodb-linux-{build}-6.0.5.tgz"),
                "{release}"
            );
        }
        let mac = Archive::choose("macos", "aarch64", "").unwrap();
        assert_eq!(mac.path, "osx/mongodb-macos-arm64-6.0.5.tgz");
        assert_eq!(mac.name(), "mongodb-macos-arm64-6.0.5.tgz");
        assert_eq!(Archive::choose("windows", "x86_64", ""), None);
    }
}
