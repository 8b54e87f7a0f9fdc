// One sample of `container.stats()`.

export interface CPUUsage {
  percpu_usage: number[];
  usage_in_usermode: number;
  total_usage: number;
  usage_in_kernelmode: number;
}

export interface ThrottlingData {
  periods: number;
  throttled_periods: number;
  throttled_time: number;
}

export interface CPUStats {
  cpu_usage: CPUUsage;
  system_cpu_usage: number;
  online_cpus: number;
  throttling_data: ThrottlingData;
}

/** The counters of control groups version 1; version 2 has others. */
type MemoryCounter =
  | 'active_anon'
  | 'active_file'
  | 'cache'
  | 'hierarchical_memory_limit'
  | 'inactive_anon'
  | 'inactive_file'
  | 'mapped_file'
  | 'pgfault'
  | 'pgmajfault'
  | 'pgpgin'
  | 'pgpgout'
  | 'rss'
  | 'rss_huge'
  | 'total_active_anon'
  | 'total_active_file'
  | 'total_cache'
  | 'total_inactive_anon'
  | 'total_inactive_file'
  | 'total_mapped_file'
  | 'total_pgfault'
  | 'total_pgmajfault'
  | 'total_pgpgin'
  | 'total_pgpgout'
  | 'total_rss'
  | 'total_rss_huge'
  | 'total_unevictable'
  | 'total_writeback'
  | 'unevictable'
  | 'writeback';

export interface MemoryStats {
  stats: Record<MemoryCounter, number>;
  max_usage: number;
  usage: number;
  failcnt: number;
  limit: number;
  /** Windows. */
  commitbytes?: number;
  commitpeakbytes?: number;
  privateworkingset?: number;
}

export interface BlkioStatEntry {
  major: number;
  minor: number;
  op: string;
  value: number;
}

type BlkioList =
  | 'io_service_bytes_recursive'
  | 'io_serviced_recursive'
  | 'io_queue_recursive'
  | 'io_service_time_recursive'
  | 'io_wait_time_recursive'
  | 'io_merged_recursive'
  | 'io_time_recursive'
  | 'sectors_recursive';

export interface BlkioStats extends Record<BlkioList, BlkioStatEntry[]> {}

export interface StorageStats {
  read_count_normalized?: number;
  read_size_bytes?: number;
  write_count_normalized?: number;
  write_size_bytes?: number;
}

export interface PidsStats {
  current?: number;
  limit?: number;
}

type NetworkCounter =
  | 'rx_bytes'
  | 'rx_dropped'
  | 'rx_errors'
  | 'rx_packets'
  | 'tx_bytes'
  | 'tx_dropped'
  | 'tx_errors'
  | 'tx_packets';

export interface NetworkStats {
  [name: string]: Record<NetworkCounter, number> & { endpoint_id?: string; instance_id?: string };
}

export interface ContainerStats {
  id?: string;
  name?: string;
  os_type?: string;
  read: string;
  preread: string;
  pids_stats?: PidsStats;
  blkio_stats?: BlkioStats;
  num_procs: number;
  storage_stats?: StorageStats;
  networks: NetworkStats;
  memory_stats: MemoryStats;
  cpu_stats: CPUStats;
  precpu_stats: CPUStats;
}
