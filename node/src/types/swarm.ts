// Data of a swarm: specifications and states of services, secrets, configs and the cluster.

import type { AbortOptions, AuthConfig, Loose } from './core';
import type { HealthConfig, MountSettings, Ulimit } from './host-config';

export type Duration = number;

export interface Version extends Loose<{ Index: number }> {}
export interface SecretVersion {
  Index: number;
}
export interface ConfigVersion {
  Index: number;
}

export interface Meta extends Loose<{ Version: Version; CreatedAt: string; UpdatedAt: string }> {}
export interface Annotations extends Loose<{ Name: string; Labels: { [name: string]: string } }> {}

export interface Driver {
  Name: string;
  Options?: { [key: string]: string } | undefined;
}

export interface ResourceLimits extends Loose<{ NanoCPUs: number; MemoryBytes: number; Pids: number }> {}
export interface NamedGenericResource extends Loose<{ Kind: string; Value: string }> {}
export interface DiscreteGenericResource extends Loose<{ Kind: string; Value: number }> {}
export type GenericResource = NamedGenericResource | DiscreteGenericResource;
export interface Resources
  extends Loose<{ NanoCPUs: number; MemoryBytes: number; GenericResources: GenericResource[] }> {}
export interface ResourceRequirements extends Loose<{ Limits: ResourceLimits; Reservations: Resources }> {}

export interface TaskRestartPolicy
  extends Loose<{ Condition: string; Delay: number; MaxAttempts: number; Window: number }> {}

export interface Placement
  extends Loose<{
    Constraints: string[];
    Preferences: Array<{ Spread: { SpreadDescriptor: string } }>;
    MaxReplicas: number;
    Platforms: Array<{ Architecture: string; OS: string }>;
  }> {}

export interface NetworkAttachmentConfig
  extends Loose<{ Target: string; Aliases: string[]; DriverOpts: { [key: string]: string } }> {}

export interface Privileges
  extends Loose<{
    CredentialSpec: Loose<{ Config: string; File: string; Registry: string }>;
    SELinuxContext: Loose<{ Disable: boolean; User: string; Role: string; Type: string; Level: string }>;
  }> {}

export interface DNSConfig extends Loose<{ Nameservers: string[]; Search: string[]; Options: string[] }> {}

type FileTarget = Loose<{ Name: string; UID: string; GID: string }>;

export interface ConfigReference
  extends Loose<{ File: FileTarget & { Mode: number | undefined }; ConfigID: string; ConfigName: string }> {}
export interface SecretReference
  extends Loose<{ File: FileTarget & { Mode?: number | undefined }; SecretID: string; SecretName: string }> {}

export interface ContainerSpec
  extends Loose<{
    Image: string;
    Labels: { [label: string]: string };
    Command: string[];
    Args: string[];
    Hostname: string;
    Env: string[];
    Dir: string;
    User: string;
    Groups: string[];
    Privileges: Privileges;
    Init: boolean;
    TTY: boolean;
    OpenStdin: boolean;
    ReadOnly: boolean;
    Mounts: MountSettings[];
    StopSignal: string;
    StopGracePeriod: number;
    HealthCheck: HealthConfig;
    Hosts: string[];
    DNSConfig: DNSConfig;
    Configs: ConfigReference[];
    Secrets: SecretReference[];
    Isolation: string;
    Sysctls: { [key: string]: string };
    CapabilityAdd: string[];
    CapabilityDrop: string[];
    Ulimits: Ulimit[];
  }> {}

export interface PluginSpec
  extends Loose<{
    Name: string;
    Remote: string;
    Privileges: Loose<{ Name: string; Description: string; Value: string[] }>;
    Disabled: boolean;
    Env: string[];
  }> {}

export interface TaskSpecBase
  extends Loose<{
    Resources: ResourceRequirements;
    RestartPolicy: TaskRestartPolicy;
    Placement: Placement;
    Networks: NetworkAttachmentConfig[];
    LogDriver: Loose<{ Name: string; Options: { [key: string]: string } }>;
    ForceUpdate: number;
    Runtime: string;
  }> {}

export interface ContainerTaskSpec extends TaskSpecBase {
  ContainerSpec?: ContainerSpec | undefined;
}
export interface PluginTaskSpec extends TaskSpecBase {
  Runtime: 'plugin';
  PluginSpec: PluginSpec;
}
export interface NetworkAttachmentTaskSpec extends TaskSpecBase {
  Runtime: 'attachment';
  NetworkAttachmentSpec: { ContainerID: string };
}
export type TaskSpec = ContainerTaskSpec | PluginTaskSpec | NetworkAttachmentTaskSpec;

export interface ServiceMode
  extends Loose<{
    Replicated: Loose<{ Replicas: number }>;
    Global: {};
    ReplicatedJob: Loose<{ MaxConcurrent: number; TotalCompletions: number }>;
    GlobalJob: {};
  }> {}

