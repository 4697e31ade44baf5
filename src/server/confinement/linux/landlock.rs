use std::path::PathBuf;

use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible, LandlockStatus, NetPort,
    RestrictionStatus, Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetError, RulesetStatus,
    Scope, path_beneath_rules,
};

use crate::server::confinement::{Accessible, LaunchOrder, TcpPorts};

/// The newest version of Landlock in use. Older kernels apply the rights that they support.
const NEWEST: ABI = ABI::V9;

/// Restricts this process to the accessible files, and to its TCP ports if it has some.
pub(crate) fn landlock(order: &LaunchOrder) -> Result<String, String> {
    let status =
        restrict(&order.accessible, order.tcp.as_ref()).map_err(|error| error.to_string())?;
    match (status.ruleset, status.landlock) {
        (RulesetStatus::NotEnforced, LandlockStatus::NotEnabled) => {
            Err("the kernel has it, but it is not enabled at boot (`lsm=landlock,…`)".to_owned())
        }
        (RulesetStatus::NotEnforced, _) => Err("the kernel does not have it".to_owned()),
        (_, LandlockStatus::Available { effective_abi, .. }) => {
            Ok(format!("ABI {}", effective_abi as i32))
        }
        _ => Ok(String::new()),
    }
}

fn restrict(
    accessible: &Accessible,
    tcp: Option<&TcpPorts>,
) -> Result<RestrictionStatus, RulesetError> {
    let own = tcp.map(|ports| ports.own);
    let reached = tcp.into_iter().flat_map(TcpPorts::all);
    Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(NEWEST))?
        .handle_access(AccessNet::from_all(NEWEST))?
        .scope(Scope::from_all(NEWEST))?
        .create()?
        .add_rules(rules(&accessible.read, AccessFs::from_read(NEWEST)))?
        .add_rules(rules(&accessible.write, AccessFs::from_all(NEWEST)))?
        .add_rules(own.map(|port| port_rule(port, AccessNet::BindTcp)))?
        .add_rules(reached.map(|port| port_rule(port, AccessNet::ConnectTcp)))?
        .restrict_self()
}

fn port_rule(port: u16, access: AccessNet) -> Result<NetPort, RulesetError> {
    Ok(NetPort::new(port, access))
}

fn rules(
    paths: &[PathBuf],
    access: BitFlags<AccessFs>,
) -> impl Iterator<Item = Result<landlock::PathBeneath<landlock::PathFd>, RulesetError>> {
    path_beneath_rules(paths, access)
}
