//! Networks and ports.

use super::Rule;
use crate::error::ErrorKind as Kind;

pub(super) const RULES: &[Rule] = &[
    Rule {
        kind: Kind::PortAllocated,
        pattern: r"Bind for (?P<address>\S*):(?P<port>\d+) failed: port is already allocated|failed to bind (?:host )?port(?: for)? (?P<address2>\[[^\]]*\]|[^\s:]*):(?P<port2>\d+)\S*:? .*address already in use|listen (?:tcp|udp|sctp)[46]? (?P<address3>\S*):(?P<port3>\d+): bind: address already in use",
        explanation: "The port {port} of {address} on the engine's host is already in use.",
        hint: "Stop what uses it (another container or a program on the host), or publish another port; None lets the engine choose.",
    },
    Rule {
        kind: Kind::PortUnavailable,
        pattern: r"(?:listen (?:tcp|udp|sctp)[46]? (?P<address>\S*):(?P<port>\d+): )?bind: (?P<cause>cannot assign requested address|permission denied)|failed to bind host port(?: for)? (?P<address2>\[[^\]]*\]|[^\s:]*):(?P<port2>\d+)\S*: (?P<cause2>cannot assign requested address|permission denied)|ports are not available",
        explanation: "The engine's host does not let it listen on that address or port.",
        hint: "Use an address of the engine's host and, for a rootless engine, a port above 1023.",
    },
    Rule {
        kind: Kind::InvalidPort,
        pattern: r#"(?i)invalid (?:port specification|container ?port|host ?port|exposed port|port range|proto(?:col)?)[^"']*["']?(?P<port>[^"'\s]*)"#,
        explanation: "A port specification is not valid.",
        hint: "Form: 80, 80/tcp, 8080:80 or 127.0.0.1:8080:80/udp; ports are 1 to 65535.",
    },
    Rule {
        kind: Kind::AddressPoolExhausted,
        pattern: r"(?i)could not find an available, non-overlapping IPv[46] address pool|all predefined address pools have been fully subnetted|no available IPv[46] addresses",
        explanation: "The engine has no free subnet or address left.",
        hint: "Prune unused networks, give the network a subnet of its own, or widen default-address-pools in daemon.json.",
    },
    Rule {
        kind: Kind::NetworkOverlap,
        pattern: r"(?i)pool overlaps with other one on this address space|conflicts with network (?P<network>\S+)",
        explanation: "The subnet overlaps that of another network.",
        hint: "Choose another subnet; inspecting the networks shows which are taken.",
    },
    Rule {
        kind: Kind::NetworkInUse,
        pattern: r"(?i)network (?P<network>\S+) .*has active endpoints|is in use by (?:service|task) (?P<service>\S+)|network (?P<network2>\S+) is in use",
        explanation: "The network still has containers or services on it.",
        hint: "Disconnect or remove them first; inspecting the network lists them.",
    },
    Rule {
        kind: Kind::NetworkPredefined,
        pattern: r"(?P<network>\S+) is a pre-defined network and cannot be (?P<action>removed|created)|operation is not permitted on (?:pre)?defined",
        explanation: "A predefined network cannot be changed.",
        hint: "Create a network of your own.",
    },
    Rule {
        kind: Kind::NetworkNameInUse,
        pattern: r"network with name (?P<network>\S+) already exists",
        explanation: "There is a network \"{network}\" already.",
        hint: "Use the existing network or choose another name.",
    },
    Rule {
        kind: Kind::AlreadyConnected,
        pattern: r"endpoint with name (?P<container>\S+) already exists in network (?P<network>[^\s.]+)|is already attached to network (?P<network2>\S+)",
        explanation: "The container is on network {network} already.",
        hint: "Nothing to do, or disconnect it first to change its settings.",
    },
    Rule {
        kind: Kind::NotConnected,
        pattern: r"container (?P<container>\S+) is not connected to (?:the )?network (?P<network>\S+)",
        explanation: "Container {container} is not on network {network}.",
        hint: "Inspect the container to see its networks.",
    },
    Rule {
        kind: Kind::InvalidNetworkAddress,
        pattern: r"(?i)user specified IP address is supported|no configured subnet (?:or ip-range )?contains? (?:the )?IP address (?P<address>\S+)|does not belong to any of this network's subnets|invalid (?:subnet|IPv[46] address|CIDR address|address)[: ]*(?P<address2>\S*)|user specified MAC|network-scoped alias is supported only",
        explanation: "The address or alias does not fit the network.",
        hint: "Fixed addresses and aliases need a network of your own with a subnet that contains them.",
    },
    Rule {
        kind: Kind::NetworkNotFound,
        pattern: r"(?i)^(?:.*: )?network (?P<network>\S+) not found|no such network: (?P<network2>\S+)|could not find (?:a )?network(?: matching network mode| with name)? ?(?P<network3>\S*)|unable to find network with name or ID (?P<network4>[^:\s]+)",
        explanation: "There is no network \"{network}\".",
        hint: "Create it first, or list the networks.",
    },
    Rule {
        kind: Kind::AddressInUse,
        pattern: r"^(?:.*: )?Address already in use$",
        explanation: "The fixed IP address is taken by another container.",
        hint: "Choose another address, or let the engine choose.",
    },
    Rule {
        kind: Kind::EndpointSetupFailed,
        pattern: r"driver failed programming external connectivity|failed to set up container networking",
        explanation: "The engine could not set up the container's network.",
        hint: "The engine's words name the step; port clashes and missing firewall rules (restart the engine) are the usual causes.",
    },
];