export interface UpdateConfig
  extends Loose<{ Delay: number; FailureAction: string; Monitor: number; MaxFailureRatio: number }> {
  Parallelism: number;
  Order: string;
}

export interface PortConfig
  extends Loose<{
    Name: string;
    Protocol: 'tcp' | 'udp' | 'sctp';
    TargetPort: number;
    PublishedPort: number;
    PublishMode: 'ingress' | 'host';
  }> {}

export interface EndpointSpec extends Loose<{ Mode: string; Ports: PortConfig[] }> {}
export interface EndpointVirtualIP extends Loose<{ NetworkID: string; Addr: string }> {}
export interface Endpoint extends Loose<{ Spec: EndpointSpec; Ports: PortConfig[]; VirtualIPs: EndpointVirtualIP[] }> {}

export interface ServiceSpec
  extends Annotations,
    Loose<{
      TaskTemplate: TaskSpec;
      Mode: ServiceMode;
      UpdateConfig: UpdateConfig;
      RollbackConfig: UpdateConfig;
      Networks: NetworkAttachmentConfig[];
      EndpointSpec: EndpointSpec;
    }> {}

export interface CreateServiceOptions extends ServiceSpec, AbortOptions {
  authconfig?: AuthConfig | undefined;
}

export interface ServiceListOptions extends AbortOptions {
  filters?: Loose<{ id: string[]; label: string[]; mode: Array<'replicated' | 'global'>; name: string[] }> | string;
  status?: boolean | undefined;
}

export interface NodeListOptions extends AbortOptions {
  filters?: string;
}

export type UpdateState =
  | 'updating'
  | 'paused'
  | 'completed'
  | 'rollback_started'
  | 'rollback_paused'
  | 'rollback_completed';

export interface UpdateStatus
  extends Loose<{ State: UpdateState; StartedAt: string; CompletedAt: string; Message: string }> {}

export interface ServiceStatus {
  RunningTasks: number;
  DesiredTasks: number;
  CompletedTasks: number;
}

export interface JobStatus {
  JobIteration: Version;
  LastExecution?: string | undefined;
}

/** A service as lists and `inspect` show it. */
export interface ServiceData
  extends Meta,
    Loose<{
      Spec: ServiceSpec;
      PreviousSpec: ServiceSpec;
      Endpoint: Endpoint;
      UpdateStatus: UpdateStatus;
      ServiceStatus: ServiceStatus;
      JobStatus: JobStatus;
    }> {
  ID: string;
}

export interface SecretSpec extends Annotations, Loose<{ Data: string; Driver: Driver; Templating: Driver }> {}

export interface ConfigSpec {
  Name: string;
  Labels: { [label: string]: string };
  Data: string;
}
export interface ConfigInfo {
  ID: string;
  Version: SecretVersion;
  CreatedAt: string;
  UpdatedAt?: string | undefined;
  Spec?: ConfigSpec | undefined;
}

export interface OrchestrationConfig extends Loose<{ TaskHistoryRetentionLimit: number }> {}
export interface RaftConfig
  extends Loose<{
    SnapshotInterval: number;
    KeepOldSnapshots: number;
    LogEntriesForSlowFollowers: number;
    ElectionTick: number;
    HeartbeatTick: number;
  }> {}
export interface DispatcherConfig extends Loose<{ HeartbeatPeriod: Duration }> {}

export type ExternalCAProtocol = 'cfssl' | string;
export interface ExternalCA {
  Protocol: ExternalCAProtocol;
  URL: string;
  Options?: { [key: string]: string } | undefined;
  CACert: string;
}
export interface CAConfig
  extends Loose<{
    NodeCertExpiry: Duration;
    ExternalCAs: ExternalCA[];
    SigningCACert: string;
    SigningCAKey: string;
    ForceRotate: number;
  }> {}

export interface TaskDefaults extends Loose<{ LogDriver: Driver }> {}
export interface EncryptionConfig {
  AutoLockManagers: boolean;
}

/** A swarm's own specification. */
export interface Spec
  extends Annotations,
    Loose<{
      Orchestration: OrchestrationConfig;
      Dispatcher: DispatcherConfig;
      CAConfig: CAConfig;
      TaskDefaults: TaskDefaults;
      EncryptionConfig: EncryptionConfig;
    }> {
  Raft: RaftConfig;
}

export interface TLSInfo extends Loose<{ TrustRoot: string; CertIssuerSubject: string; CertIssuerPublicKey: string }> {}

export interface ClusterInfo extends Meta {
  ID: string;
  Spec: Spec;
  TLSInfo: TLSInfo;
  RootRotationInProgress: boolean;
  DefaultAddrPool: string[];
  SubnetSize: number;
  DataPathPort: number;
}

export interface JoinTokens {
  Worker: string;
  Manager: string;
}

export interface Swarm extends ClusterInfo {
  JoinTokens: JoinTokens;
}
