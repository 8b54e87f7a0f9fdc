//! Swarm, services, secrets, configs and plugins.

use super::Rule;
use crate::error::ErrorKind as Kind;

pub(super) const RULES: &[Rule] = &[
    Rule {
        kind: Kind::SwarmLocked,
        pattern: r"(?i)swarm is encrypted and (?:locked|needs to be unlocked)",
        explanation: "The swarm is locked.",
        hint: "Unlock it with its unlock key.",
    },
    Rule {
        kind: Kind::SwarmAlreadyPart,
        pattern: r"(?i)this node is already part of a swarm",
        explanation: "The engine is part of a swarm already.",
        hint: "Leave that swarm first, or use it.",
    },
    Rule {
        kind: Kind::SwarmNotManager,
        pattern: r"(?i)worker nodes can't be used to view or modify cluster state",
        explanation: "The engine is a worker of its swarm.",
        hint: "Ask a manager, or promote this node from one.",
    },
    Rule {
        kind: Kind::SwarmNotInitialised,
        pattern: r"(?i)this node is not a swarm manager|this node is not part of a swarm|not participating in a swarm|cannot be used as swarm is not active|only be (?:used|created) (?:with|in) swarm",
        explanation: "The engine is not part of a swarm.",
        hint: "Initialise one (swarm.init) or join one first.",
    },
    Rule {
        kind: Kind::SwarmNoLeader,
        pattern: r"(?i)the swarm does not have a leader|raft: no leader|too few managers are online",
        explanation: "The swarm has lost its quorum: too few managers are reachable.",
        hint: "Bring managers back, or recover with force_new_cluster on one of them.",
    },
    Rule {
        kind: Kind::SwarmLastManager,
        pattern: r"(?i)you are attempting to leave the swarm on a node that is participating as a manager|attempting to demote the last manager|last manager",
        explanation: "The node is a manager of the swarm, perhaps its last.",
        hint: "Demote it from another manager first, or leave with force=True: that ends the swarm when it is the last.",
    },
    Rule {
        kind: Kind::SwarmJoinFailed,
        pattern: r"(?i)invalid join token|a valid join token is necessary|timeout was reached before node joined",
        explanation: "The node could not join the swarm.",
        hint: "Check the token (worker and manager tokens differ, and can be rotated) and that the manager's address is reachable.",
    },
    Rule {
        kind: Kind::UpdateOutOfSequence,
        pattern: r"(?i)update out of sequence",
        explanation: "The object was changed by somebody else since it was read.",
        hint: "Read it again and repeat the update with its new version.",
    },
    Rule {
        kind: Kind::InUseByService,
        pattern: r"(?i)(?P<what>secret|config|network) '?(?P<name>[^'\s]+)'? is in use by the following (?:service|task)s?: (?P<services>.+)",
        explanation: "The {what} {name} is used by {services}.",
        hint: "Update or remove those services first.",
    },
    Rule {
        kind: Kind::ObjectNameInUse,
        pattern: r"(?i)AlreadyExists desc = .*?(?P<what>service|secret|config|network|volume|node) (?P<name>\S+) already exists|name conflicts with an existing object",
        explanation: "There is an object of that name already.",
        hint: "Use or update the existing one, or choose another name.",
    },
    Rule {
        kind: Kind::ServiceNotFound,
        pattern: r"(?i)(?:^|desc = )(?:no such service: (?P<service>\S+)$|service (?:not found: )?(?P<service2>\S+) not found$|service not found: (?P<service3>\S+)$)",
        explanation: "There is no service \"{service}\".",
        hint: "List the services.",
    },
    Rule {
        kind: Kind::NodeNotFound,
        pattern: r"(?i)(?:^|desc = )(?:no such node: (?P<node>\S+)$|node (?:not found: )?(?P<node2>\S+) not found$|node not found: (?P<node3>\S+)$)",
        explanation: "There is no node \"{node}\" in the swarm.",
        hint: "List the nodes.",
    },
    Rule {
        kind: Kind::TaskNotFound,
        pattern: r"(?i)(?:^|desc = )(?:no such task: (?P<task>\S+)$|task (?:not found: )?(?P<task2>\S+) not found$|task not found: (?P<task3>\S+)$)",
        explanation: "There is no task \"{task}\".",
        hint: "Old tasks are cleaned up; list the service's tasks.",
    },
    Rule {
        kind: Kind::SecretNotFound,
        pattern: r"(?i)(?:^|desc = )(?:no such secret: (?P<secret>\S+)$|secret (?:not found: )?(?P<secret2>\S+) not found$|secret not found: (?P<secret3>\S+)$)",
        explanation: "There is no secret \"{secret}\".",
        hint: "List the secrets; a service refers to them by id and name.",
    },
    Rule {
        kind: Kind::ConfigNotFound,
        pattern: r"(?i)(?:^|desc = )(?:no such config: (?P<config>\S+)$|config (?:not found: )?(?P<config2>\S+) not found$|config not found: (?P<config3>\S+)$)",
        explanation: "There is no config \"{config}\".",
        hint: "List the configs.",
    },
    Rule {
        kind: Kind::PluginInUse,
        pattern: r"(?i)plugin (?P<plugin>\S+) is (?:in use|enabled|already enabled|already disabled)",
        explanation: "The plugin is in a state that does not allow this.",
        hint: "Disable it (force=True when in use) before removing or changing it.",
    },
    Rule {
        kind: Kind::PluginExists,
        pattern: r#"(?i)plugin "?(?P<plugin>[^"\s]+)"? already exists"#,
        explanation: "The plugin \"{plugin}\" is installed already.",
        hint: "Upgrade it, or give it another local name.",
    },
    Rule {
        kind: Kind::LogDriverUnknown,
        pattern: r"(?i)no log driver named '(?P<driver>[^']*)'|error looking up logging plugin (?P<driver2>[^:\s]+)",
        explanation: "The engine has no logging driver \"{driver}\".",
        hint: "`docker info` lists the logging drivers.",
    },
    Rule {
        kind: Kind::DriverNotFound,
        pattern: r"(?i)error looking up (?P<what>volume|network|ipam) (?:plugin|driver) (?P<driver>[^:\s]+)|could not find plugin (?P<driver2>\S+) in v1 plugin registry|could not resolve driver (?P<driver3>\S+)",
        explanation: "The engine has no driver \"{driver}\".",
        hint: "Install and enable the plugin on the engine, or use a built-in driver.",
    },
    Rule {
        kind: Kind::PluginNotFound,
        pattern: r#"(?i)^(?:.*: )?plugin "?(?P<plugin>[^"\s]+)"? not found|no such plugin: (?P<plugin2>\S+)"#,
        explanation: "There is no plugin or driver \"{plugin}\" on the engine.",
        hint: "Install and enable it, or check the driver's name.",
    },
];
