// Images: lists, inspection, builds, registries.

import type { ContainerConfig, GraphDriver } from './container';
import type { AbortOptions, AuthConfig, Callback, Loose, RegistryConfig, WaitOptions } from './core';

export interface Image {
  modem: any;
  /** Only in the types of the original; the name is in `name`. */
  id: string;
  name: string;

  inspect(options: ImageInspectOptions, callback: Callback<ImageInspectInfo>): void;
  inspect(callback: Callback<ImageInspectInfo>): void;
  inspect(options?: ImageInspectOptions): Promise<ImageInspectInfo>;
  history(callback: Callback<any>): void;
  history(): Promise<any>;
  get(callback: Callback<NodeJS.ReadableStream>): void;
  get(): Promise<NodeJS.ReadableStream>;
  push(options: ImagePushOptions & WaitOptions, callback?: undefined, auth?: AuthConfig): Promise<any[]>;
  push(options: ImagePushOptions, callback: Callback<NodeJS.ReadableStream>, auth?: AuthConfig): void;
  push(callback: Callback<NodeJS.ReadableStream>, auth?: AuthConfig): void;
  push(options?: ImagePushOptions, callback?: undefined, auth?: AuthConfig): Promise<NodeJS.ReadableStream>;
  tag(options: ImageTagOptions, callback: Callback<any>): void;
  tag(callback: Callback<any>): void;
  tag(options?: ImageTagOptions): Promise<any>;
  remove(options: ImageRemoveOptions, callback: Callback<ImageRemoveInfo>): void;
  remove(callback: Callback<ImageRemoveInfo>): void;
  remove(options?: {}): Promise<any>;
  distribution(options: ImageDistributionOptions, callback: Callback<ImageDistributionInfo>): void;
  distribution(callback: Callback<ImageDistributionInfo>): void;
  distribution(options?: ImageDistributionOptions): Promise<ImageDistributionInfo>;
}

export interface ImageClass {
  new (modem: any, name: string): Image;
  readonly prototype: Image;
}

export interface ImageInspectOptions extends Loose<{ manifests: boolean; abortSignal: AbortSignal }> {}
export interface ImagePushOptions
  extends Loose<{ tag: string; authconfig: AuthConfig; abortSignal: AbortSignal; stream: boolean }> {}
export interface ImageRemoveOptions extends Loose<{ force: boolean; noprune: boolean; abortSignal: AbortSignal }> {}
export interface ImageDistributionOptions extends Loose<{ authconfig: AuthConfig; abortSignal: AbortSignal }> {}

export interface ImageTagOptions extends AbortOptions {
  /** Such as `someone/something`. */
  repo: string;
  tag?: string;
}

export interface ListImagesOptions
  extends Loose<{
    all: boolean;
    filters: string | { [key: string]: string[] };
    digests: boolean;
    manifests: boolean;
    abortSignal: AbortSignal;
  }> {}

/** A platform as an image index names it. */
export interface ImagePlatform {
  architecture: string;
  os: string;
  'os.version'?: string | undefined;
  'os.features'?: string[] | undefined;
  variant?: string | undefined;
}

export interface ImageDescriptor {
  mediaType: string;
  digest: string;
  size: number;
  urls?: string[] | undefined;
  annotations?: { [key: string]: string } | undefined;
  data?: string | undefined;
  platform?: ImagePlatform | undefined;
  artifactType?: string | undefined;
}

/** One manifest of a multi-platform image. */
export interface ImageManifest<S> {
  ID: string;
  Descriptor: ImageDescriptor;
  Available: boolean;
  Size: { Total: number; Content: number };
  Kind: 'image' | 'attestation' | 'unknown';
  ImageData?: { Platform: ImagePlatform; Containers: string[]; Size: S } | undefined;
  AttestationData?: { For: string } | undefined;
}

export interface ImageInfo {
  Id: string;
  ParentId: string;
  RepoTags: string[] | undefined;
  RepoDigests?: string[] | undefined;
  Created: number;
  Size: number;
  VirtualSize: number;
  SharedSize: number;
  Labels: { [label: string]: string };
  Containers: number;
  Descriptor?: ImageDescriptor | undefined;
  Manifests?: Array<ImageManifest<{ Unpacked: number }>> | undefined;
}

export interface ImageInspectInfo {
  Id: string;
  RepoTags: string[];
  RepoDigests: string[];
  Parent: string;
  Comment: string;
  Created: string;
  Container: string;
  ContainerConfig: Omit<ContainerConfig, 'Healthcheck'> & { ArgsEscaped: boolean };
  DockerVersion: string;
  Author: string;
  Config: ContainerConfig;
  Architecture: string;
  Variant?: string | undefined;
  Os: string;
  OsVersion?: string | undefined;
  Size: number;
  VirtualSize: number;
  GraphDriver: GraphDriver;
  RootFS: { Type: string; Layers?: string[] | undefined; BaseLayer?: string | undefined };
  Descriptor?: ImageDescriptor | undefined;
  Manifests?: Array<ImageManifest<{ Total: number; Content: number }>> | undefined;
}

export interface ImageRemoveInfo {
  Untagged: string;
  Deleted: string;
}

export interface ImageDistributionPlatformInfo {
  architecture: string;
  os: string;
  'os.version': string;
  'os.features': string[];
  variant: string;
}

export interface ImageDistributionDescriptorInfo {
  mediaType: string;
  digest: string;
  size: number;
}

export interface ImageDistributionInfo {
  Descriptor: ImageDistributionDescriptorInfo;
  Platforms: ImageDistributionPlatformInfo[];
}

/** A directory and what of it goes to the builder. */
export interface ImageBuildContext {
  context: string;
  src: string[];
}

export interface ImageBuildOptions
  extends Loose<{
    authconfig: AuthConfig;
    registryconfig: RegistryConfig;
    abortSignal: AbortSignal;
    dockerfile: string;
    t: string;
    extrahosts: string;
    remote: string;
    q: boolean;
    cachefrom: string | string[];
    pull: boolean;
    rm: boolean;
    forcerm: boolean;
    memory: number;
    memswap: number;
    cpushares: number;
    cpusetcpus: number;
    cpuperiod: number;
    cpuquota: number;
    buildargs: { [key: string]: string };
    shmsize: number;
    squash: boolean;
    labels: { [key: string]: string };
    networkmode: string;
    platform: string;
    target: string;
    outputs: string;
    nocache: boolean;
    /** `1` is the classic builder, `2` is BuildKit. */
    version: '1' | '2';
  }> {}
