// The engine itself: version, events, prunes.

import type { AbortOptions } from './core';
import type { ImageRemoveInfo } from './image';

type EventType =
  | 'container'
  | 'image'
  | 'volume'
  | 'network'
  | 'daemon'
  | 'plugin'
  | 'service'
  | 'node'
  | 'secret'
  | 'config';

type EventFilter =
  | 'container'
  | 'daemon'
  | 'event'
  | 'image'
  | 'label'
  | 'network'
  | 'node'
  | 'plugin'
  | 'secret'
  | 'service'
  | 'volume';

export interface GetEventsOptions extends AbortOptions {
  since?: number | undefined;
  until?: number | undefined;
  filters?:
    | string
    | ({ [filter in EventFilter]?: string[] | undefined } & {
        config?: string | undefined;
        scope?: Array<'local' | 'swarm'> | undefined;
        type?: EventType[] | undefined;
      })
    | undefined;
}

/** What a component says of itself in `version()`. */
export interface ComponentDetails {
  ApiVersion: string;
  Arch: string;
  BuildTime: Date;
  Experimental: string;
  GitCommit: string;
  GoVersion: string;
  KernelVersion: string;
  Os: string;
}

export interface DockerVersion {
  ApiVersion: string;
  Arch: string;
  BuildTime: Date;
  Components: Array<{ Details: ComponentDetails; Name: string; Version: string }>;
  GitCommit: string;
  GoVersion: string;
  KernelVersion: string;
  MinAPIVersion: string;
  Os: string;
  Platform: { Name: string };
  Version: string;
}

export interface PruneBuilderOptions extends AbortOptions {}

export interface PruneBuilderInfo {
  SpaceReclaimed: number;
}

export interface PruneImagesInfo extends PruneBuilderInfo {
  ImagesDeleted: ImageRemoveInfo[];
}

export interface PruneVolumesInfo extends PruneBuilderInfo {
  VolumesDeleted: string[];
}

export interface PruneContainersInfo extends PruneBuilderInfo {
  ContainersDeleted: string[];
}

export interface PruneNetworksInfo {
  NetworksDeleted: string[];
}
