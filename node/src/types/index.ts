// Every public type, by resource.

export type * from './container';
export type * from './core';
export type * from './docker';
export type * from './exec';
export type * from './host-config';
export type * from './image';
export type * from './network';
export type * from './plugin';
export type * from './stats';
export type * from './swarm';
export type * from './swarm-objects';
export type * from './system';
export type * from './versions';
