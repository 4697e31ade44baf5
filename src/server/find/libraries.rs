/// Returns the missing shared library from an error message of the dynamic loader.
pub(crate) fn missing_library(words: &str) -> Option<&str> {
    let linux = words
        .split("error while loading shared libraries: ")
        .nth(1)?;
    linux
        .split(':')
        .next()
        .map(str::trim)
        .filter(|name| !name.is_empty())
}

/// Returns the hint for a missing library, for systems with `apt-get`.
pub(crate) fn library_hint(library: &str) -> String {
    let package = match library {
        "libcurl.so.4" => "libcurl4",
        "libssl.so.3" | "libcrypto.so.3" => "libssl3",
        "libsasl2.so.2" => "libsasl2-2",
        "liblzma.so.5" => "liblzma5",
        "libgssapi_krb5.so.2" => "libgssapi-krb5-2",
        "libldap-2.5.so.0" | "liblber-2.5.so.0" => "libldap-2.5-0",
        "libnetsnmp.so.40" => "libsnmp40",
        "libssl.so.1.1" | "libcrypto.so.1.1" | "libssl.so.10" | "libcrypto.so.10" => {
            return "this mongod was built for an older system, with OpenSSL 1: use one that was built for this system"
                .to_owned();
        }
        _ => {
            return format!(
                "install the package of your system that has `{library}`, or use another mongod"
            );
        }
    };
    format!(
        "`apt-get install {package}` (or your system's package with `{library}`), or use another mongod"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_missing_library_is_named() {
        let words = "mongod: error while loading shared libraries: libcurl.so.4: cannot open shared object file";
        assert_eq!(missing_library(words), Some("libcurl.so.4"));
        assert!(library_hint("libcurl.so.4").contains("apt-get install libcurl4"));
        assert_eq!(missing_library("Illegal instruction"), None);
    }
}
