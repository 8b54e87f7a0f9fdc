// What `require('dockline')` gives: the class itself, with the other classes as its members and every type in its namespace.

import Client = require('./docker');

import type * as types from './types';

const Docker: types.DockerClass = Client;

interface Docker extends types.Docker {}

declare namespace Docker {
  interface AbortOptions extends types.AbortOptions {}
  interface Annotations extends types.Annotations {}
  interface Args extends types.Args {}
  type AuthConfig = types.AuthConfig;
  type AuthConfigBase64 = types.AuthConfigBase64;
  type AuthConfigKey = types.AuthConfigKey;
  interface AuthConfigObject extends types.AuthConfigObject {}
  interface BlkioStatEntry extends types.BlkioStatEntry {}
  interface BlkioStats extends types.BlkioStats {}
  interface CAConfig extends types.CAConfig {}
  interface CPUStats extends types.CPUStats {}
  interface CPUUsage extends types.CPUUsage {}
  type Callback<T> = types.Callback<T>;
  interface ClusterInfo extends types.ClusterInfo {}
  interface ComponentDetails extends types.ComponentDetails {}
  interface Config extends types.Config {}
  interface ConfigInfo extends types.ConfigInfo {}
  interface ConfigReference extends types.ConfigReference {}
  interface ConfigSpec extends types.ConfigSpec {}
  interface ConfigVersion extends types.ConfigVersion {}
  interface Container extends types.Container {}
  interface ContainerAttachOptions extends types.ContainerAttachOptions {}
  interface ContainerConfig extends types.ContainerConfig {}
  interface ContainerCreateOptions extends types.ContainerCreateOptions {}
  interface ContainerInfo extends types.ContainerInfo {}
  interface ContainerInspectInfo extends types.ContainerInspectInfo {}
  interface ContainerInspectOptions extends types.ContainerInspectOptions {}
  interface ContainerListOptions extends types.ContainerListOptions {}
  interface ContainerLogsOptions extends types.ContainerLogsOptions {}
  interface ContainerRemoveOptions extends types.ContainerRemoveOptions {}
  interface ContainerSpec extends types.ContainerSpec {}
  interface ContainerStartOptions extends types.ContainerStartOptions {}
  interface ContainerState extends types.ContainerState {}
  interface ContainerStats extends types.ContainerStats {}
  interface ContainerStatsOptions extends types.ContainerStatsOptions {}
  interface ContainerStopOptions extends types.ContainerStopOptions {}
  interface ContainerTaskSpec extends types.ContainerTaskSpec {}
  interface ContainerWaitOptions extends types.ContainerWaitOptions {}
  interface CreateServiceOptions extends types.CreateServiceOptions {}
  interface DNSConfig extends types.DNSConfig {}
  interface DeviceMapping extends types.DeviceMapping {}
  interface DeviceRequest extends types.DeviceRequest {}
  interface DialOptions extends types.DialOptions {}
  interface DiscreteGenericResource extends types.DiscreteGenericResource {}
  interface DispatcherConfig extends types.DispatcherConfig {}
  interface DockerOptions extends types.DockerOptions {}
  interface DockerVersion extends types.DockerVersion {}
  interface Driver extends types.Driver {}
  type Duration = types.Duration;
  interface EncryptionConfig extends types.EncryptionConfig {}
  interface Endpoint extends types.Endpoint {}
  interface EndpointSettings extends types.EndpointSettings {}
  interface EndpointSpec extends types.EndpointSpec {}
  interface EndpointVirtualIP extends types.EndpointVirtualIP {}
  interface EndpointsConfig extends types.EndpointsConfig {}
  interface Exec extends types.Exec {}
  interface ExecCreateOptions extends types.ExecCreateOptions {}
  interface ExecInspectInfo extends types.ExecInspectInfo {}
  interface ExecInspectOptions extends types.ExecInspectOptions {}
  interface ExecStartOptions extends types.ExecStartOptions {}
  interface ExternalCA extends types.ExternalCA {}
  type ExternalCAProtocol = types.ExternalCAProtocol;
  type FileBody = types.FileBody;
  type GenericResource = types.GenericResource;
  interface GetEventsOptions extends types.GetEventsOptions {}
  interface GraphDriver extends types.GraphDriver {}
  interface HealthConfig extends types.HealthConfig {}
  interface HostConfig extends types.HostConfig {}
  interface HostRestartPolicy extends types.HostRestartPolicy {}
  interface IPAM extends types.IPAM {}
  interface IPAMConfig extends types.IPAMConfig {}
  interface Image extends types.Image {}
  interface ImageBuildContext extends types.ImageBuildContext {}
  interface ImageBuildOptions extends types.ImageBuildOptions {}
  interface ImageDescriptor extends types.ImageDescriptor {}
  interface ImageDistributionDescriptorInfo extends types.ImageDistributionDescriptorInfo {}
  interface ImageDistributionInfo extends types.ImageDistributionInfo {}
  interface ImageDistributionOptions extends types.ImageDistributionOptions {}
  interface ImageDistributionPlatformInfo extends types.ImageDistributionPlatformInfo {}
  interface ImageInfo extends types.ImageInfo {}
  interface ImageInspectInfo extends types.ImageInspectInfo {}
  interface ImageInspectOptions extends types.ImageInspectOptions {}
  interface ImageManifest<S> extends types.ImageManifest<S> {}
  interface ImagePlatform extends types.ImagePlatform {}
  interface ImagePushOptions extends types.ImagePushOptions {}
  interface ImageRemoveInfo extends types.ImageRemoveInfo {}
  interface ImageRemoveOptions extends types.ImageRemoveOptions {}
  interface ImageTagOptions extends types.ImageTagOptions {}
  interface Interface extends types.Interface {}
  interface JobStatus extends types.JobStatus {}
  interface JoinTokens extends types.JoinTokens {}
  interface KeyObject extends types.KeyObject {}
  interface Linux extends types.Linux {}
  interface ListImagesOptions extends types.ListImagesOptions {}
  interface LogConfig extends types.LogConfig {}
  type LoggingDriverType = types.LoggingDriverType;
  interface MemoryStats extends types.MemoryStats {}
  interface Meta extends types.Meta {}
  interface Modem extends types.Modem {}
  interface ModemOptions extends types.ModemOptions {}
  type MountConfig = types.MountConfig;
  type MountConsistency = types.MountConsistency;
  interface MountPoint extends types.MountPoint {}
  type MountPropagation = types.MountPropagation;
  interface MountSettings extends types.MountSettings {}
  type MountType = types.MountType;
  interface NamedGenericResource extends types.NamedGenericResource {}
  interface Network extends types.Network {}
  interface NetworkAttachmentConfig extends types.NetworkAttachmentConfig {}
  interface NetworkAttachmentTaskSpec extends types.NetworkAttachmentTaskSpec {}
  interface NetworkConnectOptions extends types.NetworkConnectOptions {}
  interface NetworkContainer extends types.NetworkContainer {}
  interface NetworkCreateOptions extends types.NetworkCreateOptions {}
  interface NetworkInfo extends types.NetworkInfo {}
  interface NetworkInspectInfo extends types.NetworkInspectInfo {}
  interface NetworkInspectOptions extends types.NetworkInspectOptions {}
  interface NetworkListOptions extends types.NetworkListOptions {}
  interface NetworkStats extends types.NetworkStats {}
  interface Node extends types.Node {}
  interface NodeListOptions extends types.NodeListOptions {}
  interface OrchestrationConfig extends types.OrchestrationConfig {}
  interface PidsStats extends types.PidsStats {}
  interface Placement extends types.Placement {}
  interface Plugin extends types.Plugin {}
  interface PluginConfig extends types.PluginConfig {}
  interface PluginDevice extends types.PluginDevice {}
  interface PluginEnv extends types.PluginEnv {}
  interface PluginInfo extends types.PluginInfo {}
  type PluginInspectInfo = types.PluginInspectInfo;
  interface PluginInterfaceType extends types.PluginInterfaceType {}
  interface PluginMount extends types.PluginMount {}
  interface PluginPart extends types.PluginPart {}
  interface PluginSettings extends types.PluginSettings {}
  interface PluginSpec extends types.PluginSpec {}
  interface PluginTaskSpec extends types.PluginTaskSpec {}
  interface Port extends types.Port {}
  interface PortBinding extends types.PortBinding {}
  interface PortConfig extends types.PortConfig {}
  interface PortMap extends types.PortMap {}
  interface Privileges extends types.Privileges {}
  interface PruneBuilderInfo extends types.PruneBuilderInfo {}
  interface PruneBuilderOptions extends types.PruneBuilderOptions {}
  interface PruneContainersInfo extends types.PruneContainersInfo {}
  interface PruneImagesInfo extends types.PruneImagesInfo {}
  interface PruneNetworksInfo extends types.PruneNetworksInfo {}
  interface PruneVolumesInfo extends types.PruneVolumesInfo {}
  interface RaftConfig extends types.RaftConfig {}
  interface RegistryConfig extends types.RegistryConfig {}
  type RequestCallback = types.RequestCallback;
  interface RequestOptions extends types.RequestOptions {}
  interface ResourceLimits extends types.ResourceLimits {}
  interface ResourceRequirements extends types.ResourceRequirements {}
  interface Resources extends types.Resources {}
  interface Secret extends types.Secret {}
  interface SecretReference extends types.SecretReference {}
  interface SecretSpec extends types.SecretSpec {}
  interface SecretVersion extends types.SecretVersion {}
  interface Service extends types.Service {}
  interface ServiceData extends types.ServiceData {}
  interface ServiceListOptions extends types.ServiceListOptions {}
  interface ServiceMode extends types.ServiceMode {}
  interface ServiceSpec extends types.ServiceSpec {}
  interface ServiceStatus extends types.ServiceStatus {}
  interface Spec extends types.Spec {}
  interface StatusCodes extends types.StatusCodes {}
  interface StorageStats extends types.StorageStats {}
  interface Swarm extends types.Swarm {}
  interface TLSInfo extends types.TLSInfo {}
  interface Task extends types.Task {}
  interface TaskDefaults extends types.TaskDefaults {}
  interface TaskRestartPolicy extends types.TaskRestartPolicy {}
  type TaskSpec = types.TaskSpec;
  interface TaskSpecBase extends types.TaskSpecBase {}
  interface ThrottlingData extends types.ThrottlingData {}
  interface Ulimit extends types.Ulimit {}
  interface UpdateConfig extends types.UpdateConfig {}
  type UpdateState = types.UpdateState;
  interface UpdateStatus extends types.UpdateStatus {}
  interface User extends types.User {}
  interface Version extends types.Version {}
  interface Volume extends types.Volume {}
  interface VolumeCreateOptions extends types.VolumeCreateOptions {}
  interface VolumeCreateResponse extends types.VolumeCreateResponse {}
  interface VolumeInspectInfo extends types.VolumeInspectInfo {}
  interface VolumeListOptions extends types.VolumeListOptions {}
  interface VolumePruneOptions extends types.VolumePruneOptions {}
  interface VolumeRemoveOptions extends types.VolumeRemoveOptions {}
  type VolumeUsage = types.VolumeUsage;
  interface LogLine extends types.LogLine {}
  interface ProgressTotal extends types.ProgressTotal {}
  interface WaitOptions extends types.WaitOptions {}
  interface Negotiation extends types.Negotiation {}
  interface VersionCase extends types.VersionCase {}
  interface VersionChange extends types.VersionChange {}
  interface VersionFinding extends types.VersionFinding {}
  type VersionPolicy = types.VersionPolicy;
}

export = Docker;
