import type { ExplorerItemDto } from './explorer-item.dto.js';
import type { ExploredEntry } from './explorer.service.js';

/** An entry as the API shows it. */
export function toExplorerItem(entry: ExploredEntry): ExplorerItemDto {
  const { name, path, kind, size, modifiedAt, facts, keyAvailable, sidecar } = entry;
  return {
    name,
    path,
    kind,
    size,
    modifiedAt: modifiedAt === null ? null : new Date(modifiedAt).toISOString(),
    encrypted: facts?.encrypted ?? false,
    format: facts?.format ?? null,
    keyAvailable,
    engine: facts?.engine ?? null,
    engineVersion: facts?.engineVersion ?? null,
    compression: facts?.compression ?? null,
    job: facts?.jobName ?? null,
    sidecar,
    problem: facts?.problem ?? null,
  };
}
