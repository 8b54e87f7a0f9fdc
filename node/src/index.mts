// What `import` gives: the class as default, and by name it, the classes it carries, and every type.

import Docker from './index.js';
import type * as types from './types/index.js';

export default Docker;
export const { Container, Image, Volume, Network, Service, Plugin, Secret, Task, Node, Exec, versions } = Docker;
export type Container = types.Container;
export type Image = types.Image;
export type Volume = types.Volume;
export type Network = types.Network;
export type Service = types.Service;
export type Plugin = types.Plugin;
export type Secret = types.Secret;
export type Task = types.Task;
export type Node = types.Node;
export type Exec = types.Exec;
export type * from './types/index.js';
export { Docker };
