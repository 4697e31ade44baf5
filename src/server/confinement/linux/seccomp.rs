use std::collections::BTreeMap;

use seccompiler::{
    BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition,
    SeccompFilter, SeccompRule, apply_filter,
};

use crate::server::confinement::LaunchOrder;

/// System calls that a confined program does not need and that bypass the other layers.
const FORBIDDEN: &[libc::c_long] = &[
    // It can create sockets without the system call that is checked below.
    libc::SYS_io_uring_setup,
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_pidfd_getfd,
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_open_tree,
    libc::SYS_move_mount,
    libc::SYS_fsopen,
    libc::SYS_fsmount,
    libc::SYS_mount_setattr,
    libc::SYS_open_by_handle_at,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_keyctl,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_kexec_load,
    libc::SYS_reboot,
    libc::SYS_swapon,
    libc::SYS_swapoff,
    libc::SYS_acct,
];

/// On x86-64 each call has a second number, for programs with 32-bit pointers.
#[cfg(target_arch = "x86_64")]
const SECOND_NUMBERS: Option<i64> = Some(0x4000_0000);
#[cfg(not(target_arch = "x86_64"))]
const SECOND_NUMBERS: Option<i64> = None;

/// The kinds of sockets that are not TCP: datagrams, raw packets and others.
const NOT_TCP: [libc::c_int; 5] = [
    libc::SOCK_DGRAM,
    libc::SOCK_RAW,
    libc::SOCK_RDM,
    libc::SOCK_SEQPACKET,
    libc::SOCK_DCCP,
];

/// The bits of a socket's type that name its kind.
const KIND_OF_SOCKET: u64 = 0xF;

/// Restricts this process to Unix sockets, and to TCP if it has ports. Forbids calls that bypass the
/// other layers.
pub(crate) fn seccomp(order: &LaunchOrder) -> Result<String, String> {
    let program = filter(order.tcp.is_some()).map_err(|error| error.to_string())?;
    apply_filter(&program).map_err(|error| format!("the kernel refuses the filter: {error}"))?;
    Ok(String::new())
}

fn filter(with_tcp: bool) -> Result<BpfProgram, BackendError> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = BTreeMap::new();
    for call in FORBIDDEN {
        rules.insert(*call, Vec::new());
    }
    rules.insert(libc::SYS_socket, forbidden_sockets(with_tcp)?);
    rules.insert(
        libc::SYS_ioctl,
        vec![
            rule(1, SeccompCmpOp::Eq, libc::TIOCSTI)?,
            rule(1, SeccompCmpOp::Eq, libc::TIOCLINUX)?,
        ],
    );
    if let Some(second) = SECOND_NUMBERS {
        for (call, conditions) in rules.clone() {
            rules.insert(call | second, conditions);
        }
    }
    let refused = SeccompAction::Errno(libc::EPERM.cast_unsigned());
    let architecture = std::env::consts::ARCH.try_into()?;
    SeccompFilter::new(rules, SeccompAction::Allow, refused, architecture)?.try_into()
}

fn forbidden_sockets(with_tcp: bool) -> Result<Vec<SeccompRule>, BackendError> {
    let (unix, inet) = (
        libc::AF_UNIX.cast_unsigned().into(),
        libc::AF_INET.cast_unsigned().into(),
    );
    if !with_tcp {
        return Ok(vec![rule(0, SeccompCmpOp::Ne, unix)?]);
    }
    let mut forbidden = vec![SeccompRule::new(vec![
        condition(0, SeccompCmpOp::Ne, unix)?,
        condition(0, SeccompCmpOp::Ne, inet)?,
    ])?];
    for kind in NOT_TCP {
        let is_kind = SeccompCmpOp::MaskedEq(KIND_OF_SOCKET);
        forbidden.push(SeccompRule::new(vec![
            condition(0, SeccompCmpOp::Eq, inet)?,
            condition(1, is_kind, kind.cast_unsigned().into())?,
        ])?);
    }
    Ok(forbidden)
}

fn rule(argument: u8, operator: SeccompCmpOp, value: u64) -> Result<SeccompRule, BackendError> {
    SeccompRule::new(vec![condition(argument, operator, value)?])
}

fn condition(
    argument: u8,
    operator: SeccompCmpOp,
    value: u64,
) -> Result<SeccompCondition, BackendError> {
    // The kernel reads these arguments as 32 bits and ignores the rest.
    SeccompCondition::new(argument, SeccompCmpArgLen::Dword, operator, value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_filter_compiles() {
        let (closed, with_tcp) = (filter(false).unwrap(), filter(true).unwrap());
        assert!(closed.len() > FORBIDDEN.len() && with_tcp.len() > closed.len());
    }
}
